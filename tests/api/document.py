"""The OpenAPI document as the tests use it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


@cache
def document() -> dict[str, Any]:
    """As a program reads it: through JSON."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(made, default=str))


@cache
def operations() -> dict[str, dict[str, Any]]:
    """``GET /api/users/{}`` and so on, to what the document says of it."""
    return {
        f"{method.upper()} {re.sub('{[^}]*}', '{}', path)}": operation
        for path, entry in document()["paths"].items()
        for method, operation in entry.items()
    }


def response_of(operation: str, status: int) -> dict[str, Any]:
    """What the document says of an answer; AssertionError if it says nothing."""
    responses = operations()[operation]["responses"]
    assert str(status) in responses, f"{operation} says nothing of {status}"
    found = responses[str(status)]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return found


def problems_of(value: Any, schema: dict[str, Any]) -> list[str]:
    """How ``value`` breaks ``schema``; empty when it does not."""
    resource = Resource(contents=document(), specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    rooted = json.loads(json.dumps(schema).replace('"#/', '"urn:document#/'))
    validator = OAS31Validator(rooted, registry=registry)
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(value)]


def check(operation: str, answer: Any) -> None:
    """AssertionError unless the document describes ``answer``: status, media type and body."""
    said = response_of(operation, answer.status_code)
    content = said.get("content", {})
    if not content:
        assert not answer.content
        return
    media = answer["Content-Type"].partition(";")[0]
    assert media in content, f"{operation} {answer.status_code}: {media}"
    assert problems_of(answer.json(), content[media]["schema"]) == []
