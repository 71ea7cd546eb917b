"""What the admin pages of every app share: rows nobody edits, links, and actions that report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from common.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    Row = TypeVar("Row", bound=Model)

REFUSALS_SHOWN = 10


class Quick(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists that cost the same with many rows: one page, one count."""

    list_per_page = 50
    show_full_result_count = False
    search_hint = ""  # what the search looks at


class ReadOnly(Quick):
    """Rows that only services may write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def row_link(model: type[Model], pk: Any, text: object) -> SafeString:
    """A link to the admin page of one row; asks the database nothing."""
    return page_link(_address(model, "change", pk), text)


def rows_link(model: type[Model], text: object, **filters: Any) -> SafeString:
    """A link to the admin list of ``model``, narrowed by ``filters``."""
    return page_link(f"{_address(model, 'changelist')}?{urlencode(filters)}", text)


def _address(model: type[Model], page: str, *args: Any) -> str:
    options = model._meta  # noqa: SLF001 - documented by Django in spite of its name
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)


def page_link(address: str, text: object = "Page") -> SafeString:
    """A link to a page of the site."""
    return format_html('<a href="{}">{}</a>', address, text)


def do_each(
    request: HttpRequest, rows: Iterable[Row], change: Callable[[Row], Any], *, done: object
) -> int:
    """Do ``change`` to each row; say of how many it is ``done``, and which were refused and why."""
    count, refusals = 0, []
    for row in rows:
        try:
            change(row)
        except RegistryError as exc:
            refusals.append(f"{row}: {exc}")
        else:
            count += 1
    if count:
        messages.success(request, format_html("{} {}", count, done))
    for refusal in refusals[:REFUSALS_SHOWN]:
        messages.error(request, refusal)
    if len(refusals) > REFUSALS_SHOWN:
        messages.error(request, f"{len(refusals) - REFUSALS_SHOWN} more were refused.")
    return count
