"""Would work go on if its main people left?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts, History
from ratings.measurements.addresses import history_address
from ratings.measurements.measurement import EVERYTHING, Evidence, Measurement
from ratings.observing.authorship import (
    TruckFactor,
    commit_concentration,
    commits_by_person,
    people_of,
    truck_factor,
)
from ratings.observing.linked_artifacts import code_problem, code_repository


@dataclass(frozen=True)
class BusFactor:
    """Would the work go on if its main people left?

    Counts how many people would have to leave before more than half of the source files
    have no author left (the truck factor). One person who made everything gives 0; each
    two more people halve what is missing to 1. Programs do not count as people, and one
    person with several names or addresses counts once.
    """

    name: ClassVar[str] = "bus_factor"
    applies_to: ClassVar[frozenset[str]] = EVERYTHING
    minimum_commits: int = 5
    people_per_halving: float = 2.0
    shown_people: int = 5

    def measure(self, facts: Facts) -> Measurement:
        subject = code_repository(facts) or facts
        problem = code_problem(facts)
        if subject is facts and problem:
            return Measurement.unknown(problem)
        history = subject.history
        if history is None or not history.identities:
            why = subject.history_problem or "no history of commits could be read"
            return Measurement.unknown(why)
        if history.problem:
            return Measurement.unknown(f"the history could not be read: {history.problem}")
        commits = commits_by_person(history, people_of(history)).total()
        if commits < self.minimum_commits:
            return Measurement.unknown(f"{commits} commits are too few to tell")
        by_file = truck_factor(history, {f.path for f in subject.files if f.size_bytes == 0})
        factor = by_file or commit_concentration(history)
        if factor is None:
            return Measurement.unknown("no commit was made by a person")
        things = "source files" if by_file else "commits"
        return self._judge(factor, things, subject, history)

    def _judge(
        self, factor: TruckFactor, things: str, subject: Facts, history: History
    ) -> Measurement:
        # Between whole truck factors the score moves with the files that stay covered.
        survivors = max(0.0, factor.value - 1 + 2 * factor.covered)
        score = 1 - 0.5 ** (survivors / self.people_per_halving)
        names = ", ".join(name for name, _ in factor.people[: self.shown_people])
        rest = factor.value - self.shown_people
        leave = f"{names} and {rest} more" if rest > 0 else names
        people = "person" if factor.value == 1 else "people"
        crowd = f"{factor.value} of {factor.authors} {people if factor.authors == 1 else 'people'}"
        share = f"{math.floor(100 * factor.covered)}%"  # below one half is never shown as half
        outlook = (
            f"only {share} of {factor.files:,} source files would have an author"
            if things == "source files"
            else f"only {share} of {factor.files:,} commits are by others"
        )
        reason = f"truck factor {factor.value}: without {leave} ({crowd}) {outlook}"
        if not factor.people:
            reason = (
                f"truck factor 0: only {share} of {factor.files:,} {things} have an author at all"
            )
        evidence = [
            Evidence(f"{name} is an author of {count:,} of {factor.files:,} {things}")
            if things == "source files"
            else Evidence(f"{name} made {count:,} of {factor.files:,} commits")
            for name, count in factor.people[: self.shown_people]
        ]
        evidence.append(
            Evidence(
                f"{history.commits:,} commits, {history.merges:,} of them merges"
                f" ({history.first[:10]} to {history.last[:10]})",
                history_address(subject),
                remedy="" if factor.value > 1 else "Let a second person maintain what one made.",
            )
        )
        if not history.is_complete:
            evidence.append(Evidence("Only the newest part of the history was read."))
        return Measurement(score=score, reason=reason, evidence=tuple(evidence))
