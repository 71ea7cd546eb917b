"""The OpenAPI document: an example for every operation, and Swagger UI for people."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from artifacts.api.name_queries import MOST_QUERIES
from registry.openapi import (
    account_examples,
    artifact_examples,
    licence_examples,
    lineage_examples,
    operation_examples,
    rating_examples,
)

EXAMPLES = (
    account_examples.EXAMPLES
    | artifact_examples.EXAMPLES
    | licence_examples.EXAMPLES
    | lineage_examples.EXAMPLES
    | operation_examples.EXAMPLES
    | rating_examples.EXAMPLES
)

DOCUMENT = "it says the same to everybody and asks no database"


class SchemaView(SpectacularAPIView):
    """The document itself."""

    unlimited = DOCUMENT


# Swagger UI sets style attributes while it draws; scripts stay as strict as everywhere.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI, served from here."""

    unlimited = DOCUMENT


# What the parts of an address look like, wherever they occur.
_PARTS = {
    "id": {"type": "string", "pattern": "^[a-zA-Z0-9-]+$", "example": "48"},
    "type": {"$ref": "#/components/schemas/ArtifactTypeEnum"},
    "name": {"type": "string", "minLength": 1, "example": "openai/whisper-tiny"},
}


def complete(result: Any, **kwargs: Any) -> Any:
    """Says what addresses look like, and shows an example where a view has none of its own."""
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["schema"] = _PARTS[parameter["name"]]
            if operation["operationId"] == "artifact_query":
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                body |= {"minItems": 1, "maxItems": MOST_QUERIES}
            request, response = EXAMPLES.get(operation["operationId"], (None, None))
            _put(operation.get("requestBody", {}), request)
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    _put(answer, response)
    return result


def _put(body: dict[str, Any], example: Any) -> None:
    content = body.get("content", {}).get("application/json")
    if content is not None and example is not None and "examples" not in content:
        content["example"] = example
