"""The rating: a picture that says the same without colour, reasons, evidence."""

from __future__ import annotations

import pytest

from artifacts.models import State
from ratings.chart import HEIGHT, WIDTH, chart
from tests.factories import make_artifact, make_rating


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


class TestChart:
    def test_a_column_is_as_wide_as_its_weight_and_as_high_as_its_score(self):
        one, two = chart({"a": 1.0, "b": 0.25}, {"a": 0.75, "b": 0.25}).columns
        assert one.width == pytest.approx(3 * two.width, rel=0.01)
        assert two.x + two.width == pytest.approx(WIDTH, abs=0.2)
        assert (one.height, two.height) == (HEIGHT, HEIGHT / 4)

    def test_zero_is_a_line_and_unknown_is_a_whole_column(self):
        zero, unknown = chart({"a": 0.0, "b": None}, {}).columns
        assert 0 < zero.height < 5
        assert unknown.height == HEIGHT
        assert unknown.score is None

    def test_it_says_the_same_in_words(self):
        drawn = chart({"bus_factor": 0.5, "license": None}, {})
        assert drawn.words == "bus factor 0.50, license unknown"

    def test_nothing_measured_is_an_empty_chart(self):
        assert chart({}, {}).columns == ()


class TestPage:
    def url(self, artifact):
        return f"{artifact.get_absolute_url()}rating/"

    def test_every_measurement_has_its_reason_and_evidence(self, reader):
        artifact = make_artifact()
        text = reader.get(self.url(artifact)).text
        assert "2 people would have to leave before half of 148 files have no author." in text
        assert f"/blob/{artifact.current.revision}/README.md" in text
        assert "To improve: declare torch" in text
        assert "9 of 11 questions have an answer" in text
        assert "Raspberry Pi" in text

    def test_unknown_is_said_and_never_zero(self, reader):
        artifact = make_artifact(net_score=None, coverage=0.4)
        text = reader.get(self.url(artifact)).text
        assert "Less than half of the weight is known" in text
        assert "No parent of it is rated." in text

    def test_a_rejected_version_shows_each_broken_rule(self, reader):
        artifact = make_artifact(state=State.REJECTED, rated=False)
        rule = {"metric": "license", "minimum": 0.3, "actual": 0.0, "reason": "license is 0.00"}
        make_rating(artifact.newest, broken=[rule])
        text = reader.get(self.url(artifact)).text
        assert "Does not pass the gate" in text
        assert "license is 0.00" in text

    def test_an_older_rating_stays_readable(self, reader):
        artifact = make_artifact(net_score=0.71)
        older = artifact.current.ratings.get()
        make_rating(artifact.current, net_score=0.55)
        assert "0.55" in reader.get(self.url(artifact)).text
        assert "0.71" in reader.get(self.url(artifact), {"rating": older.pk}).text

    def test_a_rating_of_another_artifact_is_not_found(self, reader):
        mine, other = make_artifact("mine"), make_artifact("other")
        rating = other.current.ratings.get()
        assert reader.get(self.url(mine), {"rating": rating.pk}).status_code == 404

    def test_not_rated_yet_is_said(self, reader):
        artifact = make_artifact(state=State.FETCHING)
        assert "Not rated yet" in reader.get(self.url(artifact)).text

    def test_evidence_with_a_dangerous_address_is_no_link(self, reader):
        artifact = make_artifact()
        rating = artifact.current.ratings.get()
        rating.measurements["license"]["evidence"] = [
            {"note": "<b>x</b>", "url": "javascript:alert(1)", "remedy": ""}
        ]
        rating.save()
        text = reader.get(self.url(artifact)).text
        assert "javascript:" not in text
        assert "<b>x</b>" not in text

    def test_the_panel_is_a_fragment(self, reader):
        artifact = make_artifact()
        text = reader.get(f"{self.url(artifact)}panel/").text
        assert "<html" not in text
        assert "<svg" in text
