"""Reads a README the way judgement needs it: sections, code, tables and links, with lines.

The text is somebody else's words: it is looked at, never obeyed, and never long enough to
keep anybody waiting.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from artifacts.facts import Facts
from artifacts.facts.cards import parse_card
from ratings.observing.readme_parts import Code, Reading, ReadmeLink, ReadmeSection, ReadmeTable

MAXIMUM_CHARACTERS = 1_000_000
_MAXIMUM_NESTING = 20
_MAXIMUM_LINE = 20_000
_MAXIMUM_PARTS = 2_000

_LINK = re.compile(
    r"\[(?P<text>[^\[\]\n]{0,300})\]\(\s{0,3}<?(?P<url>[^()\s<>]{1,2000})"
    r"|(?P<bare>https?://[^\s<>()\[\]\"'`|]{3,2000})"
    r"|href\s{0,3}=\s{0,3}[\"'](?P<href>[^\"'\s]{1,2000})",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# A line that speaks to whoever rates says nothing about the artifact, so it is no evidence.
_TO_THE_RATER = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|above|previous|prompts?)\b"
    r"|\b(?:give|assign|rate|grade|award|set|score|mark)\b.{0,40}\b(?:this (?:model|repository"
    r"|repo|dataset|artifact)|net[_ ]?score|ratings?|(?:all|every) (?:metric|score)s?|the gate)\b"
    r"|^\s{0,8}(?:system|assistant)\s{0,3}:",
    re.IGNORECASE,
)


def reading(facts: Facts) -> Reading:
    """The structure of the README of ``facts``; empty where it has none."""
    return read(facts.readme) if facts.readme else Reading()


@lru_cache(maxsize=8)
def read(readme: str) -> Reading:
    """The structure of ``readme``, front matter left out."""
    card = parse_card(readme[:MAXIMUM_CHARACTERS])
    body = "\n".join(line[:_MAXIMUM_LINE] for line in re.split(r"\r\n|\r|\n", card.body))
    collector = _Collector(offset=card.body_line)
    collector.collect(_parser().parse(body))
    return collector.reading(is_cut=len(readme) > MAXIMUM_CHARACTERS)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAXIMUM_NESTING}).enable("table")
    # Blocks are all that is needed; what is inside a line is read with linear expressions.
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


@dataclass(slots=True)
class _Collector:
    offset: int
    titles: list[tuple[str, int, int, list[str]]] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    tables: list[ReadmeTable] = field(default_factory=list)
    links: list[ReadmeLink] = field(default_factory=list)
    paragraphs: list[tuple[str, int]] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    table_line: int = 0
    line: int = 1
    heading: int | None = None
    in_table: bool = False

    def collect(self, tokens: Iterable[Token]) -> None:
        handlers: dict[str, Callable[[Token], None]] = {
            "heading_open": self._open_heading,
            "heading_close": self._close_heading,
            "fence": self._add_code,
            "code_block": self._add_code,
            "table_open": self._open_table,
            "table_close": self._close_table,
            "tr_open": self._open_row,
            "tr_close": self._close_row,
            "inline": self._add_inline,
            "html_block": self._add_html,
        }
        for token in tokens:
            if token.map:
                self.line = token.map[0] + self.offset
            if token.type in handlers:
                handlers[token.type](token)

    def _open_heading(self, token: Token) -> None:
        self.heading = int(token.tag[1:])

    def _close_heading(self, _: Token) -> None:
        self.heading = None

    def _add_code(self, token: Token) -> None:
        stated = token.info.split()
        line = self.line + (token.type == "fence")
        self.code.append(Code(stated[0].casefold() if stated else "", token.content, line))

    def _open_table(self, _: Token) -> None:
        self.in_table, self.rows, self.table_line = True, [], self.line

    def _close_table(self, _: Token) -> None:
        self.in_table = False
        self._add_table(self.rows, self.table_line)

    def _open_row(self, _: Token) -> None:
        self.cells = []

    def _close_row(self, _: Token) -> None:
        self.rows.append(tuple(self.cells))

    def _add_inline(self, token: Token) -> None:
        if self.in_table:
            self.cells.append(plain(token.content))
            self._add_links(token.content)
        elif self.heading is not None:
            self.titles.append((plain(token.content), self.heading, self.line, []))
            self._add_links(token.content)
        else:
            self._add_text(token.content)

    def _add_text(self, text: str) -> None:
        self._add_links(text)
        shown = plain("\n".join(x for x in text.split("\n") if not _TO_THE_RATER.search(x)))
        if shown:
            self.paragraphs.append((shown, self.line))
            if self.titles:
                self.titles[-1][3].append(shown)

    def _add_html(self, token: Token) -> None:
        text = _COMMENT.sub(" ", token.content)
        self._add_table(list(_html_rows(text)), self.line)
        self._add_text(text)

    def _add_table(self, rows: list[tuple[str, ...]], line: int) -> None:
        if rows:
            self.tables.append(ReadmeTable(rows[0], tuple(rows[1:]), line))

    def _add_links(self, text: str) -> None:
        for found in _LINK.finditer(text):
            url = found.group("url") or found.group("bare") or found.group("href") or ""
            line = self.line + text.count("\n", 0, found.start())
            self.links.append(ReadmeLink(found.group("text") or "", url.rstrip(".,;:!?*"), line))

    def reading(self, *, is_cut: bool) -> Reading:
        return Reading(
            sections=tuple(
                ReadmeSection(title, level, line, "\n".join(text))
                for title, level, line, text in self.titles[:_MAXIMUM_PARTS]
            ),
            code=tuple(self.code[:_MAXIMUM_PARTS]),
            tables=tuple(self.tables[:_MAXIMUM_PARTS]),
            links=tuple(self.links[: 10 * _MAXIMUM_PARTS]),
            paragraphs=tuple(self.paragraphs[: 10 * _MAXIMUM_PARTS]),
            is_cut=is_cut,
        )


def _html_rows(text: str) -> Iterator[tuple[str, ...]]:
    for row in re.split(r"<tr\b", text, flags=re.IGNORECASE)[1:]:
        inside = re.split(r"</tr", row, maxsplit=1, flags=re.IGNORECASE)[0]
        cells = re.split(r"<t[hd]\b[^<>]{0,300}>", inside, flags=re.IGNORECASE)[1:]
        if cells:
            yield tuple(plain(cell) for cell in cells)


def plain(text: str) -> str:
    """What a reader sees of a line of Markdown or HTML."""
    shown = re.sub(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}[^()\n]{0,300}\)", r"\1", text)
    shown = html.unescape(_TAG.sub(" ", shown))
    return re.sub(r"[*`]|\\(?=\W)", "", shown).strip()
