"""When a score moves, what was built on it is measured again."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ

from artifacts.models import Artifact, Version
from lineage.services import add_link, remove_link
from ratings import services
from ratings.metrics import CATALOGUE_VERSION
from ratings.models import PolicyRule, Rating
from tests.ratings.worlds import facts_of, net_of, publish, tree_of

pytestmark = pytest.mark.django_db


def lose_its_card(model: Artifact) -> None:
    """Its card is gone, and so it is rated worse."""
    poorer = facts_of(model.name, readme="", card={}).to_json()
    Version.objects.filter(pk=model.current_id).update(facts=poorer)
    before = net_of(model)
    services.rate_again(Version.objects.get(pk=model.current_id))
    assert net_of(model) < before


def test_a_parent_that_arrives_later_reaches_all_descendants():
    grandchild, child = publish("grandchild", "child"), publish("child", "base")
    assert tree_of(child) is None
    services.remeasure_descendants(child.pk)
    base = publish("base")
    services.remeasure_descendants(base.pk)
    assert tree_of(child) == net_of(base)
    nearest = net_of(child)
    assert tree_of(grandchild) == pytest.approx((nearest + net_of(base)) / 2, abs=1e-4)


def test_a_parents_new_score_reaches_all_descendants():
    base, child, grandchild = publish("base"), publish("child", "base"), publish("g", "child")
    before = tree_of(child), tree_of(grandchild)
    lose_its_card(base)
    services.remeasure_descendants(base.pk)
    assert tree_of(child) == net_of(base)
    assert tree_of(child) < before[0]
    assert tree_of(grandchild) < before[1]
    assert tree_of(grandchild) == pytest.approx((net_of(child) + net_of(base)) / 2, abs=1e-4)


def test_a_descendant_on_two_paths_waits_for_the_longer_one():
    base = publish("base")
    publish("a", "base")
    publish("b", "a")
    last = publish("last", "base", "b")
    lose_its_card(base)
    services.remeasure_descendants(base.pk)
    scores = [net_of(Artifact.objects.get(name=name)) for name in ("base", "a", "b")]
    assert tree_of(last) == pytest.approx(sum(scores) / 3, abs=1e-4)


def test_models_that_name_each_other_come_to_rest():
    one, two = publish("one", "two"), publish("two", "one")
    for _ in range(3):
        services.remeasure_descendants(one.pk)
    count = Rating.objects.count()
    services.remeasure_descendants(two.pk)
    assert Rating.objects.count() == count
    assert tree_of(one) == net_of(two)


def test_what_has_not_changed_gets_no_new_rating():
    base, child = publish("base"), publish("child", "base")
    services.remeasure_descendants(base.pk)
    services.remeasure_descendants(base.pk)
    assert child.current.ratings.count() == 1


def test_only_the_tree_score_is_asked_again_and_the_older_rating_stays():
    base, child = publish("base"), publish("child", "base")
    before = child.current.ratings.get()
    lose_its_card(base)
    services.remeasure_descendants(base.pk)
    after, old = child.current.ratings.all()
    assert old.measurements == before.measurements
    others = {name for name in before.measurements if name != "tree_score"}
    assert all(after.measurements[name] == before.measurements[name] for name in others)
    assert after.net_score == net_of(child) != before.net_score


def test_a_rating_of_an_older_catalogue_is_made_anew(monkeypatch):
    base, child = publish("base"), publish("child", "base")
    child.current.ratings.update(catalogue_version="0")
    services.remeasure_descendants(base.pk)
    assert [one.catalogue_version for one in child.current.ratings.all()] == [
        CATALOGUE_VERSION,
        "0",
    ]


def test_the_gate_is_asked_again_and_takes_nothing_away():
    base, child = publish("base"), publish("child", "base")
    PolicyRule.objects.create(metric="tree_score", minimum=0.6)
    lose_its_card(base)
    services.remeasure_descendants(base.pk)
    newest = child.current.ratings.first()
    assert [rule["metric"] for rule in newest.verdict["broken"]] == ["tree_score"]
    child.refresh_from_db()
    assert child.current is not None


def test_what_is_not_published_any_more_is_left_alone():
    from artifacts.services import quarantine

    base, child = publish("base"), publish("child", "base")
    quarantine(child.current, reason="looks odd")
    services.remeasure_descendants(base.pk)
    assert Rating.objects.filter(version=child.current_id).count() <= 1


def test_an_artifact_that_is_gone_is_no_error():
    services.remeasure_descendants(999)


class TestLinksByHand:
    def test_a_link_that_a_person_adds_or_takes_back_counts(
        self, settings, alice, django_capture_on_commit_callbacks
    ):
        settings.INGESTION_SYNC = True
        base, child = publish("base"), publish("child")
        with django_capture_on_commit_callbacks(execute=True):
            link = add_link(child=child, parent=base, relationship="base_model", by=alice)
        assert tree_of(child) == net_of(base)
        with django_capture_on_commit_callbacks(execute=True):
            remove_link(link, by=alice)
        assert tree_of(child) is None


class TestAsking:
    def queued(self) -> set[tuple]:
        return {(task.task["func"], task.task["args"]) for task in OrmQ.objects.all()}

    def test_a_score_that_moved_queues_its_descendants(self, django_capture_on_commit_callbacks):
        base = publish("base")
        publish("child", "base")
        with django_capture_on_commit_callbacks(execute=True):
            lose_its_card(base)
        assert ("ratings.services.remeasure_descendants", (base.pk,)) in self.queued()

    def test_a_score_that_stayed_queues_nothing(self, django_capture_on_commit_callbacks):
        base = publish("base")
        publish("child", "base")
        with django_capture_on_commit_callbacks(execute=True):
            services.rate_again(base.current)
        assert not self.queued()

    def test_a_model_without_relatives_queues_nothing(self, django_capture_on_commit_callbacks):
        alone = publish("alone")
        with django_capture_on_commit_callbacks(execute=True):
            services.request_remeasuring(alone)
        assert not self.queued()

    def test_without_workers_it_happens_after_the_commit(
        self, settings, django_capture_on_commit_callbacks
    ):
        settings.INGESTION_SYNC = True
        base, child = publish("base"), publish("child", "base")
        with django_capture_on_commit_callbacks(execute=True):
            lose_its_card(base)
        assert tree_of(child) == net_of(base)
        assert not self.queued()
