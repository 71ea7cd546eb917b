"""The rules of the gate, as an admin edits them."""

from __future__ import annotations

from typing import Any

from django import forms

from artifacts.models import ArtifactType
from ratings.measurements.finding_kinds import KINDS
from ratings.metrics import METRICS
from ratings.models import PolicyRule
from ratings.policy import COVERAGE, NET_SCORE


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    names = [NET_SCORE, COVERAGE, *METRICS]
    scores = [(name, name.replace("_", " ").capitalize()) for name in names]
    findings = [(kind.name, kind.title) for kind in KINDS.values()]
    return [("A score, at least", scores), ("A finding, of which there must be none", findings)]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule: what must reach how much, for which type, and what follows if not."""

    metric = forms.ChoiceField(label="Measurement or finding", choices=_choices)
    applies_to = forms.ChoiceField(label="For", choices=ArtifactType.choices)
    minimum = forms.FloatField(
        label="At least",
        required=False,
        help_text="For a score. A finding has none.",
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"min": "0", "max": "1", "step": "0.05"}),
    )

    class Meta:
        model = PolicyRule
        fields = ["applies_to", "metric", "minimum", "is_enforced", "is_unknown_accepted"]
        labels = {"is_enforced": "Rejects", "is_unknown_accepted": "Unknown is accepted"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        metric, type = cleaned.get("metric") or "", cleaned.get("applies_to")
        known = METRICS.get(metric) or KINDS.get(metric)
        if known is not None and type and type not in known.applies_to:
            self.add_error("metric", f"This is not measured for the type {type}.")
        if metric in KINDS:  # there is nothing to reach, and nothing that could be unknown
            cleaned |= {"minimum": None, "is_unknown_accepted": False}
        elif metric and cleaned.get("minimum") is None and "minimum" not in self.errors:
            self.add_error("minimum", "A score needs a minimum.")
        return cleaned
