"""How many bytes it takes to have an artifact and everything it was made from.

An artifact's download is its files, each distinct content once: the bundle packs the same
bytes, and content addressing means that what two artifacts share is fetched once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Count, Sum

from artifacts.models import Artifact, File
from lineage.graph import Steps, components, parents_of
from lineage.relatives import among
from lineage.walk import Surroundings, surroundings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

BYTES_PER_MB = 1_000_000
ALL_GENERATIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Holdings:
    """Bytes by holder: those nobody else has, and those that several have."""

    own: Mapping[str, int]
    shared: Sequence[tuple[frozenset[str], int]]  # holders, and the bytes they all hold

    def of(self, holder: str) -> int:
        return self.own[holder] + sum(size for holders, size in self.shared if holder in holders)


@dataclass(frozen=True, slots=True)
class Total:
    """``unknown`` names the nodes of the closure whose size nobody knows here."""

    size_bytes: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CostEntry:
    """One artifact of a closure; ``standalone_bytes`` is None where the size is not known."""

    artifact_id: str
    name: str
    type: str
    url: str
    standalone_bytes: int | None
    total: Total

    @property
    def is_here(self) -> bool:
        return self.standalone_bytes is not None


@dataclass(frozen=True, slots=True)
class Cost:
    """The artifact asked about comes first, then the rest by distance."""

    entries: tuple[CostEntry, ...]
    is_complete: bool

    @property
    def root(self) -> CostEntry:
        return self.entries[0]

    def unknown(self, entry: CostEntry) -> list[str]:
        """The names of what ``entry`` needs and whose size is not known, itself included."""
        names = {one.artifact_id: one.name for one in self.entries}
        return [names[node] for node in entry.total.unknown]

    @property
    def shared_bytes(self) -> int:
        """What a download of everything saves because artifacts share it."""
        apart = sum(entry.standalone_bytes or 0 for entry in self.entries)
        return apart - self.root.total.size_bytes


def megabytes(size_bytes: int) -> float:
    """Megabytes of 10^6 bytes, exact to the byte."""
    return round(size_bytes / BYTES_PER_MB, 6)


def cost_of(artifact: Artifact, *, user: User | AnonymousUser) -> Cost:
    """What ``artifact`` and everything upstream of it take, as far as ``user`` may know it."""
    around = surroundings(artifact, up=ALL_GENERATIONS, down=0, among=among(user))
    versions = {node: one.current_id for node, one in around.known.items() if one.current_id}
    held = holdings(versions)
    order = sorted(around.up, key=lambda node: (around.up[node], len(node), node))
    sums = totals(order, parents_of(around.edges), held)
    entries = tuple(_entry(artifact, around, node, held, sums[node]) for node in order)
    return Cost(
        entries=entries,
        is_complete=around.is_complete,
    )


def standalone_bytes(artifact: Artifact) -> int | None:
    """The bytes of the current version's files, each content once."""
    if artifact.current_id is None:
        return None
    return holdings({"it": artifact.current_id}).of("it")


def holdings(versions: Mapping[str, int]) -> Holdings:
    """What the files of each version weigh, sorted out by who else holds the same bytes."""
    holder_of = {version: holder for holder, version in versions.items()}
    files = File.objects.filter(version__in=holder_of).order_by()
    own = dict.fromkeys(versions, 0)
    for version, size in files.values_list("version_id").annotate(size=Sum("blob__size_bytes")):
        own[holder_of[version]] += size
    repeated = files.values("version_id", "blob_id", "blob__size_bytes").annotate(n=Count("id"))
    for row in repeated.filter(n__gt=1):
        own[holder_of[row["version_id"]]] -= (row["n"] - 1) * row["blob__size_bytes"]

    common = files.values("blob_id").annotate(n=Count("version_id", distinct=True)).filter(n__gt=1)
    holders: dict[str, set[str]] = defaultdict(set)
    sizes: dict[str, int] = {}
    pairs = files.filter(blob__in=common.values("blob_id"))
    for version, blob, size in pairs.values_list("version_id", "blob_id", "blob__size_bytes"):
        holders[blob].add(holder_of[version])
        sizes[blob] = size
    pools: dict[frozenset[str], int] = defaultdict(int)
    for blob, those in holders.items():
        pools[frozenset(those)] += sizes[blob]
        for holder in those:
            own[holder] -= sizes[blob]
    return Holdings(own, tuple(pools.items()))


def totals(nodes: Sequence[str], parents: Steps, held: Holdings) -> dict[str, Total]:
    """For each node the bytes of its closure, shared ones once, and what has no known size.

    Every pool of shared bytes is a node of its own that its holders lead to, so a closure
    meets it once. Closures are sets of bits, filled in the order of the components.
    """
    steps: dict[str, list[str]] = {node: list(parents.get(node, ())) for node in nodes}
    weights = [held.own.get(node, 0) for node in nodes]
    for number, (holders, size) in enumerate(held.shared):
        pool = f"pool {number}"
        steps[pool] = []
        weights.append(size)
        for holder in holders:
            steps[holder].append(pool)
    bit = {node: number for number, node in enumerate(steps)}
    weighed = np.array(weights, dtype=np.int64)
    unknown = np.array([node not in held.own for node in nodes], dtype=bool)

    reached: dict[str, int] = {}
    found: dict[str, Total] = {}
    for members in components(steps, steps):  # what a component leads to comes before it
        closure = 0
        for node in members:
            closure |= 1 << bit[node]
            for end in steps[node]:
                closure |= reached.get(end, 0)
        reached.update(dict.fromkeys(members, closure))
        if members[0] in bit and bit[members[0]] < len(nodes):
            total = _total(closure, nodes, weighed, unknown)
            found.update(dict.fromkeys(members, total))
    return found


def _total(closure: int, nodes: Sequence[str], weighed: np.ndarray, unknown: np.ndarray) -> Total:
    packed = np.frombuffer(closure.to_bytes(len(weighed) // 8 + 1, "little"), dtype=np.uint8)
    bits = np.unpackbits(packed, bitorder="little", count=len(weighed)).astype(bool)
    missing = np.flatnonzero(bits[: len(nodes)] & unknown)
    return Total(int(weighed[bits].sum()), tuple(nodes[int(number)] for number in missing))


def _entry(
    artifact: Artifact, around: Surroundings, node: str, held: Holdings, total: Total
) -> CostEntry:
    known = around.known.get(node)
    standalone = held.of(node) if node in held.own else None
    if node == around.root:
        return CostEntry(node, artifact.name, artifact.type, artifact.source_url, standalone, total)
    if known:
        return CostEntry(node, known.name, known.type, known.source_url, standalone, total)
    outside = around.outside[node]
    return CostEntry(node, outside.name, outside.type, outside.url, standalone, total)


def seconds_to_download(size_bytes: int, megabits_per_second: int) -> float:
    """The time at a bandwidth that is used fully, without overhead."""
    return size_bytes * 8 / (megabits_per_second * 1_000_000)
