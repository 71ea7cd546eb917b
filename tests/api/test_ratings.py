"""Ratings over HTTP: the 26 fields, the richer answer, the list, and asking again for nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts import services
from artifacts.models import State
from ratings.models import Rating
from tests.factories import make_artifact, make_rating

pytestmark = pytest.mark.django_db

METRICS = (
    "ramp_up_time bus_factor performance_claims license dataset_and_code_score dataset_quality"
    " code_quality reproducibility reviewedness tree_score size_score net_score"
).split()


@pytest.fixture
def client(api, charlie):
    return api(charlie)


def test_the_26_fields_and_no_other(client):
    artifact = make_artifact("bert")
    body = client.get(f"/api/artifact/model/{artifact.pk}/rate").json()
    expected = {"name", "category", *METRICS, *(f"{name}_latency" for name in METRICS)}
    assert set(body) == expected
    assert len(body) == 26
    assert (body["name"], body["category"]) == ("bert", "MODEL")
    assert set(body["size_score"]) == {"raspberry_pi", "jetson_nano", "desktop_pc", "aws_server"}
    numbers = [body[f"{name}_latency"] for name in METRICS] + [body[n] for n in METRICS[:10]]
    assert all(isinstance(number, float | int) for number in numbers)


def test_unknown_is_minus_one_there_and_null_with_a_reason_here(client):
    artifact = make_artifact("bert", net_score=None)
    rate = client.get(f"/api/artifact/model/{artifact.pk}/rate").json()
    assert (rate["dataset_quality"], rate["tree_score"], rate["net_score"]) == (-1, -1, -1)
    rich = client.get(f"/api/artifacts/model/{artifact.pk}/rating").json()
    assert rich["net_score"] is None
    unknown = rich["measurements"]["dataset_quality"]
    assert unknown["score"] is None
    assert unknown["reason"] == "no dataset that it names could be read"


def test_unknown_devices_are_minus_one(client):
    artifact = make_artifact("bert")
    rating = Rating.objects.get()
    rating.measurements["size_score"] = {"score": None, "reason": "no weights", "evidence": []}
    rating.save()
    size = client.get(f"/api/artifact/model/{artifact.pk}/rate").json()["size_score"]
    assert set(size.values()) == {-1}


@pytest.mark.parametrize("type", ["dataset", "code"])
def test_only_models_have_the_rate_of_the_contract(client, type):
    artifact = make_artifact("x", type=type)
    assert client.get(f"/api/artifact/model/{artifact.pk}/rate").status_code == 404
    assert client.get(f"/api/artifacts/{type}/{artifact.pk}/rating").status_code == 200


def test_a_rejected_one_says_why(client):
    broken = [{"metric": "license", "minimum": 0.5, "actual": 0.0, "reason": "no licence"}]
    artifact = make_artifact("bert", state=State.REJECTED, rated=False)
    make_rating(artifact.newest, broken=broken)
    rich = client.get(f"/api/artifacts/model/{artifact.pk}/rating").json()
    assert rich["verdict"] == {"passed": False, "broken": broken, "warnings": []}


def test_the_list_is_newest_first_and_says_whose_they_are(client):
    one, other = make_artifact("one"), make_artifact("other", type="dataset")
    rows = client.get("/api/ratings").json()["results"]
    assert [row["artifact_id"] for row in rows] == [str(other.pk), str(one.pk)]
    assert rows[0]["artifact_type"] == "dataset"
    assert rows[0]["passed"] is True
    assert "measurements" not in rows[0]
    first = client.get("/api/ratings?limit=1&ordering=created").json()
    assert [row["artifact_name"] for row in first["results"]] == ["one"]
    second = client.get(first["next"]).json()
    assert [row["artifact_name"] for row in second["results"]] == ["other"]
    assert second["next"] is None


def test_the_list_can_be_narrowed(client):
    one = make_artifact("one", net_score=0.9)
    make_artifact("other", net_score=0.2, type="dataset")
    for query in (f"artifact={one.pk}", "type=model", "min_score=0.5"):
        rows = client.get(f"/api/ratings?{query}").json()["results"]
        assert [row["artifact_name"] for row in rows] == ["one"], query
    assert client.get("/api/ratings?artifact=x").status_code == 400
    assert client.get("/api/ratings?artifact=99999999999999999999").status_code == 400


def test_one_rating_stays_readable_after_a_newer_one(client):
    artifact = make_artifact("bert")
    old = Rating.objects.get()
    new = make_rating(artifact.current, net_score=0.1)
    assert client.get(f"/api/ratings/{old.pk}").json()["net_score"] == 0.71
    assert client.get(f"/api/artifacts/model/{artifact.pk}/rating").json()["id"] == new.pk
    assert client.get("/api/ratings/0").status_code == 404
    assert client.get("/api/ratings/a_b").status_code == 400


def test_what_is_in_quarantine_is_seen_by_admins_only(client, api, dora):
    artifact = make_artifact("bert")
    rating = Rating.objects.get()
    services.quarantine(artifact.current, reason="malware")
    assert client.get("/api/ratings").json()["results"] == []
    for address in (f"ratings/{rating.pk}", f"artifact/model/{artifact.pk}/rate"):
        assert client.get(f"/api/{address}").status_code == 404
    assert len(api(dora).get("/api/ratings").json()["results"]) == 1


@pytest.mark.parametrize(
    ("address", "heavy"),
    [
        ("artifact/model/{}/rate", "measurements"),
        ("artifacts/model/{}/rating", "measurements"),
        ("artifacts/model/{}/files", "git_sha1"),
    ],
)
def test_asking_again_costs_no_work(client, address, heavy):
    artifact = make_artifact("bert")
    address = f"/api/{address.format(artifact.pk)}"
    first = client.get(address)
    assert first.status_code == 200
    with CaptureQueriesContext(connection) as captured:
        again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert not [query["sql"] for query in captured if heavy in query["sql"]]
    other = client.get(address, headers={"if-none-match": '"something-else"'})
    assert other.status_code == 200
    page = client.get(address, headers={"accept": "text/html", "if-none-match": first["ETag"]})
    assert page.status_code == 200


def test_a_tag_is_over_when_what_it_stood_for_changed(client):
    artifact = make_artifact("bert")
    rate = f"/api/artifact/model/{artifact.pk}/rate"
    tag = client.get(rate)["ETag"]
    services.rename(artifact, name="better bert")
    renamed = client.get(rate, headers={"if-none-match": tag})
    assert renamed.json()["name"] == "better bert"
    make_rating(artifact.current, net_score=0.1)
    rated = client.get(rate, headers={"if-none-match": renamed["ETag"]})
    assert rated.json()["net_score"] == 0.1
    services.quarantine(artifact.current, reason="malware")
    assert client.get(rate, headers={"if-none-match": rated["ETag"]}).status_code == 404
