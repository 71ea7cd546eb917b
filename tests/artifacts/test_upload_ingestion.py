"""What was uploaded lives like what was fetched: collected, scanned, rated, published."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from artifacts import services, storage
from artifacts.facts import Facts
from artifacts.models import Scan, State, Version
from artifacts.uploads import receiving
from lineage.models import Link
from ratings.models import PolicyRule, Rating
from tests.artifacts import harmless
from tests.artifacts.hostile import call, tarred, torchscript, zipped
from tests.registry.conftest import carry, pipeline  # noqa: F401 - a fixture

TYPES = {"model": "model", "dataset": "dataset", "code": "code"}


@pytest.fixture
def upload(pipeline, alice):  # noqa: F811 - the fixture
    """Alice uploads files, and a worker does the rest."""

    def run(files: dict[str, bytes], type: str = "model", name: str = "ears.zip") -> Version:
        pack = zipped if name.endswith(".zip") else tarred
        packed = pack([(f"top/{path}", data) for path, data in files.items()])
        file = SimpleUploadedFile(name, packed)
        return carry(receiving.receive(file, type=type, owner=alice))

    return run


def unpacked(version: Version) -> dict[str, bytes]:
    bundle = storage.artifact_storage().stream(storage.bundle_key(version.manifest_sha256))
    with zipfile.ZipFile(io.BytesIO(b"".join(bundle))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["ears.zip", "ears.tar"])
def test_it_ends_ready_with_every_byte(upload, demo_content, kind, name):
    files = getattr(demo_content, kind).files()
    version = upload(files, TYPES[kind], name)
    assert (version.state, version.reason) == (State.READY, "")
    assert version.artifact.current_id == version.pk
    assert unpacked(version) == files
    assert version.license
    assert not version.files.filter(scan=Scan.PENDING).exists()


def test_a_model_is_rated_from_what_its_files_say(upload, demo_content):
    version = upload(demo_content.model.files())
    facts = Facts.from_json(version.facts)
    assert facts.card
    assert sum(weights.parameters for weights in facts.weights) > 0
    measurements = Rating.objects.get(version=version).measurements
    known = {name for name, one in measurements.items() if one["score"] is not None}
    assert known >= {"license", "size_score", "ramp_up_time"}
    assert Link.objects.filter(version=version, parent_key=demo_content.dataset.url).exists()


def test_who_wrote_it_is_unknown_with_a_reason(upload, demo_content):
    version = upload(demo_content.code.files(), "code")
    answer = Rating.objects.get(version=version).measurements["bus_factor"]
    assert answer["score"] is None
    assert "no history of commits" in answer["reason"]


def test_its_page_leads_to_no_source(upload, demo_content, client, alice):
    files = demo_content.model.files()
    readme = b"# Ears\n[more](docs/more.md)\n" + files["README.md"].split(b"---", 2)[2]
    version = upload(files | {"docs/README.md": b"x", "README.md": files["README.md"] + readme})
    client.force_login(alice)
    page = client.get(version.artifact.get_absolute_url()).text
    assert "Uploaded" in page
    assert "Scan and rate again" in page
    assert "At the source" not in page
    assert 'href="upload:' not in page
    assert "docs/more.md" not in page


def test_nothing_outside_is_asked_for_what_names_nothing(upload, hub, demo_content):
    upload({"README.md": b"# Ears\nThey hear.\n", "config.json": b"{}"})
    assert hub.requests == []


def test_a_hostile_file_is_rejected(upload, demo_content):
    version = upload(demo_content.pickle.files())
    assert version.state == State.REJECTED
    assert version.files.filter(scan=Scan.DANGEROUS).exists()


@pytest.mark.parametrize(
    ("words", "is_enforced", "state", "licence"),
    [
        (b"", True, State.READY, "Apache-2.0"),
        (b"\nYou may not sell it.\n", True, State.REJECTED, ""),
        (b"\nYou may not sell it.\n", False, State.READY, "terms-of-its-own"),
        (b"\nWe hope that you like what we made.\n", True, State.READY, "terms-of-its-own"),
    ],
)
def test_a_licence_text_with_words_of_its_own(
    upload, demo_content, words, is_enforced, state, licence
):
    rule = PolicyRule.objects.get(applies_to="model", metric="stricter_licence")
    rule.is_enforced = is_enforced
    rule.save()
    files = demo_content.model.files()
    version = upload({**files, "LICENSE": files["LICENSE"] + words})
    assert version.state == state
    assert licence in version.license
    rating = Rating.objects.get(version=version)
    said = [one["reason"] for rules in ("broken", "warnings") for one in rating.verdict[rules]]
    if words:
        assert any(words.decode().strip() in reason and "LICENSE" in reason for reason in said)
    if state == State.REJECTED:
        assert "“You may not sell it.”" in version.reason


def test_a_refresh_keeps_the_content_and_needs_nobody(upload, alice, demo_content):
    files = demo_content.dataset.files()
    version = upload(files, "dataset")
    again = carry(services.refresh(version.artifact, by=alice))
    assert (again.number, again.state) == (2, State.READY)
    assert again.manifest_sha256 == version.manifest_sha256
    assert unpacked(again) == files


def test_a_second_worker_changes_nothing(upload, demo_content):
    version = upload(demo_content.dataset.files(), "dataset")
    Version.objects.filter(pk=version.pk).update(state=State.PENDING, claim="", facts={})
    again = carry(version)
    assert again.state == State.READY
    assert again.files.count() == version.files.count()


@pytest.mark.django_db(transaction=True)
def test_in_synchronous_mode_the_answer_is_the_outcome(pipeline, api, alice, settings):  # noqa: F811
    settings.INGESTION_SYNC = True
    file = SimpleUploadedFile(
        "ears.zip", zipped([("README.md", b"---\nlicense: mit\n---\n# Ears\n"), ("a.csv", b"1")])
    )
    answer = api(alice).post("/api/artifact/dataset", {"file": file}, format="multipart")
    assert answer.status_code == 201, answer.content
    assert answer.json()["data"]["download_url"]


@pytest.mark.django_db(transaction=True)
def test_in_synchronous_mode_a_rejection_is_424(pipeline, api, alice, settings, demo_content):  # noqa: F811
    settings.INGESTION_SYNC = True
    file = SimpleUploadedFile("ears.zip", zipped([*demo_content.pickle.files().items()]))
    answer = api(alice).post("/api/artifact/model", {"file": file}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (424, "disqualified")


def test_torchscript_and_generators_are_no_reason_to_reject(upload, demo_content):
    files = demo_content.model.files()
    files |= {
        "model.pt": torchscript({}),
        "rng.pkl": pickle.dumps(np.random.default_rng(1)),
        "state.npy": harmless.saved(np.save, np.array([np.random.RandomState(1)], object)),
    }
    version = upload(files)
    assert (version.state, version.reason) == (State.READY, "")
    outcomes = version.files.filter(path__in=["model.pt", "rng.pkl", "state.npy"])
    assert set(outcomes.values_list("scan", flat=True)) == {Scan.CLEAN}


@pytest.mark.parametrize("name", ["data.pkl", "code/__torch__.py.debug_pkl"])
def test_torchscript_that_would_run_something_is_rejected(upload, demo_content, name):
    hostile = {"model.pt": torchscript({name: call("posix", "system", 2)})}
    version = upload(demo_content.model.files() | hostile)
    assert version.state == State.REJECTED
    assert "model.pt is hostile: imports posix.system, at byte 2" in version.reason
