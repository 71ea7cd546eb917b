"""Condenses a commit history while it streams by: who made which file, and what was reviewed.

Authorship is counted as the study of truck factors counted it (Avelino et al., ICPC 2016,
https://github.com/aserg-ufmg/Truck-Factor): commits without merges, renames followed by
name, a rename is a delivery of its own. One refinement: when a name is used again after
its file moved away, what happens to the new file is not credited to the old one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from artifacts.facts import paths, reviews
from artifacts.facts.languages import language
from artifacts.facts.records import FileAuthorship, History, Identity, Review
from artifacts.facts.reviews import Confirm, ReadCommit

_FORMAT = "%x01%H%x1f%P%x1f%an%x1f%ae%x1f%ct%x1f%s%x1f%b"
# Oldest first and parents before children, so that one pass is enough.
LOG_ARGUMENTS = (
    "log", "-z", "--reverse", "--topo-order", "--no-show-signature", "--no-ext-diff",
    "--no-textconv", "--no-color", "--no-mailmap", "--raw", "--no-abbrev",
    f"--format={_FORMAT}", "-l2000",
)  # fmt: skip
WITH_LINES = ("--find-renames", "--numstat")
WITHOUT_BLOBS = ("--find-renames=100%",)  # comparing contents would need them


@dataclass(slots=True, eq=False)
class _Name:
    """One file under one name, from its first mention until it moves away."""

    order: int
    creator: int | None = None
    deliveries: dict[int, int] = field(default_factory=dict)
    added_again: list[int] = field(default_factory=list)
    origins: list[_Name] = field(default_factory=list)
    has_moved: bool = False

    def deliver(self, author: int) -> None:
        self.deliveries[author] = self.deliveries.get(author, 0) + 1


class Condenser:
    """Takes the records of ``git log -z`` one by one and keeps only sums."""

    def __init__(self) -> None:
        self._identities: dict[Identity, int] = {}
        self._own: Counter[int] = Counter()
        self._names: dict[str, _Name] = {}
        self._commits: list[ReadCommit] = []
        self._index: dict[str, int] = {}
        self._moments: list[int] = []

    def read(self, records: Iterable[bytes]) -> None:
        """Consume the whole stream."""
        stream = iter(records)
        for raw in stream:
            record = raw.lstrip(b"\n")
            if record.startswith(b"\x01"):
                self._begin(record[1:].decode("utf-8", "replace"))
            elif record.startswith(b":"):
                self._change(record, stream)
            elif b"\t" in record:
                self._count(record, stream)

    def _begin(self, text: str) -> None:
        sha, parents, name, email, moment, subject, body = text.split("\x1f", 6)
        identity = Identity(name[:200], email[:200])
        author = self._identities.setdefault(identity, len(self._identities))
        known = (self._index.get(parent) for parent in parents.split())
        commit = ReadCommit(sha, tuple(i for i in known if i is not None), author, subject[:120])
        self._index[sha] = len(self._commits)
        self._commits.append(commit)
        seconds = int(moment or 0)
        oldest, newest = self._moments or (seconds, seconds)
        self._moments = [min(oldest, seconds), max(newest, seconds)]
        if len(parents.split()) > 1:
            commit.merges_pull = reviews.merges_pull(subject, body)
        else:
            self._own[author] += 1
            commit.review = reviews.by_words(subject, body, identity)

    def _change(self, record: bytes, stream: Iterator[bytes]) -> None:
        """One line of ``--raw``: ``:mode mode sha sha STATUS`` and one name, or two."""
        status = record.rsplit(b" ", 1)[-1][:1]
        first = next(stream, b"").decode("utf-8", "replace")
        second = next(stream, b"").decode("utf-8", "replace") if status in b"RC" else ""
        author = self._commits[-1].author
        if status == b"R":
            self._rename(first, second, author)
        elif status in b"AC" and _is_code(second or first):
            self._add(second or first, author)
        elif status in b"MT" and _is_code(first):
            self._name(first).deliver(author)

    def _name(self, path: str) -> _Name:
        return self._names.setdefault(path, _Name(len(self._commits)))

    def _fresh(self, path: str) -> _Name:
        """The file of this name, a new one where the former has moved away."""
        known = self._names.get(path)
        if known is None or known.has_moved:
            known = self._names[path] = _Name(len(self._commits))
        return known

    def _add(self, path: str, author: int) -> None:
        name = self._fresh(path)
        if name.creator is None and not name.deliveries:
            name.creator = author
        else:
            name.added_again.append(author)
        name.deliver(author)

    def _rename(self, old: str, new: str, author: int) -> None:
        if not _is_code(new):
            return
        origin = self._name(old)
        name = self._fresh(new)
        if origin is not name:
            name.origins.append(origin)
            origin.has_moved = True
        name.deliver(author)

    def _count(self, record: bytes, stream: Iterator[bytes]) -> None:
        """One line of ``--numstat``; binary files have dashes, renames two more records."""
        added, deleted, path = record.split(b"\t", 2)
        if not path:
            next(stream, b"")
            path = next(stream, b"")
        if (
            added.isdigit()
            and deleted.isdigit()
            and paths.is_authored(path.decode("utf-8", "replace"))
        ):
            self._commits[-1].lines += int(added) + int(deleted)

    def history(self, head: Iterable[str], *, has_lines: bool, confirm: Confirm | None) -> History:
        """What was read, for the files of ``head``."""
        merges = sum(len(commit.parents) > 1 for commit in self._commits)
        count = len(self._identities)
        first, last = self._moments or (0, 0)
        return History(
            commits=len(self._commits),
            merges=merges,
            first=_moment(first) if self._commits else "",
            last=_moment(last) if self._commits else "",
            identities=tuple(self._identities),
            commits_by_identity=tuple(self._own[number] for number in range(count)),
            files=tuple(self._files(head)),
            review=self._review(confirm) if has_lines else None,
            is_complete=has_lines,
        )

    def _review(self, confirm: Confirm | None) -> Review:
        return reviews.review(self._commits, list(self._identities), confirm)

    def _files(self, head: Iterable[str]) -> Iterator[FileAuthorship]:
        for path in head:
            if not paths.is_authored(path) or path not in self._names:
                continue
            found = sorted(_with_origins(self._names[path]), key=lambda name: name.order)
            deliveries: Counter[int] = Counter()
            creators, again = [], []
            for name in found:
                deliveries.update(name.deliveries)
                creators += [name.creator] if name.creator is not None else []
                again += name.added_again
            if deliveries:
                creator = creators[0] if creators else next(iter(found[0].deliveries or deliveries))
                yield FileAuthorship(
                    path, creator, tuple(sorted(deliveries.items())), (*creators[1:], *again)
                )


def condense(
    records: Iterable[bytes],
    head: Iterable[str],
    *,
    has_lines: bool = True,
    confirm: Confirm | None = None,
) -> History:
    """The history that ``git log`` with ``LOG_ARGUMENTS`` prints, for the files of ``head``."""
    condenser = Condenser()
    condenser.read(records)
    history = condenser.history(head, has_lines=has_lines, confirm=confirm)
    if has_lines:
        return history
    return replace(history, problem="The repository is too large to count changed lines.")


def _with_origins(name: _Name) -> list[_Name]:
    found, pending = [], [name]
    while pending:
        one = pending.pop()
        if one not in found:
            found.append(one)
            pending += one.origins
    return found


def _is_code(path: str) -> bool:
    return bool(language(path))


def _moment(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
