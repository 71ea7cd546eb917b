"""Every refusal, on every route: a 4xx problem that says in words what was wrong."""

from __future__ import annotations

import json
import re

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from tests.api.world import CALLS, filled, make, routes

pytestmark = pytest.mark.django_db

OPERATIONS = sorted(dict(routes()))
WITH_BODY = [name for name in OPERATIONS if CALLS[name].body is not None]
GUARDED = [
    name
    for name, callback in sorted(routes())
    if not any(getattr(p, "rule", "") == "public" for p in callback.cls.permission_classes)
]
PROBLEM = "application/problem+json"


def refuses(answer, status: int, code: str | None = None, words: str = "") -> None:
    """AssertionError unless ``answer`` is this refusal, in the one shape they all have."""
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == PROBLEM
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:model-registry:error:{body['code']}"
    assert body["title"]
    assert len(body["detail"]) > 8
    assert "Traceback" not in answer.content.decode()
    if code is not None:
        assert body["code"] == code
    assert words in body["detail"]


@pytest.fixture
def admin(api, dora):
    return api(dora)


def send(client, name: str, world, **how):
    """The call of operation ``name`` with another body, media type or header."""
    method = name.partition(" ")[0].lower()
    return client.generic(method, world.address(CALLS[name].address, None), **how)


@pytest.mark.parametrize("name", GUARDED)
def test_nobody_and_broken_tokens(name, world):
    for header, code in {
        None: "token_missing",
        "bearer": "token_malformed",
        "basic YTpi": "token_malformed",
        "bearer a.b": "token_malformed",
        "bearer a.b.c": "token_invalid",
        "bearer mr_" + "x" * 43: "token_invalid",
        "bearer " + "x" * 5000: "token_malformed",
    }.items():
        client = APIClient()
        if header:
            client.credentials(HTTP_X_AUTHORIZATION=header)
        refuses(make(client, name, world), 403, code)


@pytest.mark.parametrize("name", OPERATIONS)
def test_methods_that_are_not_there(name, world, admin):
    address = name.partition(" ")[2]
    allowed = {other.partition(" ")[0] for other in OPERATIONS if other.endswith(f" {address}")}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - allowed:
        answer = admin.generic(method, world.address(CALLS[name].address, None))
        refuses(answer, 405, "method_not_allowed", method)
        assert allowed <= {one.strip() for one in answer["Allow"].split(",")}


@pytest.mark.parametrize("name", OPERATIONS)
def test_forms_of_an_answer_that_are_not_there(name, world, admin):
    refuses(send(admin, name, world, HTTP_ACCEPT="image/png"), 406, "not_acceptable")


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_nul_in_the_address(name, world, admin):
    address = world.address(CALLS[name].address, None)
    mark = "&" if "?" in address else "?"
    method = name.partition(" ")[0]
    refuses(admin.generic(method, f"{address}{mark}q=a%00b"), 400, "nul_character", "NUL")


OTHER_MEDIA = ("text/csv", "application/xml", "application/x-www-form-urlencoded", "nonsense")
NO_JSON = {
    "half a body": b"{",
    "no text": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "deeper": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "not a number": b"NaN",
    "half a character": b'"\\ud800"',
}
OTHER_SHAPES = ("null", "5", '"text"', "true", "[5]", "[[]]", '{"x": 5}')


@pytest.mark.parametrize("name", WITH_BODY)
class TestBodies:
    def test_of_another_kind(self, name, world, admin):
        for media in OTHER_MEDIA:
            refuses(send(admin, name, world, data=b"a=1", content_type=media), 415)

    def test_that_are_no_json(self, name, world, admin):
        for body in NO_JSON.values():
            answer = send(admin, name, world, data=body, content_type="application/json")
            refuses(answer, 400, "parse_error", "not valid JSON")

    def test_of_10_megabytes(self, name, world, admin):
        body = b'{"a":"' + b"x" * 10 * 1024**2 + b'"}'
        answer = send(admin, name, world, data=body, content_type="application/json")
        refuses(answer, 413, "body_too_large", f"{len(body)} bytes")

    def test_of_another_shape(self, name, world, admin):
        for body in OTHER_SHAPES:
            answer = send(admin, name, world, data=body, content_type="application/json")
            refuses(answer, 400)

    def test_with_a_nul_in_any_text(self, name, world, admin):
        for said, text in texts_of(name, world):
            broken = said.replace(f': "{text}"', f': "{text[:3]}\\u0000{text[3:]}"')
            answer = send(admin, name, world, data=broken, content_type="application/json")
            refuses(answer, 400)

    def test_with_another_type_in_any_place(self, name, world, admin):
        for said, text in texts_of(name, world):
            for wrong in (5, True, None, [], {}):
                broken = said.replace(f': "{text}"', f": {json.dumps(wrong)}")
                answer = send(admin, name, world, data=broken, content_type="application/json")
                refuses(answer, 400)


