"""What a number of bytes means: time, money, and memory to load it."""

from __future__ import annotations

from dataclasses import dataclass

from artifacts.facts.devices import DEVICES
from artifacts.models import Artifact, Version
from lineage.cost import Cost, seconds_to_download

BANDWIDTHS = (
    (10, "10 Mbit/s, a slow line"),
    (100, "100 Mbit/s, an office"),
    (1_000, "1 Gbit/s, a fast network"),
    (10_000, "10 Gbit/s, a data centre"),
)
# The first tier of https://aws.amazon.com/s3/pricing/ (S3 Standard, us-east-1).
DOLLARS_PER_GB_MONTH = 0.023
BYTES_PER_GB = 1_000_000_000
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Time:
    label: str
    alone: str
    everything: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Dollars a month, alone and with everything upstream."""

    alone: str
    everything: str


@dataclass(frozen=True, slots=True)
class Memory:
    """The bytes of the weights, and how much of each machine's memory they take."""

    size_bytes: int
    source: str
    devices: tuple[tuple[str, float, int], ...]  # name, usable GiB, per cent of it


def times(cost: Cost) -> list[Time]:
    """How long the download takes at common bandwidths."""
    alone, everything = cost.root.standalone_bytes or 0, cost.root.total.size_bytes
    return [
        Time(
            label,
            duration(seconds_to_download(alone, megabits)),
            duration(seconds_to_download(everything, megabits)),
        )
        for megabits, label in BANDWIDTHS
    ]


def duration(seconds: float) -> str:
    """A span of time in the unit a person would use."""
    if seconds < 1:
        return "under a second"
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} second{'s' * (round(seconds) != 1)}"


def storage(cost: Cost) -> Storage:
    """What keeping the bytes costs in a month, at the list price named on the page."""
    alone, everything = cost.root.standalone_bytes or 0, cost.root.total.size_bytes
    return Storage(_dollars(alone), _dollars(everything))


def _dollars(size_bytes: int) -> str:
    amount = size_bytes / BYTES_PER_GB * DOLLARS_PER_GB_MONTH
    return f"${amount:,.2f}" if amount >= 0.01 else "less than $0.01"


def memory(artifact: Artifact) -> Memory | None:
    """The memory that loading takes at least; None where no header of a weight file was read."""
    if artifact.type != "model" or artifact.current_id is None:
        return None
    weights = (
        Version.objects.filter(pk=artifact.current_id)
        .values_list("facts__weights", flat=True)
        .get()
    )
    by_format: dict[str, list[int]] = {}
    for one in weights or []:
        if one.get("data_bytes"):
            by_format.setdefault(one["format"], []).append(one["data_bytes"])
    # safetensors files are shards of one model; each GGUF file is a model by itself
    if shards := by_format.get("safetensors"):
        needed, source = sum(shards), f"{len(shards)} safetensors file{'s' * (len(shards) > 1)}"
    elif models := by_format.get("gguf"):
        needed, source = min(models), "the smallest GGUF file"
    else:
        return None
    shares = tuple(
        (device.label, device.usable_gib, round(100 * needed / (device.usable_gib * GIB)))
        for device in DEVICES
    )
    return Memory(needed, source, shares)
