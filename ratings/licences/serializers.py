"""What the API says of licences, and what it is asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from common.fields import StrictCharField
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
    expression = serializers.CharField(allow_blank=True, help_text="What applies; '' if unknown.")
    reason = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField()
    declared = DeclaredSerializer()
    detected = DetectionSerializer(many=True)
    conflicts = FindingSerializer(many=True)
    findings = FindingSerializer(many=True)
    permissions = PermissionsSerializer()
    looked_at = serializers.ListField(child=serializers.CharField())


class LicenceCheckSerializer(serializers.Serializer[Any]):
    github_url = StrictCharField(
        max_length=2000, help_text="The repository of the project that wants to use the model."
    )


class FoundSerializer(serializers.Serializer[Any]):
    of = serializers.ChoiceField(choices=["model", "project"])
    licence = serializers.CharField()
    file = serializers.CharField(allow_blank=True, help_text="'' for what is declared.")
    line = serializers.IntegerField()
    last_line = serializers.IntegerField()
    confidence = serializers.FloatField()
    method = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


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
    pairs = serializers.ListField(child=serializers.DictField())


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
    expression = serializers.CharField(allow_blank=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=ANSWERS)
    is_compatible = serializers.BooleanField()
    sentence = serializers.CharField()
    rule = serializers.CharField(help_text="An id of docs/licences.md.")
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    verdict = LicenceVerdictSerializer()
    licences = FoundSerializer(many=True)
    obligations = ObligationSerializer(many=True)
    findings = serializers.ListField(child=serializers.DictField())
    chain = ChainSerializer(many=True)
    project = ProjectSerializer()
    note = serializers.CharField(allow_blank=True)

    def to_representation(self, found: Check) -> dict[str, object]:
        told, project = found.explanation, found.project
        sides = {"model": told.model, "project": told.project}
        return {
            "answer": told.answer,
            "is_compatible": told.is_compatible,
            "sentence": told.sentence,
            "rule": told.verdict.rule,
            "source": told.verdict.source,
            "verdict": told.verdict.to_json(),
            "licences": [
                {"of": of, **row} for of, side in sides.items() for row in _licences_of(side)
            ],
            "obligations": [asdict(each) for each in told.obligations],
            "findings": [
                {"of": of, **each.to_json()} for of, side in sides.items() for each in side.findings
            ],
            "chain": [asdict(each) for each in told.chain],
            "project": {
                "url": project.url,
                "revision": project.revision,
                "artifact_id": project.artifact_id,
                "expression": project.findings.expression,
            },
            "note": found.note,
        }


def _licences_of(findings: LicenceFindings) -> list[dict[str, object]]:
    """Each licence of one side: what is declared, then what each file holds."""
    declared = findings.declared
    seen = list(findings.detections)
    if declared.expression:
        sure = 1.0 if declared.is_known else 0.5
        seen.insert(0, Detection(declared.expression, sure, 0, 0, "declared", declared.reason))
    return [
        {
            "licence": each.spdx,
            "file": each.path,
            "line": each.first_line,
            "last_line": each.last_line,
            "confidence": each.confidence,
            "method": each.method,
            "note": each.note,
        }
        for each in seen
    ]
