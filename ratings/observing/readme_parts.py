"""The parts of a README that judgement looks at: sections, code, tables and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What templates leave behind says that nobody has written this part yet.
_PLACEHOLDER = re.compile(
    r"[\[(*_]*\s*more information (?:is )?needed\s*[\])*_.]*|\[(?:optional|todo|tbd)\]|\bn/a\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadmeSection:
    """A heading and the words below it, down to the next heading of any level."""

    title: str
    level: int
    line: int
    text: str

    @property
    def is_written(self) -> bool:
        """Whether somebody wrote something here beyond what the template says."""
        return len(words(_PLACEHOLDER.sub(" ", self.text))) >= 4


@dataclass(frozen=True, slots=True)
class Code:
    """One block of code as it stands in the README."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ReadmeTable:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class ReadmeLink:
    text: str
    url: str
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The structure of one README. Lines count from 1 in the whole file."""

    sections: tuple[ReadmeSection, ...] = ()
    code: tuple[Code, ...] = ()
    tables: tuple[ReadmeTable, ...] = ()
    links: tuple[ReadmeLink, ...] = ()
    paragraphs: tuple[tuple[str, int], ...] = ()
    is_cut: bool = False

    @property
    def prose(self) -> str:
        return "\n".join(text for text, _ in self.paragraphs)

    def sections_about(self, pattern: re.Pattern[str]) -> Iterator[ReadmeSection]:
        """The sections whose heading matches and that somebody has written."""
        for index, section in enumerate(self.sections):
            if pattern.search(section.title) and self._has_content(index):
                yield section

    def first(self, pattern: re.Pattern[str]) -> tuple[str, int] | None:
        """The first paragraph that matches, and its line."""
        return next((found for found in self.paragraphs if pattern.search(found[0])), None)

    def _has_content(self, index: int) -> bool:
        section = self.sections[index]
        below = self.sections[index + 1 :]
        end = next((one.line for one in below if one.level <= section.level), 10**9)
        within = [section, *(one for one in below if one.line < end)]
        if any(one.is_written for one in within):
            return True
        lines = (*(one.line for one in self.code), *(one.line for one in self.tables))
        return any(section.line < line < end for line in lines)


def words(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return re.findall(r"[^\W_]+", text.casefold())
