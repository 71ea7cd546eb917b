"""The OpenAPI document: every operation says who may use it and lists what it can refuse."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from common.api import PROBLEM_TYPE, problem

# status -> code and detail of an example, and when it is given
REFUSALS = {
    400: (
        "validation_error",
        "name: This field is required.",
        "What was sent cannot be understood; `detail` and `errors` name what is wrong.",
    ),
    401: (
        "wrong_credentials",
        "The name, the password or is_admin is wrong.",
        "The credentials are wrong, or they are those of somebody who may not do this.",
    ),
    403: (
        "token_missing",
        "A token is needed: X-Authorization: bearer <token>.",
        "The token is missing, malformed, expired, revoked or used up, or its role is too low.",
    ),
    404: (
        "artifact_not_found",
        "There is no model with the id 4711.",
        "It does not exist, or the caller may not know that it does.",
    ),
    406: (
        "not_acceptable",
        "Could not satisfy the request Accept header.",
        "The Accept header allows none of the forms of this answer.",
    ),
    409: (
        "username_taken",
        "The name alice is taken.",
        "It cannot be done in the present state.",
    ),
    411: (
        "length_required",
        "The length of the body must be known: send Content-Length.",
        "The body has no Content-Length.",
    ),
    413: (
        "body_too_large",
        "The body has 10485760 bytes; at most 1048576 are read here.",
        "The body is too large, or it asks for too much at once.",
    ),
    415: (
        "unsupported_media_type",
        'Unsupported media type "text/csv" in request.',
        "The Content-Type of the body is not one that this address takes.",
    ),
    424: (
        "disqualified",
        "license is 0.00, at least 0.50 is needed.",
        "It was fetched and measured, and the gate refused it. Only with INGESTION_SYNC.",
    ),
    429: (
        "rate_limited",
        "Too often: at most 600/minute (artifact). Try again in 21 seconds.",
        "Too often; the limits are in the documentation.",
    ),
    500: (
        "object_missing",
        "The storage has lost blobs/4f/4f53cda18c2baa0c0354bb5f9a3ecbe5.",
        "Something that must be there is not; the operators' log has it.",
    ),
    502: (
        "source_unavailable",
        "GitHub did not answer properly: it answered 500.",
        "The source that had to be asked did not give a usable answer.",
    ),
    503: (
        "counter_unavailable",
        "Calls cannot be counted right now. Try again in 5 seconds.",
        "A part of the registry does not work at the moment.",
    ),
}
COMES_BACK = {404, 429, 503}  # these can say when to ask again


class ProblemErrorSerializer(serializers.Serializer[Any]):
    attr = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Never changes; programs compare this.")
    detail = serializers.CharField(allow_blank=True, help_text="For people; may change.")
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]
    details = serializers.DictField(required=False)


class OnlyNamedFieldsSchema(OpenApiSerializerExtension):
    """A body with other fields than these is refused, so the document says so."""

    target_class = "common.fields.OnlyNamedFields"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001 - as drf-spectacular documents it
        return schema | {"additionalProperties": False} if direction == "request" else schema


class AutoSchema(SpectacularSchema):
    """Adds who may, and the refusals: those that follow from the request and those it names.

    A view names more of them in ``problem_statuses``, for all its methods or by action.
    """

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        rule = self._rule()
        operation["x-required-role"] = rule
        who = "Anybody may." if rule == "public" else f"Needs: {rule}."
        operation["description"] = f"{operation.get('description', '')}\n\n{who}".strip()
        for status in sorted(self._refusals(operation, rule)):
            operation["responses"].setdefault(str(status), self._refusal(status))
        return operation

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self.method == "GET" else None

    def _rule(self) -> str:
        rules = getattr(self.view, "rules", None)
        if rules:
            named = rules[getattr(self.view, "action", None) or self.method.lower()]
            return str(named.rule)
        return " and ".join(str(getattr(p, "rule", "")) for p in self.view.permission_classes)

    def _refusals(self, operation: dict[str, Any], rule: str) -> set[int]:
        statuses = {400, 406}
        if rule != "public":
            statuses.add(403)
        if "{" in self.path:
            statuses.add(404)
        if "requestBody" in operation:
            statuses |= {413, 415}
        named: Any = getattr(self.view, "problem_statuses", set())
        if isinstance(named, dict):
            named = named.get(getattr(self.view, "action", None) or self.method.lower(), set())
        return statuses.union(named)

    def _refusal(self, status: int) -> dict[str, str]:
        """A reference to the one description that all operations share."""
        component = ResolvedComponent(
            name=f"Problem{status}", type=ResolvedComponent.RESPONSE, object=f"problem {status}"
        )
        if component not in self.registry:
            component.schema = self._described(status)
            self.registry.register(component)
        return dict(component.ref)

    def _described(self, status: int) -> dict[str, Any]:
        code, detail, when = REFUSALS[status]
        body = self.resolve_serializer(ProblemSerializer, "response")
        described: dict[str, Any] = {
            "description": f"{HTTPStatus(status).phrase}. {when}",
            "content": {
                PROBLEM_TYPE: {
                    "schema": body.ref,
                    "example": problem(status=status, code=code, detail=detail),
                }
            },
        }
        if status in COMES_BACK:
            wait = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds to wait."}
            described["headers"] = {"Retry-After": wait}
        return described
