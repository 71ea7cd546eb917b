"""A bare DRF view that returns given answers from memory: what the registry is compared with.

    BARE_ANSWERS=answers.json gunicorn --chdir bench bare

No authentication, no middleware, no database; only routing, DRF's view and its renderer.
"""

# ruff: noqa: E402 - Django is set up before its parts can be imported
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

ANSWERS: dict[str, Any] = json.loads(Path(os.environ["BARE_ANSWERS"]).read_text())


class BareView(APIView):
    def get(self, request: Request, name: str) -> Response:
        return Response(ANSWERS[name])


urlpatterns = [path("<str:name>", BareView.as_view())]
application = get_wsgi_application()
