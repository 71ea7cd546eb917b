"""Which faults happen to which requests, and how often."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hub.exchange import Reply, Request
from tests.hub.faults import Delay, Drip, Fault, Pause
from tests.hub.repositories import Repository

if TYPE_CHECKING:
    from tests.hub.server import Hub


@dataclass
class Rule:
    """A fault for the requests whose decoded path matches the shell pattern ``path``.

    The first ``after`` matches pass unharmed; ``times`` limits the harm, None is for ever.
    """

    path: str
    fault: Fault
    method: str = "*"
    times: int | None = None
    after: int = 0
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        if not fnmatch.fnmatchcase(request.path, self.path):
            return False
        if self.method not in ("*", request.method):
            return False
        self.hits += 1
        harm = self.hits - self.after
        return harm > 0 and (self.times is None or harm <= self.times)


class Switchboard:
    """The faults planned at the moment; those of several rules add up, in their order."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._moves: dict[tuple[str, str, str], list[str]] = {}
        self._lock = threading.Lock()

    def add(
        self,
        path: str,
        fault: Fault,
        *,
        method: str = "*",
        times: int | None = None,
        after: int = 0,
    ) -> Rule:
        """Plan ``fault`` for the requests that match; see ``Rule``."""
        rule = Rule(path, fault, method, times, after)
        with self._lock:
            self._rules.append(rule)
        return rule

    def pause(self, path: str, *, after_bytes: int = 0, method: str = "GET") -> Pause:
        """Hold the next matching reply until it is released; later ones pass."""
        pause = Pause(after_bytes)
        self.add(path, pause, method=method, times=1)
        return pause

    def move(self, kind: str, repo_id: str, revision: str, commits: Sequence[str]) -> None:
        """Let ``revision`` name these commits in turn, one per request; the last one stays."""
        with self._lock:
            self._moves[kind, repo_id, revision] = list(commits)

    def moved(self, repository: Repository, revision: str) -> str | None:
        """The commit that a moving revision names this time, None where nothing moves."""
        with self._lock:
            commits = self._moves.get((repository.kind, repository.id, revision))
            if not commits:
                return None
            return commits.pop(0) if len(commits) > 1 else commits[0]

    def clear(self) -> None:
        """End all faults; whoever was held or delayed goes on at once."""
        with self._lock:
            rules, self._rules, self._moves = self._rules, [], {}
        for rule in rules:
            if isinstance(rule.fault, Pause | Delay | Drip):
                rule.fault.over.set()

    def rules(self) -> list[Rule]:
        with self._lock:
            return list(self._rules)

    def serve(self, hub: Hub, request: Request, truth: Callable[[Request], Reply]) -> Reply:
        """The reply after every fault that strikes this request; ``truth`` answers otherwise."""
        with self._lock:
            faults = [rule.fault for rule in self._rules if rule.strikes(request)]
        replies = (fault.answer(hub, request) for fault in faults)
        reply = next((reply for reply in replies if reply), None) or truth(request)
        for fault in faults:
            reply = fault.change(hub, request, reply)
        return reply
