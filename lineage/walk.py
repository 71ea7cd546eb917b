"""From rows to a graph that somebody may see: exact distances, only what is published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from artifacts.models import Artifact, ArtifactQuerySet
from lineage import graph
from lineage.graph import Edge, Sighting
from lineage.models import Link
from lineage.queries import Plain, links_around

MAX_DEPTH = 50
MAX_RELATIVES = 10_000  # in each direction


class Known(NamedTuple):
    """What a node says about a registered artifact."""

    id: int
    type: str
    name: str
    source_url: str
    license: str
    net_score: float | None
    size_bytes: int | None
    current_id: int | None
    is_quarantined: bool


@dataclass(frozen=True, slots=True)
class Outside:
    """A parent that is only a name here."""

    id: str
    type: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The relatives of one artifact; nodes are keyed by the id that answers give them."""

    root: str
    edges: tuple[Edge, ...]
    up: dict[str, int]  # id -> generations towards parents; the root is 0
    down: dict[str, int]
    known: dict[str, Known]
    outside: dict[str, Outside]
    is_complete: bool


def outside_id(type: str, key: str) -> str:
    """An id for an outside name that no artifact can have: theirs are numbers."""
    return "outside-" + hashlib.sha256(f"{type} {key}".encode()).hexdigest()[:16]


def surroundings(
    artifact: Artifact,
    *,
    up: int,
    down: int,
    among: ArtifactQuerySet,
    version_id: int | None = None,
    relationships: Iterable[str] = (),
    limit: int = MAX_RELATIVES,
) -> Surroundings:
    """The relatives of ``artifact`` within ``up`` and ``down`` generations, and their links.

    Only artifacts ``among`` those given are walked through or named. ``version_id`` is
    the version whose links count for the artifact itself, where that is not its current
    one. No ``relationships`` means all of them.
    """
    rows, is_cut = links_around(artifact.pk, up=up, down=down, limit=limit)
    known = _known(rows, artifact, among)
    stated = _stated_by(rows, known, artifact.pk, version_id)
    outside = _outside(rows, known, stated)
    edges = _edges(rows, known, stated, outside, frozenset(relationships))
    root = str(artifact.pk)
    above = graph.distances(root, graph.parents_of(edges), up)
    below = graph.distances(root, graph.children_of(edges), down)
    nodes = above.keys() | below.keys()
    return Surroundings(
        root=root,
        edges=graph.merge(e for e in edges if e.parent in nodes and e.child in nodes),
        up=above,
        down=below,
        known={str(pk): one for pk, one in known.items() if str(pk) in nodes},
        outside={one.id: one for one in outside.values() if one.id in nodes},
        is_complete=not is_cut,
    )


def _known(rows: list[Plain], artifact: Artifact, among: ArtifactQuerySet) -> dict[int, Known]:
    ids = {artifact.pk}
    for row in rows:
        ids.add(row[1])
        if row[2] is not None:
            ids.add(row[2])
    found = among.extra(where=[f"artifacts_artifact.id IN ({_listed(ids)})"])  # noqa: S610
    found = found.order_by().values_list(*Known._fields)
    return {row[0]: Known._make(row) for row in found.iterator(chunk_size=5_000)}


def _listed(ids: Iterable[int]) -> str:
    """Numbers of the database itself, as a statement has them.

    Ten thousand as parameters took longer than the query, and there can be only 65,535.
    """
    return ", ".join(str(int(pk)) for pk in ids)


def _stated_by(
    rows: list[Plain], known: dict[int, Known], root: int, version_id: int | None
) -> dict[int, int]:
    """Which version's links count, for each artifact that is shown."""
    stated = {one.id: one.current_id for one in known.values() if one.current_id is not None}
    others = {pk for pk, one in known.items() if one.is_quarantined or pk == root} - stated.keys()
    newest = dict.fromkeys(others, -1)
    for row in rows:
        if row[1] in others and row[3] is not None:
            newest[row[1]] = max(row[3], newest[row[1]])
    stated |= newest
    if version_id is not None:
        stated[root] = version_id
    return stated


def _outside(
    rows: list[Plain], known: dict[int, Known], stated: dict[int, int]
) -> dict[int, Outside]:
    """By the id of the link: the parents that are names here, or not published yet.

    A parent that is registered but not known may not be named.
    """
    wanted = [
        row[0]
        for row in rows
        if row[1] in stated and (row[2] is None or (row[2] not in stated and row[2] in known))
    ]
    if not wanted:
        return {}
    names = Link.objects.extra(where=[f"lineage_link.id IN ({_listed(wanted)})"])  # noqa: S610
    names = names.order_by()
    fields = ("pk", "parent_type", "parent_name", "parent_url", "parent_key")
    return {
        pk: Outside(outside_id(kind, key), kind, name, url)
        for pk, kind, name, url, key in names.values_list(*fields)
    }


def _edges(
    rows: list[Plain],
    known: dict[int, Known],
    stated: dict[int, int],
    outside: dict[int, Outside],
    wanted: frozenset[str],
) -> list[Edge]:
    """The links that count, as edges. This loop is what a large answer takes its time for."""
    ids = {pk: str(pk) for pk in stated}
    seen: dict[tuple[str, str, int | None], tuple[Sighting]] = {}
    edges = []
    for pk, child, parent, version, relationship, seen_in, path, line, status, reason, _ in rows:
        if child not in ids or (version is not None and version != stated[child]):
            continue
        if wanted and relationship not in wanted:
            continue
        place = (seen_in, path, line)
        sighting = seen.get(place) or seen.setdefault(place, (Sighting(*place),))
        if parent in ids:
            edges.append(Edge(ids[parent], ids[child], relationship, sighting, status, reason))
        elif pk in outside:
            edges.append(Edge(outside[pk].id, ids[child], relationship, sighting))
    return edges
