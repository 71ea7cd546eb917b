"""Reads a card: the YAML front matter, the Markdown below it, and what they refer to.

Cards are written by strangers. Whatever is wrong with one ends up as a sentence in
``problem``, never as an exception, and never as a value nobody wrote.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_FRONT_CHARACTERS = 1_000_000
MAX_DEPTH = 64
MAX_NODES = 200_000  # after every alias has been replaced by what it stands for

# The expression that the Hub's server and huggingface_hub share decides what front matter is:
# https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/repocard.py
_FRONT = re.compile(r"^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|$))")
_OPENED = re.compile(r"\s*---[ \t]*(?:\r\n|\r|\n)")
_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Card:
    """``front`` holds plain JSON values; ``body_line`` is the line of the file where it ends."""

    front: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    problem: str = ""


class _Refused(ValueError):
    """The front matter is well-formed and still nothing to load; the message says why."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of ``data`` and, where that needed a guess, what was guessed."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), "It is written in UTF-16, not UTF-8."
            except UnicodeDecodeError:
                return "", "It starts like UTF-16 and is not."
    if b"\0" in data:
        return "", "It holds zero bytes, so it is not text."
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as exc:
        # Latin-1 gives every byte a letter, so this cannot fail; cp1252 could.
        return data.decode("latin-1"), f"It is not UTF-8 (byte {exc.start}); read as Latin-1."


def parse_card(text: str) -> Card:
    """The card in ``text``. A front matter that cannot be read leaves the whole text as body."""
    text = text.removeprefix("\ufeff")
    match = _FRONT.match(text)
    if match is None:
        return Card(body=text, problem=_never_closed(text))
    front, problem = _read(match[2])
    line = 1 + len(_LINE.findall(match[0]))
    return Card(front=front, body=text[match.end() :], body_line=line, problem=problem)


def _read(text: str) -> tuple[dict[str, Any], str]:
    """The keys of a front matter, and what is wrong with it."""
    try:
        front = _load(text)
    except _Refused as exc:
        return {}, str(exc)
    except yaml.YAMLError as exc:
        return {}, f"The front matter is not YAML: {_why(exc)}"
    except ValueError as exc:  # a date like 2024-13-45 is found while it is being built
        return {}, f"The front matter holds no such value: {exc}."
    if not isinstance(front, dict | None):
        return {}, "The front matter is not a set of keys."
    return front or {}, _strictly(text) or _repeated(text)


def _never_closed(text: str) -> str:
    opened = _OPENED.match(text)
    if opened and re.match(r"[\w-]+:(?:\s|$)", text[opened.end() :]):
        return "The front matter is opened by --- and never closed."
    return ""


def _strictly(text: str) -> str:
    """What huggingface_hub's stricter reader finds wrong, which only differs about tabs."""
    if "\t" not in text or len(text) > 100_000:
        return ""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as exc:
        return f"Strict readers refuse the front matter: {_why(exc)}"
    return ""


def _load(text: str) -> Any:
    if len(text) > MAX_FRONT_CHARACTERS:
        raise _Refused(f"The front matter has over {MAX_FRONT_CHARACTERS:,} characters.")
    _measure(text)
    return plain(yaml.load(text, Loader=yaml.CSafeLoader))


def _measure(text: str) -> None:
    """Refuse what would overwhelm the loader: it recurses, and aliases multiply.

    Events arrive one by one from a parser that keeps its own stack, so this pass is
    safe where loading would end the process.
    """
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []  # anchor, and the nodes seen before it
    nodes = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise _Refused(f"The front matter refers to *{event.anchor}, which is not defined.")
            nodes += sizes[event.anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, nodes))
            nodes += 1
        elif isinstance(event, yaml.ScalarEvent):
            nodes += 1
            sizes[event.anchor or ""] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_.pop()
            sizes[anchor or ""] = nodes - before
        _refuse_excess(len(open_), nodes)


def _refuse_excess(depth: int, nodes: int) -> None:
    if depth > MAX_DEPTH:
        raise _Refused(f"The front matter is nested more than {MAX_DEPTH} levels deep.")
    if nodes > MAX_NODES:
        raise _Refused(f"The front matter holds more than {MAX_NODES:,} values.")


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it: dates become ISO 8601, odd keys become text."""
    if isinstance(value, dict):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(inner) for inner in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> str | int | float | bool | None:  # noqa: PLR0911 - one per type
    match value:
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return value.decode("latin-1")
        case str():
            return value.encode("utf-8", "replace").decode().replace("\0", "")
        case int() if value.bit_length() > 63:
            return str(value) if value.bit_length() < 4_000 else "a number too long to print"
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
    return str(value)


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(plain(key)) if key is not None else "null"


def _repeated(text: str) -> str:
    """A word on keys that occur twice at the top, because only the last one counts."""
    found = re.findall(r"^([A-Za-z_][\w-]*):(?=\s|$)", text, re.MULTILINE)
    twice = sorted({key for key in found if found.count(key) > 1}) if len(found) < 5_000 else []
    return f"The front matter repeats {', '.join(twice)}; the last one counts." if twice else ""


def _why(exc: yaml.YAMLError) -> str:
    mark = getattr(exc, "problem_mark", None)
    problem = getattr(exc, "problem", None) or str(exc)
    where = f" (line {mark.line + 2})" if mark else ""
    return f"{' '.join(str(problem).split())[:200]}{where}."
