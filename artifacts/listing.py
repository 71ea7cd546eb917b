"""One list of artifacts: filters that live in the address, and pages that cost the same anywhere.

A page begins after a row, never at a number: the address carries the sort value and id
of the last row that was shown, and the index continues from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Q, Subquery

from artifacts import search
from artifacts.models import ACTIVE, Artifact, State, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from artifacts.models import ArtifactQuerySet

PAGE_SIZE = 25
# Beyond this nobody reads a figure, and counting would cost more than the page.
COUNT_LIMIT = 10_000
_SEPARATOR = "~"


def _moment(text: str) -> datetime:
    """The moment that a cursor names; raises ValueError for one that no row can have."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:
        raise ValueError("outside of all calendars") from exc


@dataclass(frozen=True, slots=True)
class Sort:
    """An order that an index can walk; ``read`` turns an address back into a value.

    ``tie`` orders equal values the way the index does when it is walked in this direction.
    """

    label: str
    field: str
    is_descending: bool
    read: Callable[[str], Any]
    tie: str = "pk"

    def apply(self, artifacts: ArtifactQuerySet) -> ArtifactQuerySet:
        value = F(self.field)
        order = value.desc(nulls_last=True) if self.is_descending else value.asc()
        return artifacts.order_by(order, self.tie)

    def after(self, artifacts: ArtifactQuerySet, cursor: str) -> ArtifactQuerySet:
        """What follows the row that ``cursor`` names; everything if it names none."""
        text, _, last_id = cursor.rpartition(_SEPARATOR)
        if not (last_id.isascii() and last_id.isdigit() and len(last_id) < 19):
            return artifacts
        same = Q(**{"pk__lt" if self.tie == "-pk" else "pk__gt": int(last_id)})
        if not text:
            return artifacts.filter(same, **{f"{self.field}__isnull": True})
        try:
            value = self.read(text)
        except ValueError:
            return artifacts
        beyond = Q(**{f"{self.field}__{'lt' if self.is_descending else 'gt'}": value})
        beyond |= Q(**{self.field: value}) & same
        if self.is_descending:
            beyond |= Q(**{f"{self.field}__isnull": True})
        return artifacts.filter(beyond)

    def cursor(self, artifact: Artifact) -> str:
        value = getattr(artifact, self.field)
        if isinstance(value, datetime):
            value = value.isoformat()
        return f"{'' if value is None else value}{_SEPARATOR}{artifact.pk}"


SORTS = {
    "newest": Sort("Newest first", "published", True, _moment, "-pk"),  # noqa: FBT003 - a table
    "name": Sort("Name", "name", False, str),  # noqa: FBT003 - the same
    "score": Sort("Best score first", "net_score", True, float),  # noqa: FBT003 - the same
    "size": Sort("Largest first", "size_bytes", True, int),  # noqa: FBT003 - the same
}
DEFAULT_SORT = "newest"

# What people ask for; the word of the address, and who may ask.
STATES = {
    "ready": "Ready",
    "arriving": "Arriving",
    "refused": "Refused",
    "quarantined": "In quarantine",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, how many there are in all, and where the next page begins ('' for the last).

    Matches of a pattern are never counted; ``is_cut_short`` if time was up before the page
    was full.
    """

    artifacts: list[Artifact]
    count: int | None
    next_cursor: str
    is_cut_short: bool = False

    @property
    def is_count_cut(self) -> bool:
        return self.count is not None and self.count > COUNT_LIMIT


def in_state(artifacts: ArtifactQuerySet, state: str) -> ArtifactQuerySet:
    """Those in one of ``STATES``."""
    if state == "ready":
        return artifacts.ready()
    if state == "quarantined":
        return artifacts.filter(is_quarantined=True)
    if state == "arriving":
        return artifacts.filter(pk__in=Version.objects.filter(state__in=ACTIVE).values("artifact"))
    return _ended_in(artifacts.filter(current=None), State.FAILED, State.REJECTED)


def with_newest(artifacts: ArtifactQuerySet, state: State) -> ArtifactQuerySet:
    """Those whose newest version is in this state; READY and QUARANTINED are of the artifact."""
    if state in {State.READY, State.QUARANTINED}:
        return in_state(artifacts, state.lower())
    some = artifacts.filter(pk__in=Version.objects.filter(state=state).values("artifact"))
    return _ended_in(some, state)


def _ended_in(artifacts: ArtifactQuerySet, *states: State) -> ArtifactQuerySet:
    """Those whose newest version is in one of these states."""
    versions = Version.objects.filter(artifact=OuterRef("pk"))
    newest = Subquery(versions.order_by("-number").values("state")[:1])
    return artifacts.alias(last_state=newest).filter(last_state__in=states)


def with_words(artifacts: ArtifactQuerySet, text: str) -> ArtifactQuerySet:
    """Names or sources that hold every word of ``text``."""
    for word in text.split():
        artifacts = artifacts.filter(Q(name__icontains=word) | Q(source_key__contains=word.lower()))
    return artifacts


def narrowed(artifacts: ArtifactQuerySet, filters: Mapping[str, Any]) -> ArtifactQuerySet:
    """Those that fit the cleaned values of a ``BrowseForm``."""
    artifacts = in_state(artifacts, filters.get("state") or "ready")
    if filters.get("type"):
        artifacts = artifacts.filter(type=filters["type"])
    if filters.get("license"):
        artifacts = artifacts.filter(license__iexact=filters["license"])
    if filters.get("score") is not None:
        artifacts = artifacts.filter(net_score__gte=filters["score"])
    if filters.get("owner"):
        artifacts = artifacts.filter(owner__username=filters["owner"])
    return artifacts


def page(artifacts: ArtifactQuerySet, *, sort: str, cursor: str) -> Page:
    """One page of ``artifacts`` after ``cursor``, in two queries."""
    order = SORTS[sort]
    count = artifacts.order_by()[: COUNT_LIMIT + 1].count()
    rows = list(order.apply(order.after(artifacts, cursor)).for_listing()[: PAGE_SIZE + 1])
    following = order.cursor(rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else ""
    return Page(rows[:PAGE_SIZE], count, following)


def page_matching(artifacts: ArtifactQuerySet, pattern: search.Pattern, *, cursor: str) -> Page:
    """One page of those whose name or README matches, names first."""
    answer = search.find(pattern, among=artifacts, size=PAGE_SIZE, after=_position(cursor))
    rows = artifacts.for_listing().in_bulk([found.key for found in answer.found])
    shown = []
    for found in answer.found:
        if artifact := rows.get(found.key):
            artifact.is_found_in_readme = found.part == search.READMES  # type: ignore[attr-defined]
            shown.append(artifact)
    following = answer.following
    next_cursor = f"{following.part}{_SEPARATOR}{following.key}" if following else ""
    return Page(shown, None, next_cursor, answer.is_cut_short)


def _position(cursor: str) -> search.Position:
    """The position that ``page_matching`` wrote; the beginning if it is none."""
    part, _, key = cursor.partition(_SEPARATOR)
    is_key = key.isascii() and key.isdigit() and len(key) < 19
    is_ours = part in {search.NAMES, search.READMES} and is_key
    return search.Position(part, int(key)) if is_ours else search.Position()
