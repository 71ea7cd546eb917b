"""Reset: what goes, what stays, who may, and what others notice of it."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django_q.models import OrmQ, Task

from accounts import tokens
from accounts.models import Session, Token, User
from artifacts import storage
from artifacts.models import Artifact, Blob, File, Observation, Version
from artifacts.storage import bundles, upkeep
from artifacts.uploads import receiving
from lineage.models import Link
from ratings.models import PolicyRule, Rating
from ratings.policy import DEFAULT_RULES
from registry.ingestion import lease
from registry.ingestion.pipeline import Ingestion, ingest
from registry.operations import reset as resetting
from registry.operations.reset import RegistryBusy, reset
from tests.artifacts.hostile import zipped
from tests.conftest import PASSWORD
from tests.factories import make_artifact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
FILES = [("README.md", b"# Ears\n"), ("a.csv", b"1,2\n" * 1000)]


def upload(owner: User, *files: tuple[str, bytes]) -> Version:
    packed = zipped(files or FILES)
    return receiving.receive(SimpleUploadedFile("ears.zip", packed), type="dataset", owner=owner)


@pytest.fixture
def world(alice, bob) -> Artifact:
    """One artifact with bytes, one with rows of every kind, tokens, a changed rule, a queue."""
    version = upload(alice)
    digest, size = bundles.write_bundle(version)
    Version.objects.filter(pk=version.pk).update(bundle_sha256=digest, bundle_size_bytes=size)
    parent, child = make_artifact("parent", owner=alice), make_artifact("child", owner=bob)
    Link.objects.create(
        child=child, parent=parent, parent_type="model", parent_name="parent",
        parent_key=parent.source_key, relationship="base_model", seen_in="manual",
    )  # fmt: skip
    seen = Observation.objects.create(type="code", source_url="x", revision="0" * 40, facts={})
    child.current.observations.add(seen)
    tokens.create_token(alice, name="gate")
    PolicyRule.objects.all().delete()
    PolicyRule.objects.create(metric="license", minimum=1)
    OrmQ.objects.create(key="registry", payload="x", lock=child.created)
    Task.objects.create(id="t", name="t", func="f", started=child.created, stopped=child.created)
    return child


def objects() -> list[str]:
    store = storage.artifact_storage()
    return [found.key for folder in ("blobs", "bundles") for found in store.objects(folder)]


def rules() -> set[tuple[str, str, float, bool, bool]]:
    fields = ("applies_to", "metric", "minimum", "is_enforced", "is_unknown_accepted")
    return set(PolicyRule.objects.values_list(*fields))


class TestWhatGoes:
    def test_everything_but_the_admin_and_the_audit(self, api, world, alice, dora):
        before = LogEntry.objects.count()
        assert len(objects()) == 3
        answer = api(dora).delete("/api/reset")
        assert answer.status_code == 200
        assert answer.json() == {"removed": {"artifacts": 3, "versions": 3, "users": 2}}
        for model in (Artifact, Version, File, Blob, Observation, Link, Rating, Token, OrmQ, Task):
            assert not model.objects.exists(), model
        assert objects() == []
        assert list(User.objects.all()) == [dora]
        assert LogEntry.objects.count() > before

    def test_the_rules_are_the_default_ones(self, world, dora):
        reset(by=dora)
        assert len(rules()) == len(DEFAULT_RULES)
        assert ("model", "license", 0.3, True, False) in rules()

    def test_it_says_so_in_the_audit(self, api, world, dora):
        api(dora).delete("/api/reset", REMOTE_ADDR="192.0.2.1")
        entry = LogEntry.objects.get(additional_data__action="RESET")
        assert (entry.actor, entry.remote_addr) == (dora, "192.0.2.1")
        assert entry.additional_data["removed"]["artifacts"] == 3

    def test_the_trail_of_each_artifact_ends_with_it(self, api, world, dora):
        client = api(dora)
        client.delete("/api/reset")
        trail = client.get(f"/api/artifact/model/{world.pk}/audit").json()
        assert trail[0]["action"] == "DELETE"
        assert trail[0]["user"] == {"name": "dora", "is_admin": True}
        assert trail[0]["artifact"]["name"] == "child"
        assert trail[-1]["action"] == "CREATE"

    def test_no_id_is_used_again(self, world, dora):
        highest = Artifact.objects.latest("pk").pk
        reset(by=dora)
        assert make_artifact("new").pk > highest

    def test_everything_works_afterwards(self, api, world, dora):
        client = api(dora)
        client.delete("/api/reset")
        body = {"username": "alice", "password": PASSWORD}
        assert api(None).post("/api/register", body).status_code == 201
        packed = SimpleUploadedFile("ears.zip", zipped(FILES))
        answer = client.post("/api/artifact/dataset", {"file": packed}, format="multipart")
        assert answer.status_code == 202
        assert len(objects()) == 2

    def test_again_changes_nothing_more(self, world, dora):
        reset(by=dora)
        assert reset(by=dora) == {"artifacts": 0, "versions": 0, "users": 0}


class TestWhoStays:
    def test_people_go_however_many(self, dora, monkeypatch, values_sent):
        monkeypatch.setattr(resetting, "BATCH", 50)
        User.objects.bulk_create(User(username=f"person-{number}") for number in range(300))
        values_sent.clear()
        assert reset(by=dora)["users"] == 300
        assert max(values_sent) < 300
        assert list(User.objects.all()) == [dora]

    def test_the_default_admin_can_sign_in_as_before(self, api, dora, alice, settings):
        settings.REGISTRY_ADMIN_USERNAME = "root"
        User.objects.create_user("root", PASSWORD, role="admin")
        User.objects.create_user("boss", PASSWORD, role="admin")
        reset(by=dora)
        assert set(User.objects.values_list("username", flat=True)) == {"dora", "root"}
        body = {"user": {"name": "root", "is_admin": True}, "secret": {"password": PASSWORD}}
        assert api(None).put("/api/authenticate", body).status_code == 200

    def test_an_account_of_that_name_that_is_no_admin_goes(self, dora, alice, settings):
        settings.REGISTRY_ADMIN_USERNAME = "alice"
        reset(by=dora)
        assert list(User.objects.all()) == [dora]

    def test_the_session_in_use_stays_and_no_other(self, api, alice, dora):
        other, acting, stranger = api(dora), api(dora), api(alice)
        assert acting.delete("/api/reset").status_code == 200
        assert acting.get("/api/me").status_code == 200
        assert other.get("/api/me").status_code == 403
        assert stranger.get("/api/me").status_code == 403
        assert Session.objects.count() == 1

    def test_the_long_lived_token_in_use_stays(self, api, dora):
        token, secret = tokens.create_token(dora, name="ci", role="admin")
        tokens.create_token(dora, name="other", role="admin")
        client = api(None)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert client.delete("/api/reset").status_code == 200
        assert list(Token.objects.all()) == [token]


class TestWhoMay:
    @pytest.mark.parametrize("person", ["charlie", "bob", "alice"])
    def test_a_role_too_low_is_401(self, api, world, request, person):
        answer = api(request.getfixturevalue(person)).delete("/api/reset")
        assert (answer.status_code, answer.json()["code"]) == (401, "reset_not_permitted")
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert Artifact.objects.count() == 3

    def test_an_admin_with_a_smaller_token_is_401(self, api, world, dora):
        _, secret = tokens.create_token(dora, name="ci", role="uploader")
        client = api(None)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert client.delete("/api/reset").status_code == 401
        assert Artifact.objects.count() == 3

    @pytest.mark.parametrize("header", [None, "bearer x.y.z", "nonsense"])
    def test_no_token_or_a_wrong_one_is_403(self, api, world, header):
        client = api(None)
        if header:
            client.credentials(HTTP_X_AUTHORIZATION=header)
        assert client.delete("/api/reset").status_code == 403
        assert Artifact.objects.count() == 3

    @pytest.mark.parametrize("method", ["get", "post", "put"])
    def test_nothing_else_resets(self, api, world, dora, method):
        assert getattr(api(dora), method)("/api/reset").status_code == 405
        assert Artifact.objects.count() == 3


class TestPage:
    URL = "/reset/"

    def test_only_admins_see_it(self, client, alice):
        client.force_login(alice)
        assert client.get(self.URL).status_code == 403
        assert client.post(self.URL, {"confirmation": "reset"}).status_code == 403

    def test_it_says_what_will_be_lost(self, client, world, dora):
        client.force_login(dora)
        text = client.get(self.URL).text
        assert "3 artifacts with 3 versions" in text
        assert "2 other accounts" in text

    @pytest.mark.parametrize("typed", ["", "Reset", "reset everything", "yes"])
    def test_another_word_resets_nothing(self, client, world, dora, typed):
        client.force_login(dora)
        response = client.post(self.URL, {"confirmation": typed})
        assert response.status_code == 422
        assert Artifact.objects.count() == 3

    def test_the_word_resets_and_the_admin_stays_signed_in(self, client, world, dora):
        client.force_login(dora)
        response = client.post(self.URL, {"confirmation": "reset"}, follow=True)
        assert response.redirect_chain == [("/", 302)]
        assert "3 artifacts and 2 accounts are gone" in response.text
        assert not Artifact.objects.exists()


class TestOthersMeanwhile:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("step", ["fetch", "scan", "link", "rate", "publish"])
    def test_a_running_ingestion_loses_its_claim(self, dora, alice, monkeypatch, step):
        monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 3600.0)
        version = upload(alice)
        untouched = getattr(Ingestion, step)

        def interrupted(self: Ingestion) -> None:
            reset(by=dora)
            untouched(self)

        monkeypatch.setattr(Ingestion, step, interrupted)
        ingest(version.pk)
        for model in (Version, Artifact, File, Link, Rating):
            assert not model.objects.exists(), model

    def test_bytes_that_arrive_meanwhile_stay(self, dora, alice, monkeypatch):
        upload(alice)
        sweep = upkeep.sweep_forgotten

        def after_somebody_else(is_enough):
            upload(dora, *FILES[:1])  # one of the two files again
            return sweep(is_enough)

        monkeypatch.setattr(upkeep, "sweep_forgotten", after_somebody_else)
        reset(by=dora)
        kept = Version.objects.get().files.select_related("blob").get()
        assert b"".join(storage.open_blob(kept.blob)) == FILES[0][1]
        assert len(objects()) == Blob.objects.count() == 1

    def test_much_storage_is_left_to_a_worker(
        self, dora, alice, monkeypatch, django_capture_on_commit_callbacks
    ):
        upload(alice)
        queued = []
        monkeypatch.setattr("common.jobs.async_task", queued.append)
        monkeypatch.setattr(resetting, "STORAGE_SECONDS", -1)
        with django_capture_on_commit_callbacks(execute=True):
            reset(by=dora)
        assert queued == ["registry.operations.reset.clear_storage"]
        assert len(objects()) == 1
        monkeypatch.setattr(resetting, "STORAGE_SECONDS", 60)
        resetting.clear_storage()
        assert objects() == []

    @pytest.mark.django_db(transaction=True)
    def test_a_failure_half_way_resets_nothing(self, world, dora, monkeypatch):
        def fail(*args):
            raise OSError("the lights went out")

        monkeypatch.setattr(resetting, "_remove_people", fail)
        with pytest.raises(OSError, match="lights"):
            reset(by=dora)
        assert Artifact.objects.count() == 3
        assert User.objects.count() == 3
        assert len(objects()) == 3
        assert rules() == {("model", "license", 1.0, True, False)}

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
    @pytest.mark.django_db(transaction=True)
    def test_a_writer_that_does_not_end_makes_it_503(self, api, world, dora, monkeypatch):
        monkeypatch.setattr(resetting, "LOCK_SECONDS", 0.2)
        started, over = threading.Event(), threading.Event()

        def write() -> None:
            with closing(connection), transaction.atomic():
                Artifact.objects.update(name="busy")
                started.set()
                over.wait(20)

        writer = threading.Thread(target=write)
        writer.start()
        started.wait(20)
        try:
            with pytest.raises(RegistryBusy):
                reset(by=dora)
            answer = api(dora).delete("/api/reset")
            assert (answer.status_code, answer.json()["code"]) == (503, "registry_busy")
            assert answer["Retry-After"] == "5"
        finally:
            over.set()
            writer.join()
        assert reset(by=dora)["artifacts"] == 3
