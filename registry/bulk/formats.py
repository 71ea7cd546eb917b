"""The forms a list can have: an address per line, CSV with a header, an object of JSON per line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import orjson

LINES, CSV, JSONL = "lines", "csv", "jsonl"
COLUMNS = ("url", "type", "name", "revision", "owner")
# A cell of a column that is not ours may go on over so many lines.
MAX_CONTINUED = 20
SHOWN = 200  # characters of a line that cannot be read
MAX_IGNORED = 20  # names of columns that are told; a line may invent new ones each time
_DELIMITERS = ",;\t|"
_BY_SUFFIX = {".csv": CSV, ".tsv": CSV, ".jsonl": JSONL, ".ndjson": JSONL}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be read, and of its text what helps to find it."""

    reason: str
    text: str = ""


Fields = dict[str, str]
Text = tuple[int, str | Problem]
Entry = tuple[int, Fields | Problem]
Ignore = Callable[[Iterable[str]], None]
Reader = Callable[[Iterator[Text], Ignore], Iterator[Entry]]


class UnreadableList(Exception):
    """From line ``number`` on nobody can tell what the lines mean."""

    def __init__(self, number: int, reason: str) -> None:
        self.number = number
        super().__init__(reason)


def recognise(text: str, name: str) -> str:
    """The form of a list by its first line, and where that leaves it open by its file name."""
    if text.lstrip().startswith(("{", "[")):
        return JSONL
    if "url" in _names(text, _delimiter(text)):
        return CSV
    return _BY_SUFFIX.get(PurePath(name).suffix.lower(), LINES)


def read_lines(texts: Iterator[Text], ignore: Ignore) -> Iterator[Entry]:
    """An address per line; what follows a ``#`` behind a space is a comment."""
    for number, text in texts:
        if isinstance(text, Problem):
            yield number, text
            continue
        for mark in (" #", "\t#"):
            text = text.partition(mark)[0]  # noqa: PLW2901 - shorter, not another
        url = text.strip()
        if len(url) > 1 and url[0] == url[-1] and url[0] in "\"'":
            url = url[1:-1]
        yield number, {"url": url}


def read_jsonl(texts: Iterator[Text], ignore: Ignore) -> Iterator[Entry]:
    """An object per line, or only its address as a string."""
    told: set[str] = set()
    for count, (number, text) in enumerate(texts):
        if isinstance(text, Problem):
            yield number, text
            continue
        if not count and text.lstrip().startswith("["):
            raise UnreadableList(
                number, "It is one JSON array; give one object per line (jq -c '.[]' does that)."
            )
        found = _object(text)
        if isinstance(found, dict):
            unknown = [name for name in found if name not in COLUMNS and name not in told]
            if unknown and len(told) < MAX_IGNORED:
                told.update(unknown)
                ignore(unknown)
        yield number, found


def _object(text: str) -> Fields | Problem:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        return Problem(f"This is not JSON: {exc}.", text[:SHOWN])
    if isinstance(found, str):
        return {"url": found}
    if not isinstance(found, dict):
        return Problem("This is neither a JSON object nor the address as a string.", text[:SHOWN])
    fields: Fields = {}
    for key, value in found.items():
        name = key.strip().lower()
        if name not in COLUMNS:
            fields[name] = ""
        elif value is None or isinstance(value, str):
            fields[name] = value or ""
        else:
            return Problem(f"{name} must be a text in quotes.", text[:SHOWN])
    return fields


def read_csv(texts: Iterator[Text], ignore: Ignore) -> Iterator[Entry]:
    """A row per line under a header that names ``url``, or addresses alone without a header."""
    ahead: list[Text] = [next(texts)]  # what was looked at and is still to be read, last first
    number, first = ahead[0]
    assert isinstance(first, str)  # noqa: S101 - the form was recognised by it
    delimiter = _delimiter(first)
    header = _names(first, delimiter)
    if "url" in header:
        ahead.clear()
        ours = [name for name in header if name in COLUMNS]
        if len(ours) != len(set(ours)):
            raise UnreadableList(number, "Its header names a column twice.")
        if unknown := [name for name in header if name and name not in COLUMNS]:
            ignore(unknown)
    elif "://" in first:
        header = ["url"]
    else:
        raise UnreadableList(number, "Its header names no column url.")
    while entry := ahead.pop() if ahead else next(texts, None):
        number, text = entry
        if isinstance(text, Problem):
            yield number, text
            continue
        cells = _cells(text, delimiter)
        if cells is None:
            cells = _continued(text, texts, ahead, header, delimiter)
        yield number, _row(text, cells, header)


def _row(text: str, cells: Sequence[str] | None, header: Sequence[str]) -> Fields | Problem:
    if cells is None:
        reason = "A quote of this row is never closed, or stands in the wrong place."
        return Problem(reason, text[:SHOWN])
    if any(cell.strip() for cell in cells[len(header) :]):
        told = ", ".join(header) if len(header) > 1 else "url (there is no header)"
        return Problem(f"This row has more cells than there are columns: {told}.", text[:SHOWN])
    return dict(zip(header, cells, strict=False))


def _continued(
    text: str,
    texts: Iterator[Text],
    ahead: list[Text],
    header: Sequence[str],
    delimiter: str,
) -> list[str] | None:
    """The cells of a row that goes on over the next lines, or None and they stay to be read.

    Only cells of columns that are not ours may do so: an address whose quote was
    forgotten must not take the rows below with it.
    """
    looked: list[Text] = []
    quotes = text.count('"')
    while quotes % 2 and len(looked) < MAX_CONTINUED:
        entry = ahead.pop() if ahead else next(texts, None)
        if entry is None:
            break
        looked.append(entry)
        if isinstance(entry[1], Problem):
            break
        quotes += entry[1].count('"')
    if looked and not quotes % 2:
        whole = "\n".join([text, *(str(more) for _, more in looked)])
        cells = _cells(whole, delimiter)
        named = dict(zip(header, cells or (), strict=False))
        is_ours_whole = not any("\n" in named.get(name, "") for name in COLUMNS)
        if cells and len(cells) == len(header) and is_ours_whole:
            return cells
    ahead.extend(reversed(looked))
    return None


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one row; None where its quotes do not close."""
    lines = [f"{line}\n" for line in text.split("\n")]
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return None


def _names(header: str, delimiter: str) -> list[str]:
    return [cell.strip().lower() for cell in _cells(header, delimiter) or ()]


def _delimiter(header: str) -> str:
    """The delimiter that occurs most in the header."""
    return max(_DELIMITERS, key=header.count)


READERS: dict[str, Reader] = {LINES: read_lines, CSV: read_csv, JSONL: read_jsonl}
FORMS = tuple(READERS)