def texts_of(name: str, world) -> list[tuple[str, str]]:
    """The good body of an operation, with each text that is a value in it."""
    said = json.dumps(filled(CALLS[name].body, world))
    return [(said, text) for text in sorted(set(re.findall(r': "([^"]+)"', said)))]


@pytest.mark.parametrize(("depth", "code"), [(1024, "validation_error"), (1025, "parse_error")])
def test_how_deep_a_body_may_nest(depth, code, admin):
    body = "[" * depth + "]" * depth
    answer = admin.generic("POST", "/api/artifacts", body, content_type="application/json")
    refuses(answer, 400, code)


@pytest.mark.parametrize(("size", "status"), [(1024**2, 400), (1024**2 + 1, 413)])
def test_how_large_a_body_may_be(size, status, admin):
    body = '{"regex": "' + "(" * (size - 13) + '"}'
    assert len(body) == size
    answer = admin.generic("POST", "/api/artifact/byRegEx", body, content_type="application/json")
    refuses(answer, status)


WITH_ID = [name for name in OPERATIONS if re.search(r"\{(?!name)\w+\}", CALLS[name].address)]
IDS = {
    "a_b": 400,
    "1.5": 400,
    "%C3%A9": 400,
    "1%20": 400,
    "%D9%A3": 400,
    "no-number": 404,
    "-1": 404,
    "0": 404,
    "999999": 404,
    "9" * 18: 404,
    "9" * 19: 404,
    "9" * 400: 404,
}


@pytest.mark.parametrize("name", WITH_ID)
def test_ids_by_grammar_or_not_found(name, world, admin):
    method, _, _ = name.partition(" ")
    for id, status in IDS.items():
        address = re.sub(r"\{\w+\}", id, CALLS[name].address)
        body = filled(CALLS[name].body, world)
        answer = getattr(admin, method.lower())(address, *([] if body is None else [body]))
        refuses(answer, status)


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/nothing", "/api/artifacts/", "/api/artifact/", "/api/artifacts/a/b/c/d"],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
def test_addresses_that_are_not_there(address, method, admin, db):
    for client in (admin, APIClient()):
        refuses(getattr(client, method)(address), 404, "no_such_address", "/api/schema/")


def test_pages_still_get_pages(client, db):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_mistake_of_ours_is_a_problem_without_its_details(alice, monkeypatch, settings):
    from registry.operations import api as views

    def broken(*args, **kwargs):
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(views.health, "components", broken)
    client = APIClient(raise_request_exception=False)
    answer = client.get("/api/health/components")
    refuses(answer, 500, "internal_error")
    assert b"secret" not in answer.content


def test_the_names_of_other_hosts_are_refused(settings):
    settings.ALLOWED_HOSTS = ["registry.example"]
    answer = APIClient().get("/api/artifacts/model/1", headers={"host": "evil.example"})
    refuses(answer, 400, "malformed_request")


@pytest.mark.parametrize("length", [300, 5000])
def test_a_long_password(length, api, db):
    body = {"username": "newcomer", "password": "correct-horse-1!" * (length // 16 + 1)}
    refuses(api(None).post("/api/register", body), 400, words="password")


@pytest.mark.parametrize("name", OPERATIONS)
def test_browsers_get_a_page_for_every_answer(name, world, api, dora, charlie):
    """The browsable pages: they render for everybody, refusals included."""
    if not name.startswith("GET"):
        pytest.skip("browsers only follow links")
    for user in (None, charlie, dora):
        client = api(user)
        address = world.address(CALLS[name].address, user)
        answer = client.get(address, headers={"accept": "text/html"})
        assert answer.status_code in {CALLS[name].status, 403}
        assert answer["Content-Type"].startswith("text/html")


def test_the_token_of_somebody_else_is_not_there(world, api, charlie, alice):
    other, _ = tokens.create_token(alice, name="hers")
    refuses(api(charlie).delete(f"/api/tokens/{other.pk}"), 404, "not_found")
