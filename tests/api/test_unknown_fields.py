"""Fields that a route does not know are refused by name, but for the contract's routes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.document import document, operations
from tests.api.world import CALLS, filled

pytestmark = pytest.mark.django_db

# The contract's routes: programs send the envelope back whole, or with fields of their own.
CONTRACT = {
    "POST /api/register",
    "POST /api/auth/register",  # another address of the same
    "PUT /api/authenticate",
    "PUT /api/auth/authenticate",
    "POST /api/artifacts",
    "POST /api/artifact/byRegEx",
    "POST /api/artifact/{}",
    "PUT /api/artifacts/{}/{}",
    "POST /api/artifact/model/{}/license-check",
}
WITH_BODY = {name for name, operation in operations().items() if "requestBody" in operation}
EXTRA = "not_a_field"


def nested(value: Any) -> Iterator[Any]:
    """Each object in ``value``, itself among them."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from nested(inner)


def call(api, user, world, operation: str, body: Any):
    method, _, _ = operation.partition(" ")
    address = world.address(CALLS[operation].address, user)
    return getattr(api(user), method.lower())(address, body, format="json")


def test_the_list_of_the_contract_is_about_routes_that_are_there():
    assert WITH_BODY > CONTRACT


@pytest.mark.parametrize("operation", sorted(WITH_BODY - CONTRACT))
def test_our_own_routes_name_what_they_do_not_know(operation, api, dora, world):
    body = filled(CALLS[operation].body, world)
    for n in range(len(list(nested(body)))):
        wrong = copy.deepcopy(body)
        list(nested(wrong))[n][EXTRA] = 30
        answer = call(api, dora, world, operation, wrong)
        assert answer.status_code == 400, answer.content
        problem = answer.json()
        assert problem["code"] == "validation_error"
        assert EXTRA in problem["detail"]
        (error,) = problem["errors"]
        assert error["attr"].rpartition(".")[2] == EXTRA
        assert error["code"] == "unknown_field"


@pytest.mark.parametrize("operation", sorted(WITH_BODY - CONTRACT))
def test_the_document_says_so(operation):
    content = operations()[operation]["requestBody"]["content"]["application/json"]["schema"]
    name = content["$ref"].rpartition("/")[2]
    assert document()["components"]["schemas"][name]["additionalProperties"] is False


@pytest.mark.parametrize("operation", sorted(CONTRACT))
def test_routes_of_the_contract_take_what_is_sent_back(operation, api, dora, world):
    call_ = CALLS[operation]
    body = filled(call_.body, world)
    user = world.owner if call_.is_owned else dora
    (body[0] if isinstance(body, list) else body)[EXTRA] = 30
    if operation.startswith("PUT /api/auth"):
        body["secret"][EXTRA] = 30
    assert call(api, user, world, operation, body).status_code == call_.status


def test_the_days_of_a_token_are_not_dropped_in_silence(api, alice):
    answer = api(alice).post("/api/tokens", {"name": "pipeline", "days": 30})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "days: There is no such field."
    assert not alice.tokens.exists()


def test_all_mistakes_are_named_at_once(api, dora, alice):
    body = {"role": "root", "username": "mallory", "scope": "admin"}
    errors = api(dora).patch(f"/api/users/{alice.pk}", body).json()["errors"]
    assert {error["attr"]: error["code"] for error in errors} == {
        "role": "invalid_choice",
        "username": "read_only",
        "scope": "unknown_field",
    }


def test_a_body_of_unknown_fields_makes_no_long_answer(api, alice):
    body = {"name": "t"} | {f"{n}{'x' * 1000}": 1 for n in range(500)}
    answer = api(alice).post("/api/tokens", body)
    assert answer.status_code == 400
    assert len(answer.content) < 10_000
