"""The one filter, the one set of orders and the pages of lists of artifacts.

The list of the site and GET /api/artifacts ask the same functions; what they call their
parameters is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.module_loading import import_string

from artifacts import search
from artifacts.models import ACTIVE, BY_SCORE, Artifact, State, Version
from common.pagination import Keys, Order

if TYPE_CHECKING:
    from artifacts.models import ArtifactQuerySet

PAGE_SIZE = 25
# Beyond this nobody reads a figure, and counting would cost more than the page.
COUNT_LIMIT = 10_000

# ``name`` rises, ``-name`` falls; what is unknown comes last.
ORDERS = {
    # ids rise with the time of registration, and their index is there anyway
    "created": Order(),
    "name": Order("name"),
    "published": Order("published", is_nullable=True),
    "net_score": Order(BY_SCORE, is_crosswise=True),
    "size": Order("size_bytes", is_nullable=True),
}
DEFAULT_ORDERING = "-published"

# What people ask for; the word of the address, and who may ask.
STATES = {
    "ready": "Ready",
    "arriving": "Arriving",
    "refused": "Refused",
    "quarantined": "In quarantine",
}


@dataclass(frozen=True, slots=True)
class CountedPage:
    """A page of the list of the site, and how many rows there are in all.

    Matches of a pattern are never counted; ``is_cut_short`` if time was up before the page
    was full.
    """

    artifacts: list[Artifact]
    count: int | None = 0
    next_key: str = ""
    is_first: bool = True
    is_cut_short: bool = False

    @property
    def is_count_cut(self) -> bool:
        return self.count is not None and self.count > COUNT_LIMIT


def narrowed(
    artifacts: ArtifactQuerySet,
    *,
    words: str = "",
    type: str = "",
    license: str = "",
    min_score: float | None = None,
    owner: str = "",
    state: str = "",
) -> ArtifactQuerySet:
    """Those that fit everything that is asked; nothing is asked by what is empty.

    ``state`` is one of ``STATES`` (ready, if it is empty) or the State of the newest version.
    """
    artifacts = in_state(artifacts, state or "ready")
    if type:
        artifacts = artifacts.filter(type=type)
    if license:
        artifacts = _with_license(artifacts, license)
    if min_score is not None:
        artifacts = artifacts.alias(score=BY_SCORE).filter(score__gte=float(min_score))
    if owner:
        artifacts = artifacts.filter(owner__username=owner)
    return _with_words(artifacts, words)


def in_state(artifacts: ArtifactQuerySet, state: str) -> ArtifactQuerySet:
    """Those in one of ``STATES``, or whose newest version is in this State.

    READY and QUARANTINED are of the artifact, whatever its newest version does.
    """
    state = {State.READY: "ready", State.QUARANTINED: "quarantined"}.get(state, state)  # type: ignore[call-overload]
    if state == "ready":
        return artifacts.ready()
    if state == "quarantined":
        return artifacts.filter(is_quarantined=True)
    if state == "arriving":
        return artifacts.filter(pk__in=_with_versions_in(*ACTIVE))
    if state == "refused":
        return _ended_in(artifacts.filter(current=None), State.FAILED, State.REJECTED)
    return _ended_in(artifacts.filter(pk__in=_with_versions_in(State(state))), State(state))


def _with_versions_in(*states: State) -> QuerySet[Version, Any]:
    return Version.objects.filter(state__in=states).values("artifact")


def _ended_in(artifacts: ArtifactQuerySet, *states: State) -> ArtifactQuerySet:
    """Those whose newest version is in one of these states."""
    versions = Version.objects.filter(artifact=OuterRef("pk"))
    newest = Subquery(versions.order_by("-number").values("state")[:1])
    return artifacts.alias(last_state=newest).filter(last_state__in=states)


def _with_words(artifacts: ArtifactQuerySet, text: str) -> ArtifactQuerySet:
    """Those with every word of ``text`` in their name or source."""
    for word in text.split():
        artifacts = artifacts.filter(Q(name__icontains=word) | Q(source_key__contains=word.lower()))
    return artifacts


def _with_license(artifacts: ArtifactQuerySet, name: str) -> ArtifactQuerySet:
    """Those with the licence of this name; where nobody knows the name, those that say just so."""
    # what reads licences is above us
    expression = import_string(settings.LICENCE_READER)(name).expression
    if expression:
        return artifacts.filter(license__in={name, expression})
    return artifacts.filter(license__iexact=name)


def page(artifacts: ArtifactQuerySet, *, ordering: str, given: str) -> CountedPage:
    """One page of the list of the site behind the key ``given``."""
    count = artifacts.order_by()[: COUNT_LIMIT + 1].count()
    keys = Keys(f"list by {ordering}", "after")
    found = ORDERS[ordering.removeprefix("-")].page(
        artifacts.for_listing(),
        keys.or_first(given),
        keys,
        size=PAGE_SIZE,
        is_descending=ordering.startswith("-"),
        count=count,
    )
    return CountedPage(_shown(found.rows), count, found.next_key, found.is_first)


def page_matching(
    artifacts: ArtifactQuerySet, pattern: search.Pattern, *, given: str
) -> CountedPage:
    """One page of those whose name or README matches, names first."""
    keys = Keys(f"list matching {pattern.source}", "after")
    after = keys.read(keys.or_first(given))
    position = search.Position(*after) if after else None
    answer = search.find(pattern, among=artifacts, size=PAGE_SIZE, after=position)
    rows = artifacts.for_listing().in_bulk([found.key for found in answer.found])
    shown = []
    for found in answer.found:
        if artifact := rows.get(found.key):
            artifact.is_found_in_readme = found.part == search.READMES  # type: ignore[attr-defined]
            shown.append(artifact)
    following = keys.write(answer.following)
    return CountedPage(_shown(shown), None, following, after is None, answer.is_cut_short)


def _shown(artifacts: list[Artifact]) -> list[Artifact]:
    """The same, those with nothing current with their newest version as ``shown_version``."""
    without = [artifact for artifact in artifacts if artifact.current_id is None]
    versions = newest_versions(without)
    for artifact in without:
        artifact.shown_version = versions.get(artifact.pk)  # type: ignore[attr-defined]
    return artifacts


def newest_versions(artifacts: list[Artifact]) -> dict[int, Version]:
    """The version of each that was asked for last, by the id of its artifact; one query."""
    if not artifacts:
        return {}
    newer = Version.objects.filter(artifact=OuterRef("artifact"), number__gt=OuterRef("number"))
    newest = Version.objects.light().filter(~Exists(newer), artifact__in=artifacts)
    return {version.artifact_id: version for version in newest}
