"""What only GitHub's REST API knows; it is asked with a token only.

Without a token the API answers so rarely that the same artifact would get different facts
on a busy day. https://docs.github.com/rest
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings

from artifacts.facts import Facts, Popularity
from artifacts.facts.reviews import Confirm
from artifacts.sources import retrying
from artifacts.sources.egress import Guard
from artifacts.sources.errors import SourceError
from artifacts.sources.sessions import GuardedSession, session


class RestApi:
    """The API that ``GITHUB_API_URL`` names; without a token it knows nothing."""

    def __init__(self, guard: Guard, token: str) -> None:
        self.guard = guard
        self.token = token

    @contextmanager
    def confirming(self, repo: str) -> Iterator[Confirm | None]:
        """Asks GitHub which pull request a commit came through; None where it cannot be asked."""
        if not self.token:
            yield None
            return
        with self._session() as asking:

            def confirm(sha: str) -> bool | None:
                pulls = _answer(asking, f"/repos/{repo}/commits/{sha}/pulls")
                if pulls is None:
                    return None
                merged = pulls if isinstance(pulls, list) else []
                return any(isinstance(pull, dict) and pull.get("merged_at") for pull in merged)

            yield confirm

    def described(self, facts: Facts, repo: str) -> Facts:
        """``facts`` with description, topics and stars."""
        if not self.token:
            return facts
        with self._session() as asking:
            said = _answer(asking, f"/repos/{repo}")
        if not isinstance(said, dict):
            return facts
        stars, topics = said.get("stargazers_count"), said.get("topics")
        return replace(
            facts,
            description=str(said.get("description") or "")[:2_000],
            tags=tuple(str(topic) for topic in topics) if isinstance(topics, list) else (),
            popularity=Popularity(stars=stars if isinstance(stars, int) else None),
        )

    def _session(self) -> GuardedSession:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
        }
        return session(self.guard, headers)


def _answer(asking: GuardedSession, path: str) -> Any:
    """What the API says, None where it gives no answer that can be read."""
    try:
        return retrying.patiently(asking.get, f"{settings.GITHUB_API_URL}{path}").json()
    except (SourceError, ValueError, RecursionError):
        return None
