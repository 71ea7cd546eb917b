"""Finding several artifacts: the contract's queries, names with slashes, pages by key."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from artifacts import services
from artifacts.api import name_queries
from artifacts.models import Artifact, State
from common.pagination import seal
from tests.factories import make_artifact

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, charlie):
    return api(charlie)


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()]


def bare(count: int, name: str = "m{}", type: str = "model") -> list[Artifact]:
    """Many ready artifacts, with no more rows than a list needs."""
    version = make_artifact("the-only-version").current
    return Artifact.objects.bulk_create(
        Artifact(
            type=type,
            name=name.format(n),
            source_url=f"https://huggingface.co/bare/{type}-{n}",
            source_key=f"https://huggingface.co/bare/{type}-{n}-{name}",
            current=version,
        )
        for n in range(count)
    )


def test_a_name_finds_what_has_exactly_this_name(client):
    model = make_artifact("bert")
    make_artifact("bert-large")
    data = make_artifact("bert", type="dataset")
    answer = client.post("/api/artifacts", [{"name": "bert"}])
    assert answer.json() == [
        {"name": "bert", "id": str(model.pk), "type": "model"},
        {"name": "bert", "id": str(data.pk), "type": "dataset"},
    ]


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        pytest.param([{"name": "*"}], ["m", "d", "c", "m"], id="everything"),
        pytest.param([{"name": "*", "types": []}], ["m", "d", "c", "m"], id="no type named"),
        pytest.param([{"name": "*", "types": ["dataset"]}], ["d"], id="one type"),
        pytest.param(
            [{"name": "*", "types": ["dataset", "code"]}], ["d", "c"], id="two types in one query"
        ),
        pytest.param([{"name": "m", "types": ["dataset"]}], [], id="a name of another type"),
        pytest.param(
            [{"name": "*", "types": ["dataset"]}, {"name": "m"}],
            ["m", "d", "m"],
            id="the wildcard among other queries",
        ),
        pytest.param(
            [{"name": "m"}, {"name": "m", "types": ["model"]}, {"name": "m"}],
            ["m", "m"],
            id="what several queries fit comes once",
        ),
        pytest.param(
            [{"name": "*"}, {"name": "m"}], ["m", "d", "c", "m"], id="a name that * has already"
        ),
        pytest.param(
            [{"name": "m", "types": ["model"]}, {"name": "d", "types": ["dataset", "code"]}],
            ["m", "d", "m"],
            id="different names for different types",
        ),
        pytest.param([{"name": "M"}], [], id="letter case counts"),
    ],
)
def test_queries_are_joined_by_or_without_repeats(client, queries, expected):
    make_artifact("m")
    make_artifact("d", type="dataset")
    make_artifact("c", type="code")
    make_artifact("m", url="https://huggingface.co/other/m")
    assert names(client.post("/api/artifacts", queries)) == expected


@pytest.mark.parametrize("state", [s for s in State if s != State.READY])
def test_only_what_is_ready_is_found(client, api, dora, state):
    make_artifact("half-done", state=state)
    for caller in (client, api(dora)):
        assert names(caller.post("/api/artifacts", [{"name": "*"}])) == []
        assert caller.get("/api/artifact/byName/half-done").status_code == 404


def test_what_is_in_quarantine_is_gone_at_once(client):
    artifact = make_artifact("bad")
    services.quarantine(artifact.current, reason="malware")
    assert names(client.post("/api/artifacts", [{"name": "bad"}])) == []
    assert client.get("/api/artifact/byName/bad").status_code == 404


@pytest.mark.parametrize("place", ["header", "query"])
def test_pages_follow_each_other_and_the_last_has_no_offset(client, monkeypatch, place):
    monkeypatch.setattr(name_queries, "PAGE_SIZE", 4)
    expected = [row.name for row in bare(9)]
    seen, offset, pages = [], None, 0
    while True:
        address = "/api/artifacts"
        headers = {}
        if offset and place == "query":
            address += f"?offset={quote(offset)}"
        elif offset:
            headers = {"offset": offset}
        answer = client.post(address, [{"name": "*"}], headers=headers)
        seen += names(answer)
        pages += 1
        offset = answer.headers.get("offset")
        if offset is None:
            break
        assert not offset.isdigit()
    assert seen == ["the-only-version", *expected]
    assert pages == 3


def test_a_full_last_page_has_no_offset(client, monkeypatch):
    monkeypatch.setattr(name_queries, "PAGE_SIZE", 5)
    bare(4)
    answer = client.post("/api/artifacts", [{"name": "*"}])
    assert len(names(answer)) == 5
    assert "offset" not in answer.headers


def test_what_arrives_meanwhile_shifts_no_page(client, monkeypatch):
    monkeypatch.setattr(name_queries, "PAGE_SIZE", 3)
    rows = bare(6)
    first = client.post("/api/artifacts", [{"name": "*"}])
    rows[0].delete()
    second = client.post("/api/artifacts", [{"name": "*"}], headers={"offset": first["offset"]})
    assert names(second) == ["m2", "m3", "m4"]


@pytest.mark.parametrize(
    "offset",
    [
        pytest.param("100", id="a count"),
        pytest.param("-1", id="a negative one"),
        pytest.param("MTAw", id="a number in base64"),
        pytest.param("é", id="other letters"),
        pytest.param("x" * 5000, id="a long one"),
        pytest.param("MTAw:" + "A" * 43, id="a forged signature"),
        pytest.param(lambda: seal("names", 3), id="the key of another list"),
        pytest.param(lambda: seal("queries", 3) + "x", id="a key with a letter more"),
    ],
)
def test_a_broken_offset_is_refused(client, offset):
    offset = offset() if callable(offset) else offset
    answer = client.post(f"/api/artifacts?offset={quote(offset)}", [{"name": "*"}])
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_page_key"
    assert answer.json()["detail"].startswith("offset ")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"name": "*"}, "Expected a list", id="not an array"),
        pytest.param([], "may not be empty", id="no query"),
        pytest.param([5], "Expected a dictionary", id="not an object"),
        pytest.param([{}], "0.name: This field is required", id="no name"),
        pytest.param([{"name": 5}], "0.name: Not a valid string", id="a number for a name"),
        pytest.param([{"name": ""}], "0.name: This field may not be blank", id="an empty name"),
        pytest.param([{"name": "a\0b"}], "Null characters are not allowed", id="a NUL"),
        pytest.param([{"name": "x" * 256}], "no more than 255", id="a long name"),
        pytest.param([{"name": "*"}, {"name": None}], "1.name: This field", id="the second"),
        pytest.param([{"name": "*", "types": 5}], "0.types: Expected a list", id="types: 5"),
        pytest.param([{"name": "*", "types": "model"}], "0.types: Expected a list", id="a word"),
        pytest.param([{"name": "*", "types": ["toy"]}], '"toy" is not a valid', id="no type"),
    ],
)
def test_a_body_of_another_shape_is_refused_in_words(client, body, words):
    answer = client.post("/api/artifacts", body)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_too_many_queries_are_413(client):
    answer = client.post("/api/artifacts", [{"name": str(n)} for n in range(101)])
    assert answer.status_code == 413
    assert answer.json()["detail"] == "101 queries are too many: at most 100 are answered at once."
    assert client.post("/api/artifacts", [{"name": "n"}] * 100).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "org/name",
        "a b",
        "名前/モデル",
        "what?",
        "100%",
        "a#b",
        "x/lineage",
        "model/7/rate",
        "..",
        "a//b",
        "a/",
        "*",
    ],
)
def test_by_name_takes_any_name(client, name):
    artifact = make_artifact(name, url="https://huggingface.co/acme/x")
    make_artifact("another")
    answer = client.get(f"/api/artifact/byName/{quote(name)}")
    assert answer.json() == [{"name": name, "id": str(artifact.pk), "type": "model"}]


def test_by_name_says_so_when_there_is_none(client):
    make_artifact("bert")
    answer = client.get("/api/artifact/byName/BERT")
    assert answer.status_code == 404
    assert answer.json()["code"] == "name_not_found"
    assert "'BERT'" in answer.json()["detail"]


def test_by_name_is_paged_as_well(client, monkeypatch):
    monkeypatch.setattr(name_queries, "PAGE_SIZE", 2)
    bare(3, name="same")
    first = client.get("/api/artifact/byName/same")
    second = client.get("/api/artifact/byName/same", headers={"offset": first["offset"]})
    assert len(names(first)) == 2
    assert len(names(second)) == 1
    assert "offset" not in second.headers
