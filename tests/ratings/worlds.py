"""Small worlds for ratings: published models with stored facts, links and ratings."""

from __future__ import annotations

from dataclasses import replace

from artifacts.facts import Facts, FileFact
from artifacts.models import Artifact
from artifacts.services import publish as make_current
from lineage import services as lineage
from ratings.services import rate
from tests.lineage.worlds import artifact, names, url_of, version_of

CARD = """---
license: mit
---
# A model

It sorts short messages into friendly and unfriendly ones, for moderators of forums.

```python
from transformers import pipeline

classify = pipeline("text-classification", model="lab/{name}")
```
"""


def facts_of(name: str, *parents: str, **more) -> Facts:
    """A model that states its licence, says what it is for, and was made from ``parents``."""
    fields = {
        "type": "model",
        "url": url_of(name),
        "revision": "a" * 40,
        "name": name,
        "source": "huggingface",
        "readme": CARD.format(name=name),
        "readme_path": "README.md",
        "card": {"license": "mit", "library_name": "transformers"},
        "files": (FileFact("config.json", 600), FileFact("model.safetensors", 1_000_000)),
        "references": tuple(names(parent) for parent in parents),
    }
    return Facts(**fields | more)


def publish(name: str, *parents: str, **more) -> Artifact:
    """What the pipeline leaves: facts on the row, links, a rating, the artifact READY."""
    facts = facts_of(name, *parents, **more)
    known = Artifact.objects.filter(name=name).first()
    version = version_of(known or artifact(name), state="RATING")
    version.facts = replace(facts, linked=()).to_json()
    version.revision, version.source_url = facts.revision, facts.url
    version.save()
    lineage.record_links(version, facts)
    rating = rate(version, facts)
    made = make_current(version, net_score=rating.net_score, coverage=rating.coverage)
    lineage.resolve(made)
    return made


def tree_of(model: Artifact) -> float | None:
    """The newest answer to what ``model`` is built on."""
    current = Artifact.objects.get(pk=model.pk).current
    assert current is not None
    return current.ratings.first().measurements["tree_score"]["score"]


def net_of(model: Artifact) -> float | None:
    return Artifact.objects.get(pk=model.pk).net_score
