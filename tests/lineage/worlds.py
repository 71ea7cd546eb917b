"""Small worlds for the lineage: published artifacts, and the facts that name their parents."""

from __future__ import annotations

import hashlib

from artifacts.facts import Facts, Reference
from artifacts.models import Artifact, Blob, File, State, Version
from lineage import services


def url_of(name: str, type: str = "model") -> str:
    if type == "code":
        return f"https://github.com/lab/{name}"
    return f"https://huggingface.co/{'datasets/' if type == 'dataset' else ''}lab/{name}"


def names(
    parent: str, relationship: str = "base_model", *, type: str = "model", **more
) -> Reference:
    """What a card says about one parent."""
    more.setdefault("seen_in", "model_card")
    return Reference(
        kind=type,
        name=f"lab/{parent}",
        url=url_of(parent, type),
        relationship=relationship,
        **more,
    )


def facts_of(name: str, *references: Reference, type: str = "model", **more) -> Facts:
    return Facts(
        type=type, url=url_of(name, type), revision="0" * 40, references=references, **more
    )


def artifact(name: str, *, type: str = "model", owner=None, **more) -> Artifact:
    """One that is registered and not ingested yet."""
    url = url_of(name, type)
    return Artifact.objects.create(
        type=type, name=name, source_url=url, source_key=url.casefold(), owner=owner, **more
    )


def version_of(artifact: Artifact, *, state: str = State.READY, files=None) -> Version:
    number = artifact.versions.count() + 1
    version = Version.objects.create(artifact=artifact, number=number, state=state)
    for path, (content, size_bytes) in (files or {}).items():
        digest = hashlib.sha256(content.encode()).hexdigest()
        blob, _ = Blob.objects.get_or_create(
            sha256=digest, defaults={"git_sha1": digest[:40], "size_bytes": size_bytes}
        )
        File.objects.create(version=version, path=path, blob=blob)
    version.size_bytes = sum(size for _, size in (files or {}).values())
    version.save()
    return version


def make_current(version: Version) -> Artifact:
    artifact = version.artifact
    artifact.current, artifact.size_bytes = version, version.size_bytes
    artifact.save()
    services.resolve(artifact)
    return artifact


def publish(name: str, *references: Reference, type: str = "model", files=None, owner=None, **more):
    """What the pipeline does with an artifact, without the outside."""
    made = Artifact.objects.filter(type=type, source_key=url_of(name, type).casefold()).first()
    made = made or artifact(name, type=type, owner=owner)
    version = version_of(made, files=files)
    services.record_links(version, facts_of(name, *references, type=type, **more))
    return make_current(version)
