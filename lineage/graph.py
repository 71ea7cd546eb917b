"""Graphs of what was made from what, without a database: merging, walking, cycles, layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Steps = Mapping[str, Sequence[str]]

_WEIGHT_OF_STATUS = {"declared": 0, "verified": 1, "contradicted": 2}


class Sighting(NamedTuple):
    """One place where a link was seen."""

    seen_in: str
    path: str = ""
    line: int | None = None


class Edge(NamedTuple):
    """``child`` was made from ``parent``; both are ids of nodes."""

    parent: str
    child: str
    relationship: str
    seen: tuple[Sighting, ...] = ()
    status: str = "declared"
    reason: str = ""


class Node(NamedTuple):
    """An artifact, or an outside name. ``distance`` is negative towards parents."""

    artifact_id: str
    name: str
    source: str  # where the link that leads here was seen; "registry" for the one asked about
    distance: int
    is_outside: bool
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nearest nodes first; ``note`` says in words what was left out, if anything was."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    relatives: int  # how many nodes there are beside the root, cut off ones not known included
    is_complete: bool
    note: str = ""


def merge(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """One edge per parent, child and relationship, with every place it was seen in.

    The status that asks for most attention stays: contradicted, then verified, then declared.
    """
    merged: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        key = (edge.parent, edge.child, edge.relationship)
        known = merged.get(key)
        if known is None:
            merged[key] = edge
            continue
        worse = max(known, edge, key=lambda one: _WEIGHT_OF_STATUS[one.status])
        seen = known.seen + tuple(one for one in edge.seen if one not in known.seen)
        merged[key] = known._replace(seen=seen, status=worse.status, reason=worse.reason)
    return tuple(merged.values())


def parents_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """The parents of each child, in the order of the edges."""
    return _adjacent((edge.child, edge.parent) for edge in edges)


def children_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """The children of each parent, in the order of the edges."""
    return _adjacent((edge.parent, edge.child) for edge in edges)


def _adjacent(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    steps: dict[str, list[str]] = defaultdict(list)
    for start, end in pairs:
        steps[start].append(end)
    return dict(steps)


def distances(root: str, steps: Steps, depth: int) -> dict[str, int]:
    """How many steps each node within ``depth`` is away, the nearest way; the root itself is 0."""
    found = {root: 0}
    frontier = [root]
    for distance in range(1, depth + 1):
        frontier = list(
            dict.fromkeys(
                end for start in frontier for end in steps.get(start, ()) if end not in found
            )
        )
        if not frontier:
            break
        found.update(dict.fromkeys(frontier, distance))
    return found


def components(nodes: Iterable[str], steps: Steps) -> list[list[str]]:
    """The strongly connected components, each after everything it leads to.

    Tarjan's algorithm with a stack of its own, so that a chain of any length is walked:
    https://doi.org/10.1137/0201010
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}  # the stack of nodes whose component is not known yet
    found: list[list[str]] = []
    for start in nodes:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        open_[start] = None
        work = [(start, iter(steps.get(start, ())))]
        while work:
            node, ends = work[-1]
            for end in ends:
                if end not in index:
                    index[end] = low[end] = len(index)
                    open_[end] = None
                    work.append((end, iter(steps.get(end, ()))))
                    break
                if end in open_:
                    low[node] = min(low[node], index[end])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_close(node, open_))
    return found


def _close(node: str, open_: dict[str, None]) -> list[str]:
    members: list[str] = []
    while not members or members[-1] != node:
        members.append(open_.popitem()[0])
    return members


def cyclic(nodes: Iterable[str], edges: Iterable[Edge]) -> set[tuple[str, str]]:
    """The (parent, child) pairs that lie on a cycle."""
    edges = list(edges)
    home = {
        node: number
        for number, members in enumerate(components(nodes, children_of(edges)))
        for node in members
    }
    return {(e.parent, e.child) for e in edges if home.get(e.parent, -1) == home.get(e.child, -2)}


def layers(nodes: Sequence[str], edges: Iterable[Edge]) -> dict[str, int]:
    """A layer for each node, parents before children wherever no cycle forbids it.

    A node stands one layer after its last parent; the members of a cycle follow each
    other in the order of ``nodes``.
    """
    edges = list(edges)
    order = {node: number for number, node in enumerate(nodes)}
    parents = parents_of(edges)
    found: dict[str, int] = {}
    for members in components(nodes, parents):  # parents come first
        for node in sorted(members, key=order.__getitem__):
            before = [found[parent] for parent in parents.get(node, ()) if parent in found]
            found[node] = max(before, default=-1) + 1
    return found
