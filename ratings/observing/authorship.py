"""The truck factor by degree of authorship, after Avelino et al., ICPC 2016.

How many people have to leave before more than half of the source files have no author
left. The definitions follow the paper, and where the paper leaves room, the counting of
its reference implementation: adding a file makes an author and is not a delivery; adding
the same path again makes another one; every other non-merge change, a rename included,
is a delivery of whoever made it and an acceptance for everybody else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from artifacts.facts import FileAuthorship, History
from artifacts.facts.paths import is_authored
from ratings.observing.identities import is_bot, merge_aliases

BOT = -1

# What the study took out by hand after Linguist: code that is beside the system itself.
_BESIDE = re.compile(
    r"(?:^|/)(?:examples|docs)/|^(?:samples|benchmarks|build|tools)/", re.IGNORECASE
)
_ENOUGH_FILES = 10


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The weights of the degree of authorship, and where an author begins."""

    base: float = 3.293
    first_authorship: float = 1.098
    delivery: float = 0.164
    acceptance: float = 0.321
    minimum: float = 3.293
    minimum_share: float = 0.75


@dataclass(frozen=True, slots=True)
class TruckFactor:
    """Who the work depends on: ``people`` in the order they were removed, with their files."""

    people: tuple[tuple[str, int], ...]
    files: int
    covered: float  # the share of files that still has an author when these people left
    authors: int  # everybody who is an author of at least one file

    @property
    def value(self) -> int:
        return len(self.people)


def people_of(history: History) -> tuple[int, ...]:
    """The person behind each identity of ``history``; BOT for programs."""
    # Programs are told apart first: one that writes with its owner's address must not
    # make its owner a program.
    humans = [index for index, one in enumerate(history.identities) if not is_bot(one)]
    leaders = merge_aliases([history.identities[index] for index in humans])
    people = [BOT] * len(history.identities)
    for index, leader in zip(humans, leaders, strict=True):
        people[index] = humans[leader]
    return tuple(people)


def truck_factor(history: History, empty: Collection[str] = ()) -> TruckFactor | None:
    """The truck factor over the source files of ``history``; None where it has no such files.

    ``empty`` are the paths of files without any content: nobody is their author.
    """
    people = people_of(history)
    wanted = Coefficients()
    files = _own_files(history.files, empty)
    authors = [found for file in files if (found := authors_of(file, people, wanted)) is not None]
    if not authors:
        return None
    deliveries = _deliveries(files, people)
    return _remove_greedily(authors, deliveries, names_of(history, people))


def _own_files(files: Iterable[FileAuthorship], empty: Collection[str]) -> list[FileAuthorship]:
    """The source files, examples and the like left out where enough others remain."""
    found = [file for file in files if is_authored(file.path) and file.path not in empty]
    own = [file for file in found if not _BESIDE.search(file.path)]
    return own if len(own) >= _ENOUGH_FILES else found


def commit_concentration(history: History) -> TruckFactor | None:
    """The same question asked of commits, where a source has no history per file."""
    people = people_of(history)
    commits = commits_by_person(history, people)
    total = sum(commits.values())
    if not total:
        return None
    names = names_of(history, people)
    removed: list[tuple[str, int]] = []
    left = total
    for person, count in sorted(commits.items(), key=lambda item: (-item[1], item[0])):
        if left / total < 0.5:
            break
        removed.append((names[person], count))
        left -= count
    return TruckFactor(tuple(removed), total, left / total, len(commits))


def commits_by_person(history: History, people: Sequence[int]) -> Counter[int]:
    """Non-merge commits per person, programs left out."""
    commits: Counter[int] = Counter()
    for person, count in zip(people, history.commits_by_identity, strict=False):
        if person != BOT and count:
            commits[person] += count
    return commits


def authors_of(
    file: FileAuthorship, people: Sequence[int], coefficients: Coefficients
) -> frozenset[int] | None:
    """The authors of one file; None when only programs ever touched it."""
    changes, creators = _changes(file, people)
    if not changes:
        return None
    total = sum(changes.values())
    degrees = {
        person: coefficients.base
        + coefficients.first_authorship * (person in creators)
        + coefficients.delivery * delivered
        - coefficients.acceptance * math.log1p(total - delivered)
        for person, delivered in changes.items()
    }
    best = max(degrees.values())
    return frozenset(
        person
        for person, degree in degrees.items()
        if degree >= coefficients.minimum and degree > coefficients.minimum_share * best
    )


def _changes(file: FileAuthorship, people: Sequence[int]) -> tuple[Counter[int], set[int]]:
    """Deliveries per person, additions taken out, and who added the file."""
    changes: Counter[int] = Counter()
    creators: set[int] = set()
    for identity, count in file.deliveries:
        if people[identity] != BOT:
            changes[people[identity]] += count
    for identity in (file.creator, *file.added_again):
        if 0 <= identity < len(people) and people[identity] != BOT:
            creators.add(people[identity])
            changes[people[identity]] = max(0, changes[people[identity]] - 1)
    return changes, creators


def _deliveries(files: Iterable[FileAuthorship], people: Sequence[int]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for file in files:
        for identity, count in file.deliveries:
            totals[people[identity]] += count
    return totals


def names_of(history: History, people: Sequence[int]) -> dict[int, str]:
    """A name per person: of its identities the one with the most commits."""
    best: dict[int, tuple[int, str]] = {}
    counts = history.commits_by_identity
    for index, (identity, person) in enumerate(zip(history.identities, people, strict=True)):
        commits = counts[index] if index < len(counts) else 0
        name = identity.name or identity.email.partition("@")[0] or "somebody"
        if person not in best or commits > best[person][0]:
            best[person] = (commits, name)
    return {person: name for person, (_, name) in best.items()}


def _remove_greedily(
    authors: Sequence[frozenset[int]], deliveries: Counter[int], names: Mapping[int, str]
) -> TruckFactor:
    owned: Counter[int] = Counter(person for file in authors for person in file)
    files_of: dict[int, list[int]] = {}
    for index, file in enumerate(authors):
        for person in file:
            files_of.setdefault(person, []).append(index)
    remaining = [len(file) for file in authors]
    covered = sum(count > 0 for count in remaining)
    removed: list[tuple[str, int]] = []
    by_size = sorted(owned, key=lambda person: (-owned[person], -deliveries[person], person))
    for person in by_size:
        if covered / len(authors) < 0.5:
            break
        for index in files_of[person]:
            remaining[index] -= 1
            covered -= remaining[index] == 0
        removed.append((names.get(person, "somebody"), owned[person]))
    return TruckFactor(tuple(removed), len(authors), covered / len(authors), len(owned))
