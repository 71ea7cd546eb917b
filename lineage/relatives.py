"""Who descends from whom: the questions that pages, ratings and the API ask of the lineage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artifacts.models import Artifact, ArtifactQuerySet, Version
from lineage.graph import Edge, Graph, Node
from lineage.models import BUILT_ON
from lineage.walk import MAX_DEPTH, Surroundings, surroundings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

MAX_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Relative:
    """A published artifact, and how it is related to the one that was asked about."""

    artifact: Artifact
    relationship: str
    distance: int


def ancestors(
    artifact: Artifact,
    depth: int = MAX_DEPTH,
    *,
    visible_to: User | AnonymousUser | None = None,
    relationships: Iterable[str] = (),
    version: Version | None = None,
) -> list[Relative]:
    """What ``artifact`` was made from and is published here, nearest first.

    Without ``visible_to``, what everybody sees. ``version`` speaks for the artifact in
    place of its current one.
    """
    around = surroundings(
        artifact,
        up=min(depth, MAX_DEPTH),
        down=0,
        among=among(visible_to),
        version_id=version.pk if version else None,
        relationships=relationships,
    )
    return _relatives(around, around.up, upwards=True)


def descendants(
    artifact: Artifact,
    depth: int = MAX_DEPTH,
    *,
    visible_to: User | AnonymousUser | None = None,
    relationships: Iterable[str] = (),
) -> list[Relative]:
    """What is published here and was made from ``artifact``, nearest first."""
    around = surroundings(
        artifact,
        up=0,
        down=min(depth, MAX_DEPTH),
        among=among(visible_to),
        relationships=relationships,
    )
    return _relatives(around, around.down, upwards=False)


def model_ancestors(version: Version) -> list[tuple[Artifact, str, int]]:
    """The published models whose weights went into ``version``: artifact, how, how far."""
    found = ancestors(version.artifact, relationships=BUILT_ON, version=version)
    return [(one.artifact, one.relationship, one.distance) for one in found]


def among(user: User | AnonymousUser | None) -> ArtifactQuerySet:
    """What may be walked through for ``user``; None is everybody."""
    if user is None:
        return Artifact.objects.filter(is_quarantined=False)
    return Artifact.objects.visible_to(user)


def _relatives(around: Surroundings, distance: dict[str, int], *, upwards: bool) -> list[Relative]:
    steps: dict[str, str] = {}
    for edge in around.edges:
        far, near = (edge.parent, edge.child) if upwards else (edge.child, edge.parent)
        if distance.get(far, -1) == distance.get(near, -1) + 1:
            steps.setdefault(far, edge.relationship)
    ids = [node for node in distance if node != around.root and node in around.known]
    artifacts = Artifact.objects.for_listing().in_bulk([int(node) for node in ids])
    return [
        Relative(artifacts[int(node)], steps.get(node, ""), distance[node])
        for node in sorted(ids, key=lambda node: (distance[node], int(node)))
        if int(node) in artifacts  # it may have been deleted since the walk
    ]


def graph(
    artifact: Artifact,
    *,
    depth: int = MAX_DEPTH,
    visible_to: User | AnonymousUser,
    direction: str = "both",
    nodes: int = MAX_NODES,
) -> Graph:
    """The relatives of ``artifact`` that ``visible_to`` may know, outside names included.

    ``direction`` is ancestors, descendants or both. Of more than ``nodes`` nodes the
    nearest stay.
    """
    depth = min(depth, MAX_DEPTH)
    around = surroundings(
        artifact,
        up=0 if direction == "descendants" else depth,
        down=0 if direction == "ancestors" else depth,
        among=among(visible_to),
    )
    return _graph(artifact, around, nodes)


def _graph(artifact: Artifact, around: Surroundings, limit: int) -> Graph:
    nearness = _nearness(around)
    order = sorted(
        nearness, key=lambda node: (abs(nearness[node]), nearness[node], len(node), node)
    )
    kept = dict.fromkeys(order[:limit])
    edges = tuple(e for e in around.edges if e.parent in kept and e.child in kept)
    sources = _sources(around.root, edges, nearness)
    return Graph(
        root=around.root,
        nodes=tuple(_node(artifact, around, node, nearness[node], sources) for node in kept),
        edges=edges,
        relatives=len(order) - 1,
        is_complete=around.is_complete and len(kept) == len(order),
        note=_note(len(kept), len(order), is_known=around.is_complete),
    )


def _nearness(around: Surroundings) -> dict[str, int]:
    """The signed distance of each node; one on a cycle with the root counts the shorter way."""
    nearness = {node: -distance for node, distance in around.up.items()}
    for node, distance in around.down.items():
        if node not in nearness or distance < -nearness[node]:
            nearness[node] = distance
    return nearness


def _sources(root: str, edges: Iterable[Edge], nearness: dict[str, int]) -> dict[str, str]:
    """Where the first link from the root's side to each node was seen."""
    found = {root: "registry"}
    for edge in edges:
        above, below = nearness[edge.parent], nearness[edge.child]
        if above == below - 1:
            found.setdefault(edge.parent if above < 0 else edge.child, edge.seen[0].seen_in)
    return found


def _node(
    artifact: Artifact, around: Surroundings, node: str, distance: int, sources: dict[str, str]
) -> Node:
    known = around.known.get(node)
    if node == around.root:
        name, kind, url = artifact.name, artifact.type, artifact.source_url
    elif known:
        name, kind, url = known.name, known.type, known.source_url
    else:
        outside = around.outside[node]
        name, kind, url = outside.name, outside.type, outside.url
    metadata: dict[str, Any] = {
        "type": kind,
        "url": url,
        "distance": distance,
        "is_registered": known is not None or node == around.root,
    }
    if known:
        metadata |= {"license": known.license, "net_score": known.net_score}
        metadata["size_bytes"] = known.size_bytes
    return Node(node, name, sources.get(node, "registry"), distance, known is None, metadata)


def _note(kept: int, total: int, *, is_known: bool) -> str:
    if kept < total:
        more = "" if is_known else "more than "
        return f"The nearest {kept:,} of {more}{total:,} artifacts are here."
    return "" if is_known else f"There are more relatives than the nearest {total:,}."
