"""What a rating keeps is what its shapes say, and it becomes JSON once."""

from __future__ import annotations

from typing import NotRequired, get_origin, get_type_hints

import pytest

from ratings.measurements import stored_shapes
from ratings.measurements.measurement import Measurement
from ratings.metrics import WEIGHTS
from ratings.models import Rating
from ratings.policy import Verdict
from ratings.services import rate
from tests.ratings.worlds import facts_of, publish

pytestmark = pytest.mark.django_db


def has_shape(stored: dict[str, object], shape: type) -> bool:
    """Whether the keys are those that ``shape`` asks for and allows, and no others."""
    hints = get_type_hints(shape, include_extras=True)
    required = {key for key, hint in hints.items() if get_origin(hint) is not NotRequired}
    return required <= set(stored) <= set(hints)


def test_the_columns_name_the_shape_of_what_they_hold():
    rating = publish("one").current.ratings.get()
    for column, name in (("measurements", "MeasurementJSON"), ("verdict", "VerdictJSON")):
        said = Rating._meta.get_field(column).help_text
        assert stored_shapes.__name__ in said
        assert name in said
    assert has_shape(rating.verdict, stored_shapes.VerdictJSON)
    for rule in (*rating.verdict["broken"], *rating.verdict["warnings"]):
        assert has_shape(rule, stored_shapes.BrokenRuleJSON)
    for name, stored in rating.measurements.items():
        assert has_shape(stored, stored_shapes.MeasurementJSON)
        assert stored["weight"] == WEIGHTS[name]
        assert all(has_shape(item, stored_shapes.EvidenceJSON) for item in stored["evidence"])


def test_rating_reads_no_json_that_it_has_written(monkeypatch):
    version = publish("one").current

    def read_back(data):
        raise AssertionError(data)

    monkeypatch.setattr(Measurement, "from_json", read_back)
    monkeypatch.setattr(Verdict, "from_json", read_back)
    rating = rate(version, facts_of("one"))
    assert rating.decision.to_json() == rating.verdict
    assert rating.measurements.keys() == rating.version.ratings.last().measurements.keys()


def test_what_is_read_back_is_what_was_measured():
    rating = publish("one").current.ratings.get()
    written = {
        name: answer.to_json(weight=WEIGHTS[name]) for name, answer in rating.answers.items()
    }
    assert written == rating.measurements
    assert rating.decision.to_json() == rating.verdict
