"""The rules of the gate for everybody to read, and what admins do about the queue."""

from __future__ import annotations

import pytest

from artifacts.models import State
from ratings.models import PolicyRule
from tests.factories import make_artifact, make_version


@pytest.fixture
def admin(client, dora):
    client.force_login(dora)
    return client


class TestPolicy:
    def test_everybody_reads_rules_and_questions(self, client, charlie):
        PolicyRule.objects.all().delete()
        PolicyRule.objects.create(metric="license", minimum=0.3)
        client.force_login(charlie)
        text = client.get("/policy/").text
        assert "0.30" in text
        assert "Would the work go on if its main people left?" in text
        assert "Add a rule" not in text

    def test_an_admin_adds_changes_and_removes_a_rule(self, admin):
        PolicyRule.objects.all().delete()
        rule = {"applies_to": "model", "metric": "net_score", "minimum": "0.4"}
        admin.post("/policy/new/", rule | {"is_enforced": "on"})
        kept = PolicyRule.objects.get()
        assert (kept.metric, kept.minimum, kept.is_enforced) == ("net_score", 0.4, True)
        admin.post(f"/policy/{kept.pk}/", rule | {"minimum": "0.6"})
        kept.refresh_from_db()
        assert (kept.minimum, kept.is_enforced) == (0.6, False)
        admin.post(f"/policy/{kept.pk}/delete/")
        assert not PolicyRule.objects.exists()

    @pytest.mark.parametrize("minimum", ["1.5", "-1", "much", "nan"])
    def test_an_impossible_minimum_is_refused(self, admin, minimum):
        count = PolicyRule.objects.count()
        rule = {"applies_to": "model", "metric": "coverage", "minimum": minimum}
        assert admin.post("/policy/new/", rule).status_code == 422
        assert PolicyRule.objects.count() == count

    def test_a_rule_about_a_finding_has_no_minimum(self, admin):
        PolicyRule.objects.all().delete()
        rule = {"applies_to": "model", "metric": "stricter_licence", "is_enforced": "on"}
        admin.post("/policy/new/", rule | {"minimum": "0.5", "is_unknown_accepted": "on"})
        kept = PolicyRule.objects.get()
        assert (kept.metric, kept.minimum, kept.is_unknown_accepted) == (
            "stricter_licence", None, False,
        )  # fmt: skip
        assert "none found" in admin.get("/policy/").text
        admin.post(f"/policy/{kept.pk}/", rule | {"is_enforced": ""})
        kept.refresh_from_db()
        assert not kept.is_enforced

    def test_a_score_without_a_minimum_is_refused(self, admin):
        rule = {"applies_to": "model", "metric": "coverage", "minimum": ""}
        assert admin.post("/policy/new/", rule).status_code == 422

    def test_two_rules_for_one_measurement_are_refused(self, admin):
        PolicyRule.objects.all().delete()
        rule = {"applies_to": "model", "metric": "net_score", "minimum": "0.4"}
        admin.post("/policy/new/", rule)
        assert admin.post("/policy/new/", rule).status_code == 422

    @pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
    def test_others_may_not_change_it(self, client, request, person):
        client.force_login(request.getfixturevalue(person))
        assert client.get("/policy/new/").status_code == 403


class TestQueue:
    def test_it_shows_what_is_on_the_way_and_what_did_not_arrive(self, admin):
        make_artifact("whisper", state=State.FETCHING, stage="fetch")
        make_artifact("gated", state=State.FAILED, reason="The repository is gated.")
        text = admin.get("/queue/").text
        for words in ("whisper", "Fetch the files.", "gated", "The repository is gated."):
            assert words in text

    def test_what_was_replaced_by_a_newer_version_is_not_shown(self, admin):
        artifact = make_artifact("whisper", state=State.FAILED, reason="An old failure.")
        make_version(artifact)
        assert "An old failure." not in admin.get("/queue/").text

    def test_the_chosen_ones_are_tried_again(self, admin):
        url = "https://huggingface.co/openai/{}"
        one = make_artifact("one", state=State.FAILED, url=url.format("one"))
        two = make_artifact("two", state=State.FAILED, url=url.format("two"))
        response = admin.post("/queue/retry/", {"version": one.newest.pk}, follow=True)
        assert "1 asked for again." in response.text
        assert one.newest.state == State.PENDING
        assert two.newest.state == State.FAILED

    def test_nonsense_changes_nothing(self, admin):
        response = admin.post("/queue/retry/", {"version": ["x", "999", "9" * 40]}, follow=True)
        assert "Nothing was chosen." in response.text

    def test_others_may_not(self, client, alice):
        client.force_login(alice)
        assert client.get("/queue/").status_code == 403
        assert client.post("/queue/retry/").status_code == 403
