"""What the API says of licences, and what it is asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.fields import OnlyNamedFields, StrictCharField
from ratings.licences import Detection, LicenceFindings

if TYPE_CHECKING:
    from ratings.licences.check import Check

ANSWERS = ["yes", "no", "unknown"]
SEVERITIES = ["contradiction", "warning", "info"]


class DeclaredSerializer(serializers.Serializer[Any]):
    expression = serializers.CharField(allow_blank=True, help_text="SPDX, or LicenseRef- ids.")
    reason = serializers.CharField(allow_blank=True)
    is_known = serializers.BooleanField(help_text="Whether the terms of all of it are known.")
    stated = serializers.CharField(allow_blank=True, help_text="As it was written.")


class DetectionSerializer(serializers.Serializer[Any]):
    spdx = serializers.CharField()
    confidence = serializers.FloatField(help_text="0.95 and more counts, below it is a hint.")
    first_line = serializers.IntegerField()
    last_line = serializers.IntegerField()
    method = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    quote = serializers.CharField(
        allow_blank=True, help_text="How a text begins; of an altered one the words of its own."
    )
    quote_line = serializers.IntegerField(help_text="Where an altered text differs, else 0.")
    is_altered = serializers.BooleanField(help_text="Near the licence, and not it.")
    is_restricting = serializers.BooleanField(help_text="Words of its own take something away.")


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    message = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField()
    is_stricter = serializers.BooleanField(
        help_text="Whether the file takes away what the declaration permits."
    )


class ObligationSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    text = serializers.CharField()
    licence = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class PermissionsSerializer(serializers.Serializer[Any]):
    """What the licence permits; null where that is not known."""

    expression = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    fine_tuning = serializers.BooleanField(allow_null=True)
    redistribution = serializers.BooleanField(allow_null=True)
    commercial = serializers.BooleanField(allow_null=True)
    use_restrictions = serializers.BooleanField(allow_null=True)
    copyleft = serializers.CharField(allow_blank=True)
    is_known = serializers.BooleanField()
    obligations = ObligationSerializer(many=True)


class LicenceSerializer(serializers.Serializer[Any]):
    revision = serializers.CharField()
    expression = serializers.CharField(
        source="licence.expression", allow_blank=True, help_text="What applies; '' if unknown."
    )
    reason = serializers.CharField(source="licence.reason", allow_blank=True)
    confidence = serializers.FloatField(source="licence.confidence")
    declared = DeclaredSerializer(source="licence.declared")
    detected = DetectionSerializer(source="licence.detections", many=True)
    conflicts = FindingSerializer(source="licence.conflicts", many=True)
    findings = FindingSerializer(source="licence.findings", many=True)
    permissions = PermissionsSerializer()
    looked_at = serializers.ListField(source="licence.looked_at", child=serializers.CharField())


class LicenceCheckSerializer(serializers.Serializer[Any]):
    github_url = StrictCharField(
        max_length=2000, help_text="The repository of the project that wants to use the model."
    )


class ExplainedCheckSerializer(OnlyNamedFields, LicenceCheckSerializer):
    """The same where it is asked for at our own address, which takes nothing else."""


class FoundSerializer(serializers.Serializer[Any]):
    of = serializers.ChoiceField(choices=["model", "project"])
    licence = serializers.CharField(source="seen.spdx")
    file = serializers.CharField(
        source="seen.path", allow_blank=True, help_text="'' for what is declared."
    )
    line = serializers.IntegerField(source="seen.first_line")
    last_line = serializers.IntegerField(source="seen.last_line")
    confidence = serializers.FloatField(source="seen.confidence")
    method = serializers.CharField(source="seen.method")
    note = serializers.CharField(source="seen.note", allow_blank=True)


class PairField(serializers.DictField):
    def to_representation(self, value: Any) -> dict[str, Any]:
        return asdict(value)


class LicenceVerdictSerializer(serializers.Serializer[Any]):
    """The two licences alone, without what the model was made from."""

    answer = serializers.ChoiceField(choices=ANSWERS)
    is_compatible = serializers.BooleanField()
    reason = serializers.CharField()
    rule = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    inbound = serializers.CharField(allow_blank=True)
    outbound = serializers.CharField(allow_blank=True)
    obligations = ObligationSerializer(many=True)
    pairs = serializers.ListField(child=PairField())


class ChainSerializer(serializers.Serializer[Any]):
    parent = serializers.CharField()  # type: ignore[assignment]
    relationship = serializers.CharField()
    licence = serializers.CharField(allow_blank=True)
    answer = serializers.ChoiceField(choices=ANSWERS)
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    message = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    obligations = ObligationSerializer(many=True)
    through = serializers.CharField(allow_blank=True)
    artifact_id = serializers.CharField(allow_blank=True, help_text="'' where it is not here.")
    type = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)


class ProjectSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    revision = serializers.CharField()
    artifact_id = serializers.CharField(allow_blank=True, help_text="'' where it is not here.")
    expression = serializers.CharField(source="findings.expression", allow_blank=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """A check, with everything that led to its answer."""

    answer = serializers.ChoiceField(source="explanation.answer", choices=ANSWERS)
    is_compatible = serializers.BooleanField(source="explanation.is_compatible")
    sentence = serializers.CharField(source="explanation.sentence")
    rule = serializers.CharField(
        source="explanation.verdict.rule", help_text="An id of docs/licences.md."
    )
    source = serializers.CharField(  # type: ignore[assignment]
        source="explanation.verdict.source", allow_blank=True
    )
    verdict = LicenceVerdictSerializer(source="explanation.verdict")
    licences = serializers.SerializerMethodField()
    obligations = ObligationSerializer(source="explanation.obligations", many=True)
    findings = serializers.SerializerMethodField()
    chain = ChainSerializer(source="explanation.chain", many=True)
    project = ProjectSerializer()
    note = serializers.CharField(allow_blank=True)

    @extend_schema_field(FoundSerializer(many=True))
    def get_licences(self, found: Check) -> Any:
        rows = [{"of": of, "seen": seen} for of, side in found.sides for seen in _seen(side)]
        return FoundSerializer(rows, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_findings(self, found: Check) -> list[dict[str, Any]]:
        return [{"of": of, **asdict(each)} for of, side in found.sides for each in side.findings]


def _seen(side: LicenceFindings) -> list[Detection]:
    """Each licence of one side: what is declared, then what each file holds."""
    declared = side.declared
    if not declared.expression:
        return list(side.detections)
    sure = 1.0 if declared.is_known else 0.5
    first = Detection(declared.expression, sure, 0, 0, "declared", declared.reason)
    return [first, *side.detections]
