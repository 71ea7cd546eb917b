"""Which limit a route has: views name theirs in ``limits``, pages by a decorator.

A page and an endpoint that name the same limit share its counter. A route that changes
something and has none says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.limits.budget import limit_rate
from accounts.limits.errors import RateLimited
from common.address import network_of

View = Callable[..., HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Why what somebody reads who is known has no limit of its own.
READING = "the calls of a session are counted, and lists, waits and searches are bounded"
FORM = "it shows the form of what is limited"
OPERATING = "an admin does as much as there is to do"
OWN_ROW = "it changes one row, which only its owner or an admin may"


def person(request: Any) -> object:
    """Whoever is signed in."""
    return request.user.pk


def network(request: Any) -> object:
    """Where the call comes from."""
    return network_of(request)


def always(request: Any) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate of ``RATE_LIMITS``: what is counted, and for whom.

    ``count`` says how many a call counts for; mistakes may count for none. Where only the
    code behind the route knows whether and for whom to count, ``counted_inside`` says why.
    """

    name: str
    by: tuple[Callable[[Any], object], ...] = (person,)
    count: Callable[[Any], int] = always
    counted_inside: str = ""

    def hit(self, request: Any) -> None:
        """Count this call; raises RateLimited beyond the rate."""
        if self.counted_inside:
            return
        if count := self.count(request):
            limit_rate(self.name, *(of(request) for of in self.by), count=count)


def login_limits(
    name: Callable[[Any], object], *, count: Callable[[Any], int] = always
) -> tuple[Limit, ...]:
    """Attempts with a password: for all names from one place, and for the ``name`` from there."""
    return (
        Limit("login_address", by=(network,), count=count),
        Limit("login", by=(name, network), count=count),
    )


class _Validated(Protocol):
    def is_valid(self) -> bool: ...


def well_formed(serializer: Callable[..., _Validated]) -> Callable[[Any], int]:
    """Counts a call of the API only if its body is one that ``serializer`` takes."""
    return lambda request: int(serializer(data=request.data).is_valid())


def filled_in(form: Callable[..., _Validated]) -> Callable[[Any], int]:
    """Counts what was sent from a page only if ``form`` is valid."""
    return lambda request: int(form(request.POST).is_valid())


def limited(
    *limits: str | Limit, refused: Callable[..., HttpResponseBase] | None = None
) -> Callable[[View], View]:
    """For pages: count what is sent to this one; reading it is free.

    Beyond the limit ``refused(request, problem, …)`` shows the form again with what was
    typed, as 429 (as 422 to htmx, which swaps no other refusal in); without it the page of
    errors says so.
    """
    declared = tuple(Limit(one) if isinstance(one, str) else one for one in limits)

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in SAFE:
                return view(request, *args, **kwargs)
            try:
                for limit in declared:
                    limit.hit(request)
            except RateLimited as exc:
                if refused is None:
                    raise
                response = refused(request, str(exc), *args, **kwargs)
                response.status_code = 422 if getattr(request, "htmx", False) else exc.status
                return _with_headers(response, exc)
            return view(request, *args, **kwargs)

        counted.limits = declared  # type: ignore[attr-defined]
        return counted

    return decorate


def _with_headers(response: HttpResponseBase, exc: RateLimited) -> HttpResponseBase:
    for name, value in exc.headers().items():
        response.headers[name] = value
    return response


def counted_inside(name: str, why: str) -> Callable[[View], View]:
    """For pages: they have the limit ``name``, and what they call counts."""

    def decorate(view: View) -> View:
        view.limits = (Limit(name, counted_inside=why),)  # type: ignore[attr-defined]
        return view

    return decorate


def unlimited(reason: str) -> Callable[[View], View]:
    """For pages that change something and are counted by nobody, on purpose."""

    def decorate(view: View) -> View:
        view.unlimited = reason  # type: ignore[attr-defined]
        return view

    return decorate


def limits_for(view: Any, name: str) -> tuple[Limit, ...]:
    """What a view of the API declares for a method or action."""
    found = getattr(view, "limits", {}).get(name, ())
    if isinstance(found, str):
        return (Limit(found),)
    return (found,) if isinstance(found, Limit) else tuple(found)
