"""The one pagination: by key, never by count, so page ten thousand costs what page one costs.

A page ends with a key that names its last row; the next page is what an index finds
behind it. Keys are signed, so nobody can make one up, and mean nothing to the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

from common.errors import RegistryError

Row = TypeVar("Row")

LONGEST_KEY = 4000


class InvalidKey(RegistryError):
    code = "invalid_page_key"
    message = "{name} is not the key of a page: send the one that the page before gave."
    status = 400


def seal(purpose: str, content: Any) -> str:
    """A key that holds ``content`` (whatever JSON can say) and is good for ``purpose`` only."""
    return Signer(salt=f"page of {purpose}").sign_object(content)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the key with which the next page is asked for ('' on the last)."""

    rows: list[Row]
    next_key: str = ""
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one list: good for nothing else, and nobody can make one up.

    ``purpose`` tells lists and their orders apart, ``name`` is what a request calls its key.
    """

    purpose: str
    name: str

    def read(self, given: str) -> Any:
        """What the page before ended with, None on the first; raises InvalidKey for no key."""
        if not given:
            return None
        try:
            return Signer(salt=f"page of {self.purpose}").unsign_object(given[:LONGEST_KEY])
        except (BadSignature, ValueError) as exc:
            raise InvalidKey(name=self.name) from exc

    def or_first(self, given: str) -> str:
        """The same key, '' for what is none: pages of bookmarked lists then begin anew."""
        try:
            self.read(given)
        except InvalidKey:
            return ""
        return given

    def write(self, last: Any) -> str:
        """The key of the page behind ``last``; '' where that is None, on the last page."""
        return "" if last is None else seal(self.purpose, last)

    def cut(
        self,
        found: list[Row],
        *,
        size: int,
        last: Callable[[Row], Any],
        is_first: bool = True,
    ) -> Page[Row]:
        """The first ``size`` of rows that were asked for with one more, to know of a next page."""
        following = last(found[size - 1]) if len(found) > size else None
        return Page(found[:size], self.write(following), is_first)


@dataclass(frozen=True, slots=True)
class Order:
    """An order that an index can walk both ways, with the primary key as the last word.

    ``by`` is a field, or the expression of an index. Rows whose field is NULL come last in
    both directions if it ``is_nullable``. In an index that ``is_crosswise`` keys rise where
    values fall.
    """

    by: str | Combinable = "pk"
    is_nullable: bool = False
    is_crosswise: bool = False

    def page(
        self,
        rows: QuerySet[Any],
        given: str,
        keys: Keys,
        *,
        size: int,
        is_descending: bool = False,
        count: int | None = None,
    ) -> Page[Any]:
        """At most ``size`` rows behind the key ``given``; raises InvalidKey for no key.

        One query, or two where NULLs begin; ``count``, if known, saves the second where one
        page has them all.
        """
        after = keys.read(given)
        if after is not None and not (isinstance(after, list) and len(after) == 2):
            raise InvalidKey(name=keys.name)  # made before keys had their present form
        found = self._behind(rows, after, size + 1, is_descending=is_descending, count=count)
        return keys.cut(found, size=size, last=self._last, is_first=after is None)

    def _behind(
        self,
        rows: QuerySet[Any],
        after: list[Any] | None,
        size: int,
        *,
        is_descending: bool,
        count: int | None,
    ) -> list[Any]:
        if self.by == "pk":
            return list(_in_keys(rows, after, is_falling=is_descending)[:size])
        rows = rows.annotate(page_value=F(self.by) if isinstance(self.by, str) else self.by)
        found: list[Any] = []
        is_among_nulls = after is not None and after[0] is None
        if not is_among_nulls:
            known = rows.filter(page_value__isnull=False) if self.is_nullable else rows
            found = list(self._walk(known, after, is_descending=is_descending)[:size])
        is_all = after is None and len(found) == count
        if self.is_nullable and len(found) < size and not is_all:
            unknown = rows.filter(page_value__isnull=True)
            rest = _in_keys(unknown, after if is_among_nulls else None, is_falling=is_descending)
            found += rest[: size - len(found)]
        return found

    def _walk(
        self, rows: QuerySet[Any], after: list[Any] | None, *, is_descending: bool
    ) -> QuerySet[Any]:
        is_falling = is_descending != self.is_crosswise
        if after is not None:
            value, pk = after
            beyond = "lt" if is_descending else "gt"
            behind = Q(**{f"page_value__{beyond}": value})
            behind |= Q(pk__lt=pk) if is_falling else Q(pk__gt=pk)
            # the first condition is where the index starts, the second drops what was shown
            rows = rows.filter(**{f"page_value__{beyond}e": value}).filter(behind)
        value_order = F("page_value").desc() if is_descending else F("page_value").asc()
        return rows.order_by(value_order, "-pk" if is_falling else "pk")

    @staticmethod
    def _last(row: Any) -> list[Any]:
        value = getattr(row, "page_value", None)
        return [value.isoformat() if isinstance(value, datetime) else value, row.pk]


def _in_keys(rows: QuerySet[Any], after: list[Any] | None, *, is_falling: bool) -> QuerySet[Any]:
    if after is not None:
        rows = rows.filter(pk__lt=after[1]) if is_falling else rows.filter(pk__gt=after[1])
    return rows.order_by("-pk" if is_falling else "pk")
