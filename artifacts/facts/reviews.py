"""Which commits a second person looked at, by their words and by the way they arrived."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from artifacts.facts.records import CommitSample, Identity, Review

MAX_SAMPLES = 12
MAX_CONFIRMATIONS = 100
_MERGED_PULL = re.compile(
    r"Merge (?:pull request|PR) #\d+|Merge #\d+|Auto merge of #\d+", re.IGNORECASE
)
_MERGE_REQUEST = re.compile(r"^See merge request \S+!\d+", re.MULTILINE)
_SQUASHED = re.compile(r"\((?:#|!)\d+\)\s*$")
_REVIEWER = re.compile(
    r"^(?:reviewed-by|approved-by|reviewed by):[ \t]*(\S[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
_REVIEW_PLACE = re.compile(
    r"^(?:reviewed-on|differential revision|pull request resolved):[ \t]*http",
    re.IGNORECASE | re.MULTILINE,
)

Confirm = Callable[[str], bool | None]


@dataclass(slots=True)
class ReadCommit:
    """One commit as it streamed by.

    ``parents`` and ``author`` are numbers, in the order in which commits and people appeared.
    """

    sha: str
    parents: tuple[int, ...]
    author: int
    subject: str
    lines: int = 0
    review: str = ""
    merges_pull: bool = False


def merges_pull(subject: str, body: str) -> bool:
    """Whether the message of a merge says that it brings in a pull request."""
    return bool(_MERGED_PULL.match(subject) or _MERGE_REQUEST.search(body))


def by_words(subject: str, body: str, author: Identity) -> str:
    """How the message says that somebody else looked; one's own name does not count."""
    for who in _REVIEWER.findall(body[-4_000:]):
        lower = who.lower()
        is_own = author.email.lower() in lower or lower.startswith(author.name.lower())
        if not (is_own and (author.email or author.name)):
            return "review trailer"
    if _REVIEW_PLACE.search(body[-4_000:]):
        return "review link"
    return "squashed pull request" if _SQUASHED.search(subject) else ""


def review(
    commits: list[ReadCommit], identities: Sequence[Identity], confirm: Confirm | None
) -> Review:
    """Changed lines of all commits, and of those that somebody else looked at."""
    own = [commit for commit in commits if len(commit.parents) < 2 and commit.lines]
    for index in _arrived_by_pull(commits):
        commit = commits[index]
        commit.review = commit.review or "merged pull request"
    largest = sorted(own, key=lambda commit: (-commit.lines, commit.sha))
    if confirm:
        _confirm(largest[:MAX_CONFIRMATIONS], confirm)
    by_kind: Counter[str] = Counter()
    for commit in own:
        by_kind[commit.review] += commit.lines
    unreviewed = by_kind.pop("", 0)
    return Review(
        lines=by_kind.total() + unreviewed,
        reviewed_lines=by_kind.total(),
        commits=len(own),
        reviewed_commits=sum(bool(commit.review) for commit in own),
        by_kind=dict(sorted(by_kind.items())),
        samples=tuple(
            CommitSample(c.sha, c.subject, identities[c.author].name, c.review, c.lines)
            for c in largest[:MAX_SAMPLES]
        ),
    )


def _confirm(commits: Iterable[ReadCommit], confirm: Confirm) -> None:
    """Ask where commits came from: a number in a subject may be an issue's."""
    for commit in commits:
        if commit.review not in {"", "squashed pull request"}:
            continue
        answer = confirm(commit.sha)
        if answer is None:
            return  # no more answers to be had
        commit.review = "confirmed pull request" if answer else ""


def _arrived_by_pull(commits: list[ReadCommit]) -> set[int]:
    """The commits that reached the branch through the merge of a pull request.

    Walks each line of first parents from its oldest commit; what a merge brings along
    arrives with that merge, and a merge of a branch is walked like the branch it was.
    """
    arrived = bytearray(len(commits))
    reviewed: set[int] = set()
    pending = [iter(_first_parents(commits, len(commits) - 1, arrived))] if commits else []
    while pending:
        index = next(pending[-1], None)
        if index is None:
            pending.pop()
            continue
        arrived[index] = 1
        for other in commits[index].parents[1:]:
            if commits[index].merges_pull:
                reviewed |= _bring(commits, other, arrived)
            else:
                pending.append(iter(_first_parents(commits, other, arrived)))
    return reviewed


def _first_parents(commits: list[ReadCommit], tip: int, arrived: bytearray) -> list[int]:
    line, index = [], tip
    while not arrived[index]:
        line.append(index)
        if not commits[index].parents:
            break
        index = commits[index].parents[0]
    for index in line:
        arrived[index] = 1
    return line[::-1]


def _bring(commits: list[ReadCommit], tip: int, arrived: bytearray) -> set[int]:
    found, pending = set(), [tip]
    while pending:
        index = pending.pop()
        if not arrived[index]:
            arrived[index] = 1
            found.add(index)
            pending += commits[index].parents
    return found
