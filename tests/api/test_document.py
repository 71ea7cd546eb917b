"""The OpenAPI document is complete: whoever has nothing else can write a client."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.api.document import check, document, operations, problems_of, response_of
from tests.api.world import CALLS, make

OPERATIONS = sorted(operations())


def test_it_is_valid_and_made_without_a_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())
    assert document()["openapi"].startswith("3.1")


def test_its_patterns_mean_the_same_to_everybody():
    r"""Python takes \w and \d for those of all scripts, ECMA-262 for ASCII."""
    patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(document()))
    assert patterns
    assert [one for one in patterns if re.search(r"\\[wdsb]", one, re.IGNORECASE)] == []


def test_it_has_every_operation_once():
    assert set(OPERATIONS) == set(CALLS)
    ids = [operation["operationId"] for operation in operations().values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_all_there_is_to_know(name):
    operation = operations()[name]
    assert operation["description"]
    assert operation["x-required-role"]
    statuses = set(operation["responses"])
    assert any(status.startswith("2") for status in statuses)
    assert {"400", "406"} <= statuses
    if operation["x-required-role"] != "public":
        assert "403" in statuses
        assert operation["security"]
    if "requestBody" in operation:
        assert {"413", "415"} <= statuses
    if "{" in name:
        assert "404" in statuses


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_examples_are_there_and_fit(name):
    operation = operations()[name]
    bodies = {"request": operation.get("requestBody", {})}
    for status in operation["responses"]:
        bodies[status] = response_of(name, int(status))
    for of, body in bodies.items():
        for media, content in body.get("content", {}).items():
            if media == "multipart/form-data":
                continue
            examples = [one["value"] for one in content.get("examples", {}).values()]
            examples += [content["example"]] if "example" in content else []
            assert examples, f"{name}: no example of {of}"
            for example in examples:
                assert problems_of(example, content["schema"]) == []


@pytest.mark.parametrize("status", [400, 403, 404, 406, 413, 415, 429])
def test_refusals_are_problem_details(status):
    names = [name for name in OPERATIONS if str(status) in operations()[name]["responses"]]
    assert names
    for name in names:
        said = response_of(name, status)
        assert list(said["content"]) == ["application/problem+json"]
    if status in {404, 429}:
        assert "Retry-After" in said["headers"]


@pytest.mark.parametrize("name", ["POST /api/artifacts", "GET /api/artifact/byName/{}"])
def test_the_offset_is_described_on_both_ways(name):
    given = {(p["name"], p["in"]) for p in operations()[name]["parameters"]}
    assert {("offset", "query"), ("offset", "header")} <= given
    assert "offset" in response_of(name, 200)["headers"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CALLS))
def test_what_is_answered_is_what_is_described(name, world, api, dora, charlie):
    low, high = api(charlie), api(dora)
    with transaction.atomic():
        check(name, make(low, name, world, charlie))
        transaction.set_rollback(True)
    answer = make(high, name, world, dora)
    assert answer.status_code == CALLS[name].status
    check(name, answer)
    if operations()[name]["x-required-role"] != "public":
        check(name, make(api(None), name, world))
