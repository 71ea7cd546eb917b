"""Licences that prose names: tags, README sections, badges, links and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import unquote

from ratings.licences.data.tables import pattern, says
from ratings.licences.declared import names
from ratings.licences.declared.expression import normalise
from ratings.licences.detection.detected import Detection
from ratings.licences.detection.mentions import LINK, mentions

MAX_FOUND = 50
MAX_PARAGRAPH = 4000
MAX_HEADING = 300
MAX_UNKNOWN_TEXT = 10_000  # of a licence file that no text matches, this much is read as prose

TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\n]{1,200})", re.IGNORECASE)
TAG_END = re.compile(r"\s*(?:\*/|-->|\*\)|\"|'|`|,|#}).*$")
HEADING = re.compile(r"^(?:#{1,6}\s+|\*\*|<h\d[^>]*>)(.{1,120}?)(?:\*\*:?|</h\d>|\s#+)?\s*$")
UNDERLINE = re.compile(r"^(?:=+|-{3,})\s*$")
FENCE = re.compile(r"^\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text between blank lines, with the number of its first line and its heading."""

    text: str
    line: int
    in_section: bool

    def line_at(self, offset: int) -> int:
        return self.line + self.text.count("\n", 0, offset)


def tags(text: str) -> list[Detection]:
    """``SPDX-License-Identifier`` lines, as https://reuse.software asks for them."""
    found: dict[str, Detection] = {}
    line, counted = 1, 0
    for match in islice(TAG.finditer(text), MAX_FOUND):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        declared = normalise(TAG_END.sub("", match[1]).strip())
        if declared.expression and declared.is_known:
            tag = Detection(declared.expression, 0.99, line, line, "tag")
            found.setdefault(declared.expression, tag)
    return list(found.values())


def readme(text: str) -> list[Detection]:
    """What a README says: its licence section, else badges and sentences."""
    found: list[Detection] = []
    for paragraph in _paragraphs(text):
        found += _badges(paragraph)
        found += _section(paragraph) if paragraph.in_section else _sentences(paragraph)
        if len(found) >= MAX_FOUND:
            break
    in_section = {each.spdx for each in found if each.method in ("section", "link")}
    if len(in_section) > 1:
        note = f"the licence section names {len(in_section)} licences"
        found = [
            replace(each, confidence=min(each.confidence, 0.6), note=each.note or note)
            if each.spdx in in_section
            else each
            for each in found
        ]
    return found


def sentences(text: str) -> list[Detection]:
    """Sentences that grant a licence by its name, in a file that is not the licence's text."""
    found = [
        each
        for p in _paragraphs(text[:MAX_UNKNOWN_TEXT])
        for each in _sentences(p) + _links(p, 0.6)
    ]
    return found[:MAX_FOUND]


def _paragraphs(text: str) -> Iterator[Paragraph]:
    """The prose of a Markdown text, without front matter and code."""
    lines = text.split("\n")
    in_code, in_section = False, False
    start, held = 0, list[str]()
    for number, written in enumerate([*lines[_body(lines) :], ""], _body(lines) + 1):
        is_fence = bool(FENCE.match(written))
        in_code ^= is_fence
        line = "" if is_fence else written
        heading = None if in_code or len(line) > MAX_HEADING else HEADING.match(line)
        if UNDERLINE.match(line) and len(held) == 1:  # Setext heading
            in_section = _is_licence_heading(held[0])
            held = []
            continue
        if line.strip() and not in_code and not heading:
            start = start if held else number
            held.append(line)
            continue
        if held:
            yield Paragraph("\n".join(held)[:MAX_PARAGRAPH], start, in_section)
            held = []
        if heading:
            in_section = _is_licence_heading(heading[1])
            if in_section or says("about_licence", heading[1]):
                yield Paragraph(line, number, in_section)


def _body(lines: list[str]) -> int:
    """Where the prose begins: after YAML front matter."""
    if lines and lines[0].lstrip("\ufeff").strip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.strip() == "---":
                return number + 1
    return 0


def _is_licence_heading(heading: str) -> bool:
    return says("about_licence", heading) and not says("about_others", heading)


def _badges(paragraph: Paragraph) -> list[Detection]:
    found = []
    for match in pattern("badge").finditer(paragraph.text):
        value = unquote(match["value"].replace("--", "-")).replace("_", " ")
        declared = normalise(value)
        if declared.expression and declared.is_known:
            line = paragraph.line_at(match.start())
            found.append(Detection(declared.expression, 0.85, line, line, "badge", value[:80]))
    return found


def _section(paragraph: Paragraph) -> list[Detection]:
    """Names and links in a licence section."""
    found = _links(paragraph, 0.9)
    known = {each.spdx for each in found}
    for licence, start, end in mentions(paragraph.text, is_section=True):
        sentence = _sentence_around(paragraph.text, start, end)
        confidence, note = _weigh(sentence, licence, start_confidence=0.9)
        if licence in known and confidence >= 0.9:
            continue
        line = paragraph.line_at(start)
        found.append(Detection(licence, confidence, line, line, "section", note))
    return found


def _links(paragraph: Paragraph, confidence: float) -> list[Detection]:
    found = []
    for match in LINK.finditer(paragraph.text):
        licence = names.from_link(match[0].rstrip(".,;"))
        if licence:
            line = paragraph.line_at(match.start())
            found.append(Detection(licence, confidence, line, line, "link", match[0][:100]))
    return found


def _sentences(paragraph: Paragraph) -> list[Detection]:
    """Grants such as "released under the Apache License 2.0"."""
    found = []
    if not says("grant", paragraph.text) or not says("says_licence", paragraph.text):
        return []
    for licence, start, end in mentions(paragraph.text, is_section=False):
        sentence = _sentence_around(paragraph.text, start, end)
        before = paragraph.text[max(0, start - 120) : start].rsplit(". ", 1)[-1]
        if not says("grant", before) or not says("says_licence", sentence):
            continue
        confidence, note = _weigh(sentence, licence, start_confidence=0.75)
        line = paragraph.line_at(start)
        found.append(Detection(licence, confidence, line, line, "sentence", note))
    return found


def _sentence_around(text: str, start: int, end: int) -> str:
    first = max(text.rfind(". ", 0, start) + 1, text.rfind("\n\n", 0, start) + 1, start - 300, 0)
    stop = text.find(". ", end)
    return " ".join(text[first : min(stop if stop >= 0 else len(text), end + 150)].split())


def _weigh(sentence: str, licence: str, *, start_confidence: float) -> tuple[float, str]:
    """Less confidence for a denial, for another subject than the whole, for a mere family."""
    note = sentence[:160]
    if says("doubt", sentence):
        return 0.4, note
    if says("other_subject", sentence):
        return min(start_confidence, 0.6), note
    if licence.endswith("-family") or licence == "LicenseRef-openrail":
        return min(start_confidence, 0.7), note
    return start_confidence, note
