"""``manage.py rate`` and ``manage.py explain_rating``."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from artifacts.models import Artifact
from ratings.management.commands import rate
from ratings.metrics import CATALOGUE_VERSION
from ratings.models import Rating
from tests.factories import make_artifact
from tests.ratings.worlds import publish

pytestmark = pytest.mark.django_db


def run(name: str, *arguments, **options) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


class TestRate:
    def test_one_is_rated_and_the_older_rating_stays(self):
        one, other = publish("one"), publish("other")
        said = run("rate", one.pk)
        assert said.startswith("1 rated")
        assert one.current.ratings.count() == 2
        assert other.current.ratings.count() == 1

    def test_several_are_rated(self):
        models = [publish(name) for name in "abc"]
        assert run("rate", models[0].pk, models[2].pk).startswith("2 rated")
        assert [model.current.ratings.count() for model in models] == [2, 1, 2]

    def test_all_are_rated_but_what_is_not_published(self):
        publish("one")
        make_artifact("two", state="FAILED")
        assert run("rate", all=True).startswith("1 rated")

    @pytest.mark.parametrize("arguments", [(), (1, "--all")])
    def test_it_says_what_it_needs(self, arguments):
        with pytest.raises(CommandError, match="Give the ids of artifacts, or --all"):
            run("rate", *arguments)

    def test_ids_that_are_not_published_are_named_before_anything_is_done(self):
        one = publish("one")
        with pytest.raises(CommandError, match="Not published here: 987"):
            run("rate", one.pk, 987)
        assert one.current.ratings.count() == 1

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            pytest.param((10**20,), "Not published here: 1000", id="larger than any id"),
            pytest.param(("--all", "--limit", "-1"), "is no number of artifacts", id="below none"),
            pytest.param(("--all", "--rated-before", "soon"), "is no moment such as", id="no date"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_in_words(self, arguments, words):
        with pytest.raises(CommandError, match=words):
            run("rate", *arguments)

    def test_filters_narrow_the_choice(self):
        publish("one")
        make_artifact("data", type="dataset")
        assert run("rate", all=True, type="dataset").startswith("1 rated")
        assert run("rate", all=True, limit=1).startswith("1 rated")

    def test_only_what_an_older_catalogue_rated(self):
        old, _new = publish("old"), publish("new")
        old.current.ratings.update(catalogue_version="0")
        assert run("rate", all=True, outdated=True).startswith("1 rated")
        assert run("rate", all=True, outdated=True).startswith("0 rated")

    def test_only_what_was_rated_before_a_moment(self):
        old, _new = publish("old"), publish("new")
        old.current.ratings.update(created=now() - timedelta(days=3))
        yesterday = (now() - timedelta(days=1)).isoformat()
        assert run("rate", "--all", "--rated-before", yesterday).startswith("1 rated")
        assert run("rate", "--all", "--rated-before", yesterday).startswith("0 rated")

    def test_it_counts_the_scores_that_moved(self):
        one = publish("one")
        Artifact.objects.filter(pk=one.pk).update(net_score=0.01)
        assert "1 net scores moved" in run("rate", one.pk)
        one.refresh_from_db()
        assert one.net_score == one.current.ratings.first().net_score

    def test_it_can_be_stopped_and_goes_on_later(self, monkeypatch):
        models = [publish(name) for name in "abc"]
        Rating.objects.update(created=now() - timedelta(hours=1))
        whole, calls = rate.rate_again, []

        def stopped(version):
            calls.append(version)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return whole(version)

        monkeypatch.setattr(rate, "rate_again", stopped)
        out = io.StringIO()
        with pytest.raises(SystemExit) as stop:
            call_command("rate", "--all", stdout=out, stderr=out)
        assert stop.value.code == rate.INTERRUPTED
        moment = out.getvalue().partition("--rated-before ")[2].split()[0]
        monkeypatch.setattr(rate, "rate_again", whole)
        assert run("rate", "--all", "--rated-before", moment).startswith("2 rated")
        assert {model.current.ratings.count() for model in models} == {2}

    def test_a_bug_in_one_is_loud_and_stops_no_other(self, monkeypatch, caplog):
        models = [publish(name) for name in "ab"]
        whole = rate.rate_again

        def broken(version):
            if version == models[0].current:
                raise ZeroDivisionError
            return whole(version)

        monkeypatch.setattr(rate, "rate_again", broken)
        with pytest.raises(CommandError, match="1 could not be rated"):
            run("rate", "--all")
        assert "ZeroDivisionError" in caplog.text
        assert [model.current.ratings.count() for model in models] == [1, 2]


class TestExplain:
    def test_every_measurement_is_there_with_reason_evidence_and_remedy(self):
        model = make_artifact()
        said = run("explain_rating", model.pk)
        rating = model.current.ratings.get()
        for answer in rating.measurements.values():
            assert answer["reason"] in said
            for item in answer["evidence"]:
                assert item["note"] in said
                assert item["url"] in said
                assert item["remedy"] in said
        assert "Net score 0.71, with 84\u00a0% of the weight known (9 of 11 questions)" in said
        assert "Tree score: unknown" in said
        assert "It passes the gate." in said
        assert f"Rating {rating.pk} by catalogue {CATALOGUE_VERSION}" in said

    def test_broken_rules_are_named(self):
        model = make_artifact(state="REJECTED", rated=False)
        from tests.factories import make_rating

        rule = {"metric": "license", "minimum": 0.3, "actual": 0.0, "reason": "license is 0.00"}
        make_rating(model.newest, broken=[rule])
        assert "rejected: license is 0.00" in run("explain_rating", model.pk)

    def test_older_ratings_stay_readable(self):
        model = publish("one")
        first = model.current.ratings.get()
        Rating.objects.filter(pk=first.pk).update(net_score=0.123, catalogue_version="0")
        run("rate", model.pk)
        assert "Net score 0.12" in run("explain_rating", model.pk, rating=first.pk)
        history = run("explain_rating", model.pk, history=True).splitlines()
        assert len(history) == 2
        assert "catalogue 0" in history[1]

    def test_weights_are_those_of_the_time(self, monkeypatch):
        from ratings import rating_rows

        model = publish("one")
        before = run("explain_rating", model.pk)
        monkeypatch.setattr(rating_rows, "WEIGHTS", {"license": 1.0})
        assert run("explain_rating", model.pk) == before

    @pytest.mark.parametrize("rated", [True, False])
    def test_what_is_not_there_is_said(self, rated):
        model = make_artifact(rated=rated)
        arguments = ("--rating", "987") if rated else ()
        with pytest.raises(CommandError, match="rating 987" if rated else "no rating yet"):
            run("explain_rating", model.pk, *arguments)
        with pytest.raises(CommandError, match="no artifact 987"):
            run("explain_rating", 987)
