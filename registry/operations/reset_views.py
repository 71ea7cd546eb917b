"""Reset: by the API for programs, behind a typed word for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import RoleTooLow
from accounts.limits.route_limits import OPERATING, unlimited
from accounts.models import User
from accounts.permissions import IsAdmin, require_role
from artifacts.models import Artifact, Blob, Version
from common.errors import RegistryError
from registry.operations.reset import reset

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.views import MemberRequest

WORD = "reset"


class ResetNotPermitted(RegistryError):
    """The contract has 401 here, where every other refusal of a role is 403."""

    code = "reset_not_permitted"
    message = "Only an admin may reset the registry; your role is {actual}."
    status = 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="Model Registry"'}


class MayReset(IsAdmin):
    def has_permission(self, request: Request, view: APIView) -> bool:
        try:
            return super().has_permission(request, view)
        except RoleTooLow as exc:
            raise ResetNotPermitted(actual=exc.details["actual"]) from exc


class ResetView(APIView):
    """Remove everything but the acting admin, the default admin and the audit."""

    permission_classes = [MayReset]
    unlimited = OPERATING
    problem_statuses = {401, 403, 503}

    @extend_schema(
        operation_id="reset",
        responses={
            200: inline_serializer(
                "Reset", {"removed": serializers.DictField(child=serializers.IntegerField())}
            )
        },
    )
    def delete(self, request: Request) -> Response:
        caller: Any = request.user
        credential: Any = request.auth
        return Response({"removed": reset(by=caller, credential=credential.row)})


class ResetForm(forms.Form):
    """Typing a word, so that nobody resets by a slip."""

    confirmation = forms.CharField(
        label=f"Type {WORD} to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_confirmation(self) -> str:
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed != WORD:
            raise ValidationError(f"Nothing was reset: this is not “{WORD}”.")
        return typed


@require_http_methods(["GET", "POST"])
@require_role("admin")
@unlimited(OPERATING)
def reset_page(request: MemberRequest) -> HttpResponse:
    """What will be lost, and the word that confirms it."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        removed = reset(by=request.user)
        artifacts, users = removed["artifacts"], removed["users"]
        messages.success(request, f"Reset: {artifacts} artifacts and {users} accounts are gone.")
        return redirect("registry:dashboard")
    lost = {
        "artifacts": Artifact.objects.count(),
        "versions": Version.objects.count(),
        "blobs": Blob.objects.count(),
        "users": User.objects.exclude(pk=request.user.pk).count(),
    }
    context = {"form": form, "lost": lost, "word": WORD}
    status = 422 if form.errors else 200
    return render(request, "registry/reset.html", context, status=status)
