"""Rows that are read by compiled fields say what DRF's own reading of the fields says."""

from __future__ import annotations

from datetime import datetime

import pytest
from rest_framework import serializers

from artifacts.api.serializers import ArtifactSerializer
from artifacts.models import Artifact, State
from tests.factories import make_artifact


class Uncompiled(ArtifactSerializer):
    """The same fields, as DRF reads them."""

    to_representation = serializers.ModelSerializer.to_representation


def as_text(row: dict) -> dict:
    """Moments as the renderer writes them."""
    moments = {name: value for name, value in row.items() if isinstance(value, datetime)}
    return row | {name: value.isoformat().replace("+00:00", "Z") for name, value in moments.items()}


@pytest.mark.django_db
def test_they_say_the_same(alice):
    make_artifact("owned", owner=alice)
    make_artifact("nobody's")
    make_artifact("on its way", owner=alice, state=State.FETCHING)
    rows = Artifact.objects.for_listing()
    compiled = ArtifactSerializer(rows, many=True).data
    assert [as_text(row) for row in compiled] == Uncompiled(rows, many=True).data
    assert {row["owner"] for row in compiled} == {"alice", None}
    assert {row["revision"] is None for row in compiled} == {True, False}
