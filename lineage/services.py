"""What can be asked of the lineage, and done to it. Nothing here touches the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlog.models import LogEntry
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from artifacts import sources
from artifacts.models import Artifact, ArtifactType, Version
from lineage import verification
from lineage.errors import LinkExists, LinkFromFiles, OwnParent
from lineage.models import BUILT_ON, Link, Relationship, SeenIn, Signature, Status
from lineage.relatives import (
    ancestors,
    descendants,
    graph,
    model_ancestors,
)
from lineage.resolving import BATCH, find_parents, join, verify_links

if TYPE_CHECKING:
    from accounts.models import User
    from artifacts.facts import Facts, Reference

__all__ = [
    "add_link",
    "ancestors",
    "descendants",
    "graph",
    "model_ancestors",
    "record_links",
    "remove_link",
    "resolve",
]

# What a reference is where only its relationship tells.
_TYPE_OF = {
    Relationship.TRAINING_DATASET: ArtifactType.DATASET,
    Relationship.EVALUATION_DATASET: ArtifactType.DATASET,
    Relationship.CODE: ArtifactType.CODE,
}


@transaction.atomic
def record_links(version: Version, facts: Facts) -> int:
    """Write the links that the files of ``version`` state, and return how many there are.

    Safe to run again. What the current version states stays as well until another one
    is published; links added by hand always stay.
    """
    artifact = version.artifact
    keep = {version.pk, artifact.current_id}
    Link.objects.filter(child=artifact, version__isnull=False).exclude(
        version__in=keep - {None}
    ).delete()
    Link.objects.filter(version=version).delete()
    links = _stated(version, facts)
    joined = find_parents(links)
    Link.objects.bulk_create(links, batch_size=BATCH)
    _keep_traits(version, facts)
    verify_links(joined)
    if len(joined) < len(links):
        # a parent that was registered while this transaction was open did not see these links
        outside = Link.objects.filter(version=version, parent=None).select_related("child")
        transaction.on_commit(lambda: join(outside))
    return len(links)


def _stated(version: Version, facts: Facts) -> list[Link]:
    artifact = version.artifact
    found: dict[tuple[str, ...], Link] = {}
    for reference in facts.references:
        if reference.relationship not in Relationship.values:
            continue  # papers, demos, and what was merely mentioned
        seen_in = reference.seen_in if reference.seen_in in SeenIn.values else SeenIn.README
        type_ = _type_of(reference)
        key = _key(reference)
        itself = (type_, key) == (artifact.type, artifact.source_key)
        place = (type_, key, reference.relationship, seen_in)
        if itself or place in found:
            continue
        found[place] = Link(
            child=artifact,
            version=version,
            parent_type=type_,
            parent_name=reference.name[:255] or reference.url[:255],
            parent_url=reference.url[:500],
            parent_key=key,
            relationship=reference.relationship,
            seen_in=seen_in,
            path=reference.path[:1024],
            line=reference.line,
        )
    return list(found.values())


def _type_of(reference: Reference) -> str:
    if reference.kind in ArtifactType.values:
        return reference.kind
    return _TYPE_OF.get(Relationship(reference.relationship), ArtifactType.MODEL)


def _key(reference: Reference) -> str:
    """The canonical key of what is named; a name nobody could recognise matches nothing."""
    return (reference.url or f"name:{reference.name}").casefold()[:500]


def _keep_traits(version: Version, facts: Facts) -> None:
    data = verification.traits_of(facts).to_json()
    Signature.objects.update_or_create(version=version, defaults={"data": data})


@transaction.atomic
def resolve(artifact: Artifact) -> int:
    """Make outside names that mean ``artifact`` links to it, and return how many there were.

    To be called when a version was published: links that were there are compared with it
    again, and those that mean another source since the artifact moved become outside names.
    """
    mine = Q(parent_type=artifact.type, parent_key=artifact.source_key)
    Link.objects.filter(parent=artifact).exclude(mine).update(
        parent=None, status=Status.DECLARED, reason=""
    )
    outside = Link.objects.filter(mine, parent=None).exclude(child=artifact)
    joined = outside.update(parent=artifact)
    built_on_it = Link.objects.filter(parent=artifact, relationship__in=BUILT_ON)
    verify_links(built_on_it.select_related("child").prefetch_related("parent"))
    return joined


def add_link(*, child: Artifact, parent: Artifact | str, relationship: str, by: User) -> Link:
    """Link ``child`` to what it was made from, by hand; ``parent`` may be the URL of an outsider.

    Raises UnrecognisedUrl, OwnParent, and LinkExists when it was added before.
    """
    type_: str = _TYPE_OF.get(Relationship(relationship), ArtifactType.MODEL)
    if isinstance(parent, Artifact):
        type_, name, url, key = parent.type, parent.name, parent.source_url, parent.source_key
    else:
        place = sources.recognise(parent, type=type_)
        name, url, key = place.repo, place.url, place.key
    if (type_, key) == (child.type, child.source_key):
        raise OwnParent(name=child.name)
    link = Link(
        child=child,
        parent_type=type_,
        parent_name=name[:255],
        parent_url=url,
        parent_key=key,
        relationship=relationship,
        seen_in=SeenIn.MANUAL,
        created_by=by,
    )
    try:
        with transaction.atomic():
            link.save()
            join([link])
            _record(link, by, [None, _words(link)])
            _measure_again(link)
    except IntegrityError:
        raise LinkExists(
            child=child.name, parent=name, relationship=link.get_relationship_display().lower()
        ) from None
    return link


@transaction.atomic
def remove_link(link: Link, *, by: User) -> None:
    """Take back a link that was added by hand; what files state is theirs to say."""
    if link.version_id is not None:
        raise LinkFromFiles(place=link.get_seen_in_display())
    _record(link, by, [_words(link), None])
    _measure_again(link)
    link.delete()


def _measure_again(link: Link) -> None:
    """Have the child rated again by what it is built on; ratings are an app above, so by name."""
    if link.relationship in BUILT_ON:
        import_string(settings.REQUEST_REMEASURING)(link.child)


def _record(link: Link, by: User, change: list[str | None]) -> None:
    LogEntry.objects.log_create(
        link.child, action=LogEntry.Action.UPDATE, actor=by, changes={"lineage": change}
    )


def _words(link: Link) -> str:
    return f"{link.relationship} {link.parent_url}"
