"""One licence seen in one file."""

from __future__ import annotations

from dataclasses import dataclass

from ratings.licences.data.tables import says

CERTAIN = 0.95  # confidence from which an answer counts without a person looking at it


@dataclass(frozen=True, slots=True)
class Detection:
    """A licence in a text: where, how sure, and how it was recognised.

    ``spdx`` is an SPDX expression or a ``LicenseRef-`` id. ``confidence`` of ``CERTAIN`` or more
    counts without a person looking; below that it is a hint. ``method`` is ``tag``, ``text``,
    ``fingerprint``, ``title``, ``section``, ``badge``, ``link`` or ``sentence``. An ``is_altered``
    text is near ``spdx`` and not it: ``quote`` holds the words of its own, ``is_restricting`` says
    that they take something away. Of a whole text ``quote`` is how it begins.
    """

    spdx: str
    confidence: float
    first_line: int
    last_line: int
    method: str
    note: str = ""
    path: str = ""
    quote: str = ""
    quote_line: int = 0
    is_altered: bool = False
    is_restricting: bool = False

    @property
    def is_certain(self) -> bool:
        return self.confidence >= CERTAIN

    @property
    def is_text(self) -> bool:
        """Whether the terms themselves were there, not only their name."""
        return self.method in ("text", "fingerprint", "title")

    @property
    def is_own(self) -> bool:
        """Whether a file speaks for the whole artifact: at its root, or where REUSE keeps licences.

        A notice is about the works of others that are inside, other files about a part of it.
        """
        *folders, name = self.path.split("/")
        if says("borrowed", name) or says("part", name):
            return False
        return not folders or [folder.upper() for folder in folders] == ["LICENSES"]
