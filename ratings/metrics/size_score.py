"""Will it fit?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from artifacts.facts import Facts, Weights
from artifacts.facts.devices import DEVICES
from ratings.measurements.addresses import address_of
from ratings.measurements.measurement import MODEL, Evidence, Measurement
from ratings.observing.footprint import Footprint, footprint

_GIB = 1024**3
_DEVICES = MappingProxyType({device.name: device.usable_gib for device in DEVICES})


@dataclass(frozen=True)
class SizeScore:
    """Will it fit on the machine you have?

    Compares the bytes of one complete set of weights, with tokenizer and configuration,
    with the memory a program can use on four machines. Up to half of that memory gives 1,
    because activations and loading need room too; from there the score falls smoothly to
    0 where the files fill all of it.
    """

    name: ClassVar[str] = "size_score"
    applies_to: ClassVar[frozenset[str]] = MODEL
    # usable memory in GiB
    devices: Mapping[str, float] = field(default_factory=lambda: _DEVICES)
    comfortable_share: float = 0.5

    def measure(self, facts: Facts) -> Measurement:
        needed = footprint(facts)
        if needed is None:
            return Measurement.unknown("the listing has no weight files")
        weight_bytes = needed.weight_bytes
        if weight_bytes is None:
            return Measurement.unknown(self._why_unknown(needed))
        total = weight_bytes + needed.companion_bytes
        parts = {name: self._fit(total, gib * _GIB) for name, gib in self.devices.items()}
        return Measurement(
            score=sum(parts.values()) / len(parts),
            reason=self._reason(facts, needed, total),
            evidence=self._evidence(facts, needed),
            parts=parts,
        )

    def _fit(self, needed_bytes: int, usable_bytes: float) -> float:
        filled = needed_bytes / usable_bytes
        beyond = (filled - self.comfortable_share) / (1 - self.comfortable_share)
        step = min(1.0, max(0.0, beyond))
        return 1 - (3 * step**2 - 2 * step**3)

    def _why_unknown(self, needed: Footprint) -> str:
        if needed.missing:
            some = ", ".join(needed.missing[:3])
            return f"the weights are incomplete: {len(needed.missing)} missing ({some})"
        return "the listing does not say how large the weight files are, or has them empty"

    def _reason(self, facts: Facts, needed: Footprint, total: int) -> str:
        files = sum(len(one.files) for one in needed.chosen)
        what = " + ".join(dict.fromkeys(one.label for one in needed.chosen))
        reason = f"{size(total)} to load: {files} {what} file{'s' * (files != 1)}"
        if needed.companion_bytes:
            reason += f" and {size(needed.companion_bytes)} of tokenizer and configuration"
        if needed.is_adapter:
            base = _base_of(facts)
            reason += f"; it is an adapter and needs its base {base} as well, not counted here"
        fitting = [
            name.replace("_", " ")
            for name, gib in self.devices.items()
            if total <= gib * _GIB * self.comfortable_share
        ]
        return f"{reason}; fits with room on {', '.join(fitting) or 'none of the four machines'}"

    def _evidence(self, facts: Facts, needed: Footprint) -> tuple[Evidence, ...]:
        evidence = []
        for one in needed.chosen:
            first = one.files[0]
            count = f" in {len(one.files)} files" if len(one.files) > 1 else ""
            evidence.append(
                Evidence(
                    f"{first.path}: {size(one.bytes or 0)}{count}", address_of(facts, first.path)
                )
            )
        headers = [weights for weights in facts.weights if weights.path in needed.paths]
        if headers:
            evidence.append(Evidence(_parameters(headers)))
        if needed.others:
            names = ", ".join(dict.fromkeys(one.label for one in needed.others))
            evidence.append(
                Evidence(f"{len(needed.others)} other copies of weights not counted: {names}")
            )
        return tuple(evidence)


def size(count: int) -> str:
    """Bytes as people write them."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} bytes"


def _parameters(headers: list[Weights]) -> str:
    dtypes: dict[str, int] = {}
    for weights in headers:
        for dtype, count in weights.dtypes.items():
            dtypes[dtype] = dtypes.get(dtype, 0) + count
    total = sum(weights.parameters for weights in headers)
    kinds = ", ".join(f"{dtype}: {count:,}" for dtype, count in sorted(dtypes.items()))
    return f"{total:,} parameters by the headers of the files ({kinds or 'no dtype stated'})"


def _base_of(facts: Facts) -> str:
    for reference in facts.references:
        if reference.relationship in {"adapter", "base_model"}:
            return reference.name
    return "model, which is not named"
