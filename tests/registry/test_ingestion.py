"""From a pasted URL to a version that is READY, or to the reason why not."""

from __future__ import annotations

import io
import ssl
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.utils.timezone import now

from artifacts import services, storage
from artifacts.models import Artifact, Blob, File, State, Version
from artifacts.sources import bounds
from lineage.models import Link
from ratings.models import Rating
from registry.ingestion.lease import Lease, LostClaim
from registry.ingestion.pipeline import Ingestion, ingest
from registry.ingestion.sweeps import sweep
from tests.hub import faults as f
from tests.registry.conftest import carry

INFO = "/api/models/fernwood/field-notes-tiny*"
README = "*/resolve/*/README.md"
SHARD = "*/resolve/*/model-00001*"


def unpacked(version: Version) -> dict[str, bytes]:
    bundle = storage.artifact_storage().stream(storage.bundle_key(version.manifest_sha256))
    with zipfile.ZipFile(io.BytesIO(b"".join(bundle))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestTheMainJob:
    @pytest.mark.parametrize("kind", ["model", "dataset", "code", "adapter", "gguf"])
    def test_it_ends_ready_with_every_byte(self, bring, demo_content, kind):
        made = getattr(demo_content, kind)
        version = bring(made)
        assert (version.state, version.reason) == (State.READY, "")
        assert version.revision == made.revision
        assert unpacked(version) == made.files()
        assert version.size_bytes == sum(map(len, made.files().values()))
        assert version.artifact.current_id == version.pk
        assert version.license

    def test_a_model_is_rated_from_its_facts(self, bring, demo_content):
        version = bring(demo_content.model)
        rating = Rating.objects.get(version=version)
        known = {name for name, one in rating.measurements.items() if one["score"] is not None}
        assert known >= {"license", "size_score", "ramp_up_time", "bus_factor", "code_quality"}
        assert rating.coverage > 0.8
        assert version.artifact.net_score == rating.net_score

    def test_what_it_names_is_linked(self, bring, demo_content):
        version = bring(demo_content.model)
        named = set(Link.objects.filter(version=version).values_list("parent_key", flat=True))
        assert {demo_content.dataset.url, demo_content.code.url} <= named

    def test_the_audit_names_who_asked(self, bring, demo_content, alice):
        version = bring(demo_content.model)
        entries = LogEntry.objects.get_for_object(version.artifact)
        assert {entry.actor for entry in entries} == {alice}

    def test_a_second_run_changes_nothing(self, bring, demo_content, outside):
        version = bring(demo_content.model)
        outside.requests.clear()
        again = carry(version)
        assert again.finished == version.finished
        assert outside.requests == []

    def test_the_same_bytes_are_stored_once(self, bring, demo_content, register, outside):
        version = bring(demo_content.model)
        outside.requests.clear()
        second = carry(services.refresh(version.artifact, by=None))
        assert second.state == State.READY
        assert second.manifest_sha256 == version.manifest_sha256
        assert outside.count("*/resolve/*.safetensors", "GET") <= 2  # headers, not files


class TestTrouble:
    @pytest.mark.parametrize(
        ("path", "fault", "code", "words"),
        [
            (INFO, f.Status(404, code="RepoNotFound"), "source_not_found", "has no"),
            (INFO, f.Status(401), "source_forbidden", "refuses access"),
            (INFO, f.Status(429, retry_after=7), "source_rate_limited", "tried again in 7 s"),
            (INFO, f.Status(500), "source_unavailable", "did not answer properly"),
            (SHARD, f.Truncate(), "source_truncated", "model-00001"),
            (INFO, f.WrongSize("model-00001*", 7), "source_broken", "model-00001"),
            (INFO, f.WrongDigest("README.md"), "digest_mismatch", ""),
            (INFO, f.ExtraFiles(["../../canary.txt"]), "unsafe_path", "../../canary.txt"),
        ],
    )
    def test_it_ends_failed_in_words(
        self, bring, demo_content, outside, files, path, fault, code, words
    ):
        outside.faults.add(path, fault)
        version = bring(demo_content.model)
        assert (version.state, version.reason_code) == (State.FAILED, code)
        assert words in version.reason
        assert version.artifact.current is None
        root = Path(files.location)
        assert not list(root.parent.rglob("canary*"))
        assert not list(root.rglob("bundles/*/*"))

    @pytest.mark.parametrize("path", [INFO, "*/resolve/*/README.md", SHARD])
    @pytest.mark.parametrize(
        "fault", [f.Status(503), f.Status(429, retry_after=9), f.HangUp(), f.Truncate(100)]
    )
    def test_what_passes_is_waited_out(self, bring, demo_content, outside, path, fault):
        outside.faults.add(path, fault, times=2)
        version = bring(demo_content.model)
        assert (version.state, version.attempts) == (State.READY, 1)
        assert unpacked(version) == demo_content.model.files()

    def test_a_retry_after_the_trouble_succeeds(self, bring, demo_content, outside):
        outside.faults.add(INFO, f.Status(503))
        failed = bring(demo_content.model)
        assert failed.is_retryable
        outside.faults.clear()
        assert carry(services.retry(failed, by=None)).state == State.READY

    def test_a_pickle_that_runs_code_is_rejected_with_the_reason(self, bring, demo_content):
        version = bring(demo_content.pickle)
        assert (version.state, version.reason_code) == (State.REJECTED, "disqualified")
        assert ".bin" in version.reason or ".pkl" in version.reason
        assert version.artifact.current is None
        assert Rating.objects.filter(version=version).exists()

    def test_an_internal_error_is_told_without_its_text(self, register, demo_content, monkeypatch):
        def explode(self):
            raise ZeroDivisionError("secret words")

        monkeypatch.setattr(Ingestion, "link", explode)
        version = register(demo_content.model)
        with pytest.raises(ZeroDivisionError):
            ingest(version.pk)
        version.refresh_from_db()
        assert (version.state, version.reason_code) == (State.FAILED, "internal_error")
        assert "secret" not in version.reason


class TestAVanishedWorker:
    @pytest.fixture
    def abandoned(self, register, demo_content, monkeypatch):
        """A version whose worker went away after it had stored four files."""
        version = register(demo_content.model)
        truly, calls = Ingestion._fetch_one, []

        def fetch_one(self, checkout, item):
            calls.append(item)
            if len(calls) == 5:
                raise SystemExit
            truly(self, checkout, item)

        with monkeypatch.context() as patch:
            patch.setattr(Ingestion, "_fetch_one", fetch_one)
            with pytest.raises(SystemExit):
                ingest(version.pk)
        Version.objects.filter(pk=version.pk).update(heartbeat=now() - timedelta(hours=1))
        return Version.objects.get(pk=version.pk)

    def test_what_arrived_is_kept(self, abandoned, outside, demo_content):
        assert abandoned.files.count() == 4
        outside.requests.clear()
        version = carry(abandoned)
        assert version.state == State.READY
        assert version.attempts == 2
        assert unpacked(version) == demo_content.model.files()
        assert outside.count(INFO) == 0  # the facts are those of the first run
        assert File.objects.filter(version=version).count() == len(demo_content.model.files())
        assert Blob.objects.count() == len(set(demo_content.model.files().values()))

    def test_the_sweeper_hands_it_to_another(self, abandoned, django_capture_on_commit_callbacks):
        sweep()
        abandoned.refresh_from_db()
        assert abandoned.claim == ""
        assert Version.objects.claim(abandoned.pk)

    def test_attempts_are_bounded(self, abandoned, settings):
        Version.objects.filter(pk=abandoned.pk).update(attempts=settings.INGESTION_MAX_ATTEMPTS)
        sweep()
        abandoned.refresh_from_db()
        assert (abandoned.state, abandoned.reason_code) == (State.FAILED, "worker_vanished")
        assert "3 times" in abandoned.reason

    def test_who_lost_the_claim_changes_nothing(self, register, demo_content):
        version = register(demo_content.model)
        first = Version.objects.claim(version.pk)
        assert Version.objects.claim(version.pk) is None
        Version.objects.filter(pk=version.pk).update(heartbeat=now() - timedelta(hours=1))
        second = Version.objects.claim(version.pk)
        with pytest.raises(LostClaim):
            Lease(first).write(stage="fetch")
        with pytest.raises(LostClaim):
            Lease(first).change(State.READY)
        Lease(second).write(stage="fetch")

    def test_a_deleted_artifact_ends_the_work(self, register, demo_content, monkeypatch):
        version = register(demo_content.model)
        monkeypatch.setattr(Ingestion, "scan", lambda self: services.delete(self.version.artifact))
        ingest(version.pk)
        assert not Artifact.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestInTheRequest:
    @pytest.fixture(autouse=True)
    def sync(self, settings, pipeline):
        settings.INGESTION_SYNC = True

    def test_201_with_the_way_to_the_bytes(self, api, alice, demo_content):
        answer = api(alice).post("/api/artifact/model", {"url": demo_content.model.url})
        assert answer.status_code == 201
        assert "download_url" in answer.json()["data"]

    def test_424_for_what_the_policy_refuses(self, api, alice, demo_content):
        answer = api(alice).post("/api/artifact/model", {"url": demo_content.pickle.url})
        assert answer.status_code == 424
        assert answer.json()["code"] == "disqualified"

    def test_nobody_waits_longer_than_twenty_seconds_in_all(
        self, api, alice, demo_content, outside, waits
    ):
        outside.faults.add("/api/models/*", f.Status(503, retry_after=8), times=2)
        outside.faults.add(SHARD, f.Status(503, retry_after=8))
        answer = api(alice).post("/api/artifact/model", {"url": demo_content.model.url})
        assert answer.status_code == 424
        assert 16 <= sum(waits) <= 20

    def test_424_for_what_could_not_be_fetched(self, api, alice, demo_content, outside):
        outside.faults.add(INFO, f.Status(500))
        answer = api(alice).post("/api/artifact/model", {"url": demo_content.model.url})
        assert answer.status_code == 424
        assert answer.json()["details"]["reason_code"] == "source_unavailable"


def test_an_ingestion_loads_the_certificates_once_at_most(bring, demo_content, monkeypatch):
    """It has many clients; each with certificates of its own took half of its processor time."""
    load, loaded = ssl.SSLContext.load_verify_locations, []

    def counting(context, *args, **kwargs):
        loaded.append(context)
        return load(context, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counting)
    bounds.tls_context.cache_clear()
    assert bring(demo_content.model).state == State.READY
    assert len(loaded) == 1
