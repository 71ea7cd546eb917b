"""The four machines of the contract that a model may have to fit on."""

from __future__ import annotations

from typing import NamedTuple


class Device(NamedTuple):
    """A machine, and the memory in GiB that a program can use on it."""

    name: str
    label: str
    usable_gib: float


# docs/metrics/size_score.md says where each figure comes from.
DEVICES = (
    Device("raspberry_pi", "Raspberry Pi", 1.5),
    Device("jetson_nano", "Jetson Nano", 3.0),
    Device("desktop_pc", "Desktop PC", 12.0),
    Device("aws_server", "AWS server", 172.8),
)
