"""The licence of what is stored here, and of everything that it was made from."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from artifacts.facts import Facts
from artifacts.lookup import ArtifactNotFound
from artifacts.models import Artifact, Version
from lineage.models import BUILT_ON, Relationship
from lineage.walk import MAX_DEPTH, Surroundings, surroundings
from ratings.licences import Declared, LicenceFindings, Parent, findings_of

if TYPE_CHECKING:
    from accounts.models import User

MAX_PARENTS = 200
MAX_LICENCE = 255  # characters that a row keeps; one that fills them may be cut
TEXTS = ("readme", "readme_path", "metadata_license")
PARTS = ("card", "documents")


@dataclass(frozen=True, slots=True)
class Chain:
    """A licence and those of the parents, nearest first; ``note`` says what was left out."""

    licence: LicenceFindings
    parents: tuple[Parent, ...] = ()
    note: str = ""


def chain_of(artifact: Artifact, user: User) -> Chain:
    """Base models to any distance, the data they were trained on, and code of its own.

    Of what is not registered, the licence is known where the pipeline read it.
    """
    version = current(artifact)
    seen_by = Artifact.objects.visible_to(user)
    around = surroundings(artifact, up=MAX_DEPTH, down=0, among=seen_by)
    steps = list(_steps(around))
    kept = steps[:MAX_PARENTS]
    outside = [around.outside[step.node].url for step in kept if step.node in around.outside]
    read = _observed(version, filter(None, outside))
    parents = tuple(_parent(around, step, read) for step in kept)
    note = ""
    if cut := len(steps) - len(kept):
        note = f"{cut:,} more, further away, were not judged."
    elif not around.is_complete:
        note = f"There are more relatives than the nearest {len(around.up):,}."
    return Chain(findings_of_version(version), parents, note)


def current(artifact: Artifact) -> Version:
    """The version that speaks for an artifact: the published one, else the newest."""
    version = artifact.current or artifact.newest
    assert version is not None  # noqa: S101 - an artifact is created with its first version
    return version


def findings_of_version(version: Version) -> LicenceFindings:
    """What a version declares and holds of a licence; the texts are small, nobody is asked."""
    row = _light(Version.objects.filter(pk=version.pk)).first()
    if row is None:  # it was deleted a moment ago
        raise ArtifactNotFound(type=version.artifact.type, id=str(version.artifact_id))
    return findings_of(_facts(version.artifact.type, row))


def _observed(version: Version, urls: Iterable[str]) -> dict[str, LicenceFindings]:
    """What the datasets and code that ``version`` names said of their licence when it arrived."""
    rows = _light(version.observations.filter(source_url__in=list(urls)), "type")
    return {row["source_url"]: findings_of(_facts(row["type"], row)) for row in rows}


def _light(rows: QuerySet[Any], *more: str) -> QuerySet[Any, dict[str, Any]]:
    """The few parts of stored facts that speak of a licence; the whole can have megabytes."""
    texts = {f"said_{name}": KT(f"facts__{name}") for name in TEXTS}
    parts = [f"facts__{name}" for name in PARTS]
    return rows.annotate(**texts).values("source_url", "revision", *more, *texts, *parts)


def _facts(type: str, row: dict[str, Any]) -> Facts:
    return Facts(
        type=type,
        url=row["source_url"],
        revision=row["revision"],
        readme=row["said_readme"],
        readme_path=row["said_readme_path"] or "",
        metadata_license=row["said_metadata_license"] or "",
        card=row["facts__card"] or {},
        documents=row["facts__documents"] or {},
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One parent of the chain, and whose parent it is."""

    node: str
    relationship: str
    child: str


def _steps(around: Surroundings) -> Iterator[_Step]:
    """Whatever reaches the weights of the root, breadth first.

    What a base model was measured with, or the code it came with, does not.
    """
    parents = defaultdict(list)
    for edge in around.edges:
        parents[edge.child].append(edge)
    seen: set[tuple[str, str]] = set()
    walked = {around.root}
    waiting = deque([around.root])
    while waiting:
        child = waiting.popleft()
        for edge in parents[child]:
            if edge.parent == around.root or (edge.parent, edge.relationship) in seen:
                continue
            reaches = edge.relationship in (*BUILT_ON, Relationship.TRAINING_DATASET)
            if not reaches and child != around.root:
                continue
            seen.add((edge.parent, edge.relationship))
            yield _Step(edge.parent, edge.relationship, child)
            if edge.relationship in BUILT_ON and edge.parent not in walked:
                walked.add(edge.parent)
                waiting.append(edge.parent)


def _parent(around: Surroundings, step: _Step, read: dict[str, LicenceFindings]) -> Parent:
    through = ""
    if step.child != around.root:
        child = around.known.get(step.child) or around.outside[step.child]
        through = child.name
    if known := around.known.get(step.node):
        return Parent(
            known.name,
            step.relationship,
            _kept(known.license),
            through,
            artifact_id=step.node,
            type=known.type,
            url=known.source_url,
        )
    outside = around.outside[step.node]
    return Parent(
        outside.name,
        step.relationship,
        read.get(outside.url),
        through,
        type=outside.type,
        url=outside.url,
    )


def _kept(licence: str) -> LicenceFindings | None:
    """The licence as the pipeline worked it out when the parent was published."""
    if not licence or len(licence) >= MAX_LICENCE:
        return None
    return LicenceFindings(Declared(), expression=licence, reason="as it was published")
