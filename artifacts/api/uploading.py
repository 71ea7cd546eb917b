"""Uploading: a bundle goes in where a URL could have."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema_field
from rest_framework import parsers, serializers
from rest_framework.request import Request

from artifacts.models import Version
from artifacts.uploads import receiving
from common.fields import StrictCharField


@extend_schema_field({"type": "string", "format": "binary", "minLength": 1})
class BundleField(serializers.FileField):
    """A file with something in it."""


class UploadSerializer(serializers.Serializer[Any]):
    file = BundleField(
        max_length=255,
        help_text="A zip, or a tar that may be packed with gzip. A single folder at its top "
        "is left away.",
    )
    name = StrictCharField(
        max_length=255,
        required=False,
        allow_blank=True,
        help_text="Otherwise, or if it is empty, the name of the file.",
    )


class BundleParser(parsers.MultiPartParser):
    """Reads multipart bodies; ``TakesBundles`` sees to it that they are streamed and limited."""


class TakesBundles:
    """For a view whose POST also takes a multipart bundle."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anybody looks at the body: a CSRF check does."""
        inner: HttpRequest = request._request  # noqa: SLF001 - where Django looks for handlers
        receiving.expect(inner)
        super().initial(request, *args, **kwargs)  # type: ignore[misc]


def is_bundle(request: Request) -> bool:
    return request.content_type.startswith("multipart/form-data")


def receive(request: Request, type: str) -> Version:
    """The version that an uploaded bundle became; raises what ``uploads.receive`` raises."""
    given = UploadSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    caller: Any = request.user
    fields = given.validated_data
    return receiving.receive(fields["file"], type=type, owner=caller, name=fields.get("name", ""))
