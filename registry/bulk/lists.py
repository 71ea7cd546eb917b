"""Reading a list of addresses as a stream: what each line asks for, or what is wrong with it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from registry.bulk import formats
from registry.bulk.formats import Fields, Problem, UnreadableList

MAX_LINE_BYTES = 65_536
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a list: what it asks for, or in ``problem`` why nobody can tell."""

    source: str  # the name of the list
    number: int  # where it is there, beginning with 1
    url: str = ""
    type: str = ""
    name: str = ""
    revision: str = ""
    owner: str = ""
    problem: str = ""

    @property
    def where(self) -> str:
        return f"{self.source}:{self.number}"


def from_arguments(urls: Iterable[str]) -> Iterator[ListLine]:
    """The addresses of a command line, as a list of their own."""
    for number, url in enumerate(urls, start=1):
        yield ListLine("arguments", number, url=url.strip())


class ListReader:
    """The lines of one list, read while they are asked for; a broken one stops no other.

    ``form`` is one of ``formats.FORMS``, or '' to tell by the first line and the name.
    ``warnings`` fills up meanwhile with what was ignored.
    """

    def __init__(self, stream: BinaryIO, *, source: str, form: str = "") -> None:
        self.stream = stream
        self.source = source
        self.form = form
        self.warnings: list[str] = []

    def __iter__(self) -> Iterator[ListLine]:
        texts = _texts(self.stream)
        try:
            for number, found in self._entries(texts):
                yield self._line(number, found)
        except UnreadableList as exc:
            reason = f"Nothing of this list is read from here on. {exc}"
            yield ListLine(self.source, exc.number, problem=reason)

    def _entries(self, texts: Iterator[formats.Text]) -> Iterator[formats.Entry]:
        """All entries; what cannot be read before the form is known is told as well."""
        for number, text in texts:
            if isinstance(text, Problem):
                yield number, text
                continue
            form = self.form or formats.recognise(text, self.source)
            rest = chain([(number, text)], texts)
            yield from formats.READERS[form](rest, self._ignore)
            return

    def _line(self, number: int, found: Fields | Problem) -> ListLine:
        if isinstance(found, Problem):
            return ListLine(self.source, number, url=found.text, problem=found.reason)
        values = {name: found.get(name, "").strip() for name in formats.COLUMNS}
        values["type"] = values["type"].lower()
        problem = "" if values["url"] else "This line has no url."
        return ListLine(self.source, number, **values, problem=problem)

    def _ignore(self, names: Iterable[str]) -> None:
        told = ", ".join(repr(name[:40]) for name in list(names)[: formats.MAX_IGNORED])
        known = ", ".join(formats.COLUMNS)
        self.warnings.append(f"{self.source}: ignored {told}; what is read is {known}.")


def _texts(stream: BinaryIO) -> Iterator[formats.Text]:
    """The numbered lines that say something, decoded; blank ones and comments are left out."""
    for number, data in enumerate(_pieces(stream), start=1):
        if number == 1:
            if data.startswith(_UTF_16) and b"\0" in data[2:4]:
                raise UnreadableList(1, "It is UTF-16; save it as UTF-8.")
            data = data.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - the mark is no text
        if data.lstrip().startswith(b"#"):  # in whatever encoding and length
            continue
        if len(data) > MAX_LINE_BYTES:
            yield number, Problem(f"This line is longer than {MAX_LINE_BYTES:,} bytes.")
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError:
            shown = data[: formats.SHOWN].decode(errors="replace")
            yield number, Problem("This line is not UTF-8.", shown)
            continue
        if "\0" in text:
            yield number, Problem("This line holds a NUL character.", text[: formats.SHOWN])
        elif text.strip() and not text.lstrip().startswith("#"):
            yield number, text.rstrip("\r\n")


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The lines as bytes; of one that is too long only the beginning, one byte too much."""
    number = 1
    try:
        while data := stream.readline(MAX_LINE_BYTES + 1):
            yield data
            number += 1
            while len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
                data = stream.readline(MAX_LINE_BYTES + 1)
    except OSError as exc:  # a disk, a pipe or a network drive may fail after it was opened
        raise UnreadableList(number, f"It cannot be read: {exc.strerror or exc}.") from exc
