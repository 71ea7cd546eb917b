"""The conventional list: what narrows it, every order both ways, and pages an index walks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from artifacts import services
from artifacts.models import Artifact, State, Version
from tests.factories import make_artifact

pytestmark = pytest.mark.django_db

FIELDS = {
    "created": "id",
    "name": "name",
    "published": "published",
    "net_score": "net_score",
    "size": "size_bytes",
}


@pytest.fixture
def client(api, charlie):
    return api(charlie)


@pytest.fixture
def crowd(db) -> list[Artifact]:
    """Forty rows with many ties and gaps."""
    version = make_artifact("only").current
    rows = Artifact.objects.bulk_create(
        Artifact(
            type=("model", "dataset", "code")[n % 3],
            name=f"name-{n % 7}",
            source_url=f"https://huggingface.co/crowd/{n}",
            source_key=f"https://huggingface.co/crowd/{n}",
            current=version,
            license=("MIT", "Apache-2.0")[n % 2],
            net_score=None if n % 5 == 0 else (n % 4) / 4,
            size_bytes=None if n % 6 == 0 else n % 3,
            published=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n % 4, microseconds=7),
        )
        for n in range(40)
    )
    return [Artifact.objects.get(name="only"), *rows]


def pages(client, address: str) -> list[list[dict]]:
    found = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        found.append(answer.json()["results"])
        address = answer.json()["next"]
    return found


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", FIELDS)
def test_every_order_shows_each_row_once_and_sorted(client, crowd, name, sign):
    found = pages(client, f"/api/artifacts?ordering={sign}{name}&limit=4")
    assert all(len(page) == 4 for page in found[:-1])
    rows = [row for page in found for row in page]
    assert sorted(int(row["id"]) for row in rows) == [row.pk for row in crowd]
    values = [row[FIELDS[name]] for row in rows]
    known = [int(v) if name == "created" else v for v in values if v is not None]
    assert known == sorted(known, reverse=bool(sign))
    blanks = values.count(None)
    if name == "net_score":  # unknown counts as less than the worst
        assert values[-blanks:] == [None] * blanks if sign else values[:blanks] == [None] * blanks
    elif blanks:
        assert values[-blanks:] == [None] * blanks


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_deep_page_starts_in_an_index_and_sorts_nothing(client, crowd, name, sign):
    first = client.get(f"/api/artifacts?ordering={sign}{name}&limit=4").json()
    asked: list[tuple] = []

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        client.get(first["next"])
    ((sql, params),) = [one for one in asked if "LIMIT 5" in one[0]]
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan", "incremental_sort"):
            if connection.vendor == "postgresql":  # which would rather read forty rows as they lie
                cursor.execute(f"SET LOCAL enable_{way} = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql}", params)  # with its parameters: SQLite plans by them
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    if name != "created":
        index = {"net_score": "score", "size": "size"}.get(name, name)
        assert f"artifact_by_{index}" in plan, plan


def test_pages_stay_in_step_when_rows_come_and_go(client, crowd):
    first = client.get("/api/artifacts?ordering=name&limit=10").json()
    Artifact.objects.filter(pk__in=[row["id"] for row in first["results"]]).delete()
    rest = pages(client, first["next"])
    left = [int(row["id"]) for page in rest for row in page]
    assert sorted(left) == list(Artifact.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        pytest.param("type=dataset", lambda row: row.type == "dataset", id="type"),
        pytest.param("name=AME-3", lambda row: "ame-3" in row.name, id="part of a name, any case"),
        pytest.param("license=mit", lambda row: row.license == "MIT", id="a licence in any case"),
        pytest.param("license=GPL-3.0-only", lambda row: False, id="a licence nobody has"),
        pytest.param("min_score=0.5", lambda row: (row.net_score or 0) >= 0.5, id="a score"),
        pytest.param("min_score=0", lambda row: row.net_score is not None, id="any known score"),
        pytest.param("owner=alice", lambda row: row.owner_id is not None, id="an owner"),
        pytest.param("owner=nobody", lambda row: False, id="an owner nobody knows"),
        pytest.param(
            "type=model&license=MIT&min_score=0.25&name=name",
            lambda row: (
                row.type == "model"
                and row.license == "MIT"
                and (row.net_score or 0) >= 0.25
                and "name" in row.name
            ),
            id="all together",
        ),
    ],
)
def test_filters_narrow(client, crowd, alice, query, fits):
    Artifact.objects.filter(pk__in=[row.pk for row in crowd[3:9]]).update(owner=alice)
    found = pages(client, f"/api/artifacts?{query}&limit=7&ordering=created")
    expected = [row.pk for row in Artifact.objects.order_by("pk") if fits(row)]
    assert [int(row["id"]) for page in found for row in page] == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", ["ready"]),
        ("ready", ["ready"]),
        ("arriving", ["pending", "fetching", "rating"]),
        ("refused", ["rejected", "failed"]),
        ("quarantined", []),
        ("READY", ["ready"]),
        ("FETCHING", ["fetching"]),
        ("FAILED", ["failed"]),
        ("QUARANTINED", []),
    ],
)
@pytest.mark.parametrize("ordering", ["created", "published", "-size", "net_score", "name"])
def test_states(client, state, expected, ordering):
    for one in State:
        if one != State.QUARANTINED:
            make_artifact(one.lower(), state=one)
    hidden = make_artifact("quarantined")
    services.quarantine(hidden.current, reason="malware")
    found = pages(client, f"/api/artifacts?state={state}&ordering={ordering}&limit=1")
    assert sorted(row["name"] for page in found for row in page) == sorted(expected)


def test_the_newest_version_decides_about_a_state_in_capitals(client, alice):
    artifact = make_artifact("bert", owner=alice)
    Version.objects.create(artifact=artifact, number=2, state=State.FAILED)
    again = make_artifact("gpt", owner=alice, state=State.FAILED)
    Version.objects.create(artifact=again, number=2, state=State.FETCHING)
    for state, name in {"FAILED": "bert", "FETCHING": "gpt", "READY": "bert"}.items():
        rows = client.get(f"/api/artifacts?state={state}").json()["results"]
        assert [row["name"] for row in rows] == [name]


@pytest.mark.parametrize("state", ["quarantined", "QUARANTINED"])
def test_admins_see_what_is_in_quarantine(api, dora, state):
    hidden = make_artifact("bad")
    services.quarantine(hidden.current, reason="malware")
    (row,) = api(dora).get(f"/api/artifacts?state={state}").json()["results"]
    assert (row["name"], row["revision"]) == ("bad", None)


def test_a_row_says_what_a_list_needs(client, alice):
    artifact = make_artifact("bert", owner=alice)
    (row,) = client.get("/api/artifacts").json()["results"]
    assert row == {
        "id": str(artifact.pk),
        "type": "model",
        "name": "bert",
        "url": "https://huggingface.co/acme/bert",
        "owner": "alice",
        "license": "Apache-2.0",
        "net_score": 0.71,
        "coverage": 0.84,
        "size_bytes": artifact.size_bytes,
        "revision": artifact.current.revision,
        "created": artifact.created.isoformat(),
        "published": artifact.published.isoformat(),
    }
    assert client.get(f"/api/artifacts/{artifact.pk}").json() == row


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("type=toy", "type: "),
        ("min_score=2", "min_score: "),
        ("min_score=nan", "min_score: "),
        ("min_score=much", "min_score: "),
        ("state=lost", "state: "),
        ("ordering=color", "ordering must be one of created, name"),
        ("ordering=--name", "ordering must be one of"),
        ("limit=0", "limit must be a whole number from 1 to 200"),
        ("limit=201", "limit must be"),
        ("limit=ten", "limit must be"),
        ("cursor=cD0x", "cursor is not the key of a page"),
        ("cursor=%F0%9F%90%A7", "cursor is not the key of a page"),
        ("name=" + "x" * 256, "name: "),
        ("name=a%00b", "NUL"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(client, query, words):
    answer = client.get(f"/api/artifacts?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_a_cursor_is_good_for_its_order_only(client, crowd):
    first = client.get("/api/artifacts?ordering=name&limit=4").json()
    answer = client.get(first["next"].replace("ordering=name", "ordering=-name"))
    assert answer.status_code == 400


@pytest.mark.parametrize(("id", "status"), [("a_b", 400), ("model", 404), ("9" * 30, 404)])
def test_an_id_is_refused_by_grammar_or_not_found(client, id, status):
    assert client.get(f"/api/artifacts/{id}").status_code == status


def test_the_pages_of_one_order_follow_each_other(client, crowd):
    found = pages(client, "/api/artifacts?limit=9")
    moments = [row["published"] or "" for page in found for row in page]
    assert all(one >= other for one, other in pairwise(moments))
