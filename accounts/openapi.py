"""How the two ways to be recognised appear in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Authorization",
            "description": (
                "`bearer <jwt>` as PUT /api/authenticate answers it, or `bearer mr_…` with a "
                "long-lived token. `Authorization: Bearer …` is accepted as well."
            ),
        }


class CookieScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.CookieAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A browser that signed in; writing needs the X-CSRFToken header.",
        }
