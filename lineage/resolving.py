"""Joining links to the parents that are registered, and comparing the files of both ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from artifacts.models import Artifact
from lineage.models import BUILT_ON, Link, Signature, Status
from lineage.verification import Traits, compare

BATCH = 500


def join(links: Iterable[Link]) -> None:
    """Point ``links`` to the parents that are registered, and verify those."""
    if joined := find_parents(list(links)):
        Link.objects.bulk_update(joined, ["parent"], batch_size=BATCH)
        verify_links(joined)


def find_parents(links: list[Link]) -> list[Link]:
    """Set the parents that are registered, unsaved; the links that have one."""
    keys = {link.parent_key for link in links}
    parents = {
        (parent.type, parent.source_key): parent
        for parent in Artifact.objects.filter(source_key__in=keys).select_related("current")
    }
    joined = []
    for link in links:
        parent = parents.get((link.parent_type, link.parent_key))
        if parent is not None:
            link.parent = parent
            joined.append(link)
    return joined


def verify_links(links: Iterable[Link]) -> None:
    """Compare children with their parents, and keep the status of each link.

    A child speaks through the version that states the link, or else, like every parent,
    through its current version.
    """
    for batch in _batches(link for link in links if link.relationship in BUILT_ON):
        versions = {_child_version(link) for link in batch}
        versions |= {link.parent.current_id for link in batch if link.parent}
        traits: dict[int | None, Traits] = {
            pk: Traits.from_json(data)
            for pk, data in Signature.objects.filter(pk__in=versions - {None}).values_list(
                "pk", "data"
            )
        }
        changed = [link for link in batch if _compare(link, traits)]
        Link.objects.bulk_update(changed, ["status", "reason"], batch_size=BATCH)


def _batches(links: Iterator[Link]) -> Iterator[list[Link]]:
    while batch := list(islice(links, BATCH)):
        yield batch


def _compare(link: Link, traits: dict[int | None, Traits]) -> bool:
    """Set the status of one link; whether that changed anything."""
    child = traits.get(_child_version(link))
    parent = traits.get(link.parent.current_id) if link.parent else None
    status, reason = str(Status.DECLARED), ""
    if child and parent:
        status, reason = compare(child, parent, link.relationship)
    before = (link.status, link.reason)
    link.status, link.reason = status, reason[:500]
    return (link.status, link.reason) != before


def _child_version(link: Link) -> int | None:
    return link.version_id or link.child.current_id
