"""Role by endpoint by owner: every operation of the URLconf is called by everybody.

The rule that a route declares says who must succeed and who must be refused.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts import tokens
from accounts.models import Role
from accounts.routes import rules_of
from tests.api.world import CALLS, make, routes

pytestmark = pytest.mark.django_db

ROUTES = dict(routes())
RANKS = {"public": -1, "owner": 0} | {role.value: role.rank for role in Role}
CAST = {"stranger": -1, "charlie": 0, "bob": 1, "erin": 2, "alice": 2, "dora": 3}


def rule_of(operation: str) -> str:
    declared = rules_of(ROUTES[operation])
    assert declared, f"{operation} declares no rule"
    method = operation.partition(" ")[0].lower()
    rule = declared.get(method) or declared.get("*")
    assert rule in RANKS, f"{operation} declares no rule that is known: {rule}"
    return rule


def may(who: str, operation: str) -> bool:
    rule = rule_of(operation)
    if rule == "owner" or CALLS[operation].is_owned:
        return who in {"alice", "dora"}
    return CAST[who] >= RANKS[rule]


def test_every_route_has_a_rule_and_a_call():
    assert set(ROUTES) == set(CALLS)
    assert all(rule_of(operation) for operation in ROUTES)


def call_as(who: str, operation: str, client, world, user):
    """The answer, with nothing left of what it did."""
    with transaction.atomic():
        answer = make(client, operation, world, user)
        transaction.set_rollback(True)
    return answer, f"{who}: {answer.status_code} {answer.content[:200]!r}"


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_who_may(operation, world, api, request):
    call = CALLS[operation]
    for who in CAST:
        user = None if who == "stranger" else request.getfixturevalue(who)
        answer, told = call_as(who, operation, api(user), world, user)
        if may(who, operation):
            assert answer.status_code == call.status, told
        elif who == "stranger":
            assert answer.status_code == 403, told
            assert answer.json()["code"] == "token_missing", told
        else:
            assert answer.status_code == call.refused, told

    dora = request.getfixturevalue("dora")
    _, secret = tokens.create_token(dora, name="narrow", role=Role.SEARCHER)
    client = api(None)
    client.credentials(HTTP_X_AUTHORIZATION=f"bearer {secret}")
    answer, told = call_as("an admin's token for searching", operation, client, world, dora)
    if operation == "POST /api/tokens":
        assert answer.json()["code"] == "sign_in_needed", told
    else:
        expected = call.status if may("charlie", operation) else call.refused
        assert answer.status_code == expected, told
