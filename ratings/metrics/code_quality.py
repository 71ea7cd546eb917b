"""Is its code maintainable?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import CodeSurvey, Facts
from ratings.measurements.addresses import address_of
from ratings.measurements.measurement import Evidence, Measurement
from ratings.observing.checklist import ChecklistItem, weigh
from ratings.observing.linked_artifacts import code_problem, code_repository


@dataclass(frozen=True)
class CodeQuality:
    """Is its code maintainable?

    Counts what static tools find per thousand lines, how complicated the functions are,
    how much of the code is tests, and whether it has automated checks, type hints and
    declared dependencies. Nothing of the repository is executed or imported, and its own
    configuration of the tools is not listened to.
    """

    name: ClassVar[str] = "code_quality"
    applies_to: ClassVar[frozenset[str]] = frozenset({"model", "code"})
    findings_that_halve: float = 30.0  # per thousand lines of Python
    complex_share_that_fails: float = 0.25
    enough_tests: float = 0.25  # lines of tests per line of code
    enough_types: float = 0.7
    fewest_lines: int = 10

    def measure(self, facts: Facts) -> Measurement:
        code = code_repository(facts)
        subject = code if code is not None and code.survey is not None else facts
        survey = subject.survey
        if survey is None or survey.problem or survey.lines < self.fewest_lines:
            why = (survey.problem if survey else "") or code_problem(facts)
            if not why and survey is not None and survey.lines:
                why = f"{survey.lines} lines of code are too few to tell"
            return Measurement.unknown(why or "no code is known that could be read")
        found = [
            *self._python(survey),
            self._tests(subject, survey),
            _present("automated checks", 0.15, subject, survey.ci_files, "Run the tests in CI."),
            _present(
                "declared dependencies",
                0.1,
                subject,
                survey.dependency_files,
                "Declare what it needs in pyproject.toml or requirements.txt.",
            ),
        ]
        name = subject.name or subject.url
        judged = weigh(found, subject=f"{name} ({survey.lines:,} lines of code)")
        tools = ", ".join(f"{tool} {version}" for tool, version in sorted(survey.tools.items()))
        extra = [Evidence(f"counted with {tools}")] if tools else []
        if not survey.is_complete:
            extra.append(Evidence(f"more code than was counted; {survey.files:,} files were"))
        return Measurement(judged.score, judged.reason, (*judged.evidence, *extra))

    def _python(self, survey: CodeSurvey) -> list[ChecklistItem]:
        """What only the tools for Python can tell; left out where there is no Python."""
        if not survey.python_lines:
            return []
        findings = sum(survey.findings.values()) + 10 * len(survey.unparsable)
        rate = 1000 * findings / survey.python_lines
        top = sorted(survey.findings.items(), key=lambda item: (-item[1], item[0]))[:5]
        items = [
            ChecklistItem(
                "little to find for a linter",
                0.25,
                0.5 ** (rate / self.findings_that_halve),
                f"{rate:.1f} findings per thousand lines"
                + (f" ({', '.join(f'{rule}: {count}' for rule, count in top)})" if top else ""),
            )
        ]
        if survey.blocks:
            share = survey.complex_blocks / survey.blocks
            worst = ", ".join(f"{where} ({value})" for where, value in survey.worst_blocks[:2])
            items.append(
                ChecklistItem(
                    "simple functions",
                    0.2,
                    1 - share / self.complex_share_that_fails,
                    f"{survey.complex_blocks} of {survey.blocks} have a complexity above 10"
                    + (f"; {worst}" if worst else ""),
                    remedy="Split the most complicated functions.",
                )
            )
        if survey.functions:
            typed = survey.typed_functions / survey.functions
            items.append(
                ChecklistItem(
                    "type hints",
                    0.1,
                    typed / self.enough_types,
                    f"{survey.typed_functions} of {survey.functions} functions",
                    remedy="Annotate arguments and results.",
                )
            )
        return items

    def _tests(self, subject: Facts, survey: CodeSurvey) -> ChecklistItem:
        first = survey.test_files[0] if survey.test_files else ""
        others = max(1, survey.lines - survey.test_lines)
        ratio = survey.test_lines / others
        return ChecklistItem(
            "tests",
            0.2,
            ratio / self.enough_tests if first else 0.0,
            f"{len(survey.test_files)} files, {survey.test_lines:,} lines",
            address_of(subject, first) if first else "",
            "Add tests.",
        )


def _present(
    what: str, weight: float, subject: Facts, paths: tuple[str, ...], remedy: str
) -> ChecklistItem:
    first = paths[0] if paths else ""
    url = address_of(subject, first) if first else ""
    return ChecklistItem(what, weight, float(bool(paths)), first, url, remedy)
