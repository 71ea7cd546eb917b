"""The API, its schema, and what a request may bring or wait for."""

from __future__ import annotations

from registry.settings.environment import env
from registry.settings.security import TRUSTED_PROXIES

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.IsSearcher"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.limits.throttles.RateThrottle"],
    "DEFAULT_PARSER_CLASSES": ["common.api.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "common.api.JSONRenderer",
        "common.api.BrowsableRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "common.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.exception_handler",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "common.cursor_pagination.Cursor",
    "PAGE_SIZE": 50,
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Model Registry",
    "DESCRIPTION": "A self-hosted registry that says why a model may be trusted.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["accounts.permissions.Public"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ArtifactTypeEnum": "artifacts.models.ArtifactType",
        "RoleEnum": "accounts.models.Role",
        "FindingSeverityEnum": ["contradiction", "warning", "info"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "registry.openapi.complete",
    ],
}
MAX_CONTENT_LENGTH = env.int("MAX_CONTENT_LENGTH", 2 * 1024**3)  # bytes of an uploaded bundle
ALLOWED_EXTENSIONS = env.list("ALLOWED_EXTENSIONS", [".zip", ".tar", ".tar.gz", ".tgz"])
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2  # bytes of any other request body
RATING_WAIT_TIMEOUT_SECONDS = env.float("RATING_WAIT_TIMEOUT_SECONDS", 20.0)
RATING_WAIT_POLL_SECONDS = env.float("RATING_WAIT_POLL_SECONDS", 0.5)
