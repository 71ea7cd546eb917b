"""Which licences the files of a repository hold or name, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from ratings.licences.detection import prose, texts
from ratings.licences.detection.texts import CERTAIN

MAX_CHARACTERS = 1_000_000
REMEMBERED_CHARACTERS = 50_000  # of one text; the GPL has 35,000
MAX_PATHS = 50

MAX_NAME = 100

LICENCE_WORDS = frozenset(
    "license licence licenses licences copying copyright notice notices eula legal patents"
    " unlicense unlicence".split()
)
NOT_A_TEXT = re.compile(
    r"\.(?:py|js|ts|jsx|tsx|json|ya?ml|toml|go|rs|java|c|cc|cpp|h|hpp|rb|php|png|jpe?g|gif|svg|pdf|docx?"
    r"|csv|tsv|parquet|zip|gz|bin|safetensors|ipynb|sh|cfg|ini|css|lock|xml|tmpl|template|j2)$",
    re.IGNORECASE,
)
OTHERS_WORK = frozenset(
    "node_modules vendor vendored third_party third-party thirdparty external externals deps"
    " site-packages submodules .git tests test testdata fixtures".split()
)
README = re.compile(r"readme(?:[._-].{0,60})?", re.IGNORECASE)
NOTICE = re.compile(r"notices?(?:\.\w+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Detection:
    """One licence seen in one file.

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

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def licence_paths(paths: Iterable[str]) -> list[str]:
    """The files of a repository that hold its own licence, nearest to the root first."""
    found = [path for path in paths if _is_licence_path(path)]
    return sorted(found, key=lambda path: (path.count("/"), path.lower()))[:MAX_PATHS]


def _is_licence_path(path: str) -> bool:
    *folders, name = path.replace("\\", "/").split("/")
    if OTHERS_WORK.intersection(folder.lower() for folder in folders):
        return False
    if any(folder.upper() == "LICENSES" for folder in folders):  # https://reuse.software
        return not NOT_A_TEXT.search(name)
    if len(name) > MAX_NAME or NOT_A_TEXT.search(name):
        return False
    return bool(LICENCE_WORDS.intersection(re.split(r"[-_. ]", name.lower())))


def detect(text: str, path: str) -> list[Detection]:
    """The licences that a file holds or names, the surest first.

    A README is read for tags, its licence section, badges and sentences; anything else as a licence
    text first. Only the first million characters are read. What was read lately is remembered: a
    rating asks twice, and most artifacts carry the same few texts.
    """
    look = _detected if len(text) <= REMEMBERED_CHARACTERS else _detected.__wrapped__
    return list(look(text, path))


@lru_cache(maxsize=128)
def _detected(text: str, path: str) -> tuple[Detection, ...]:
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if not text.strip():
        return ()
    if README.fullmatch(name):
        found = prose.readme(text)
    elif NOTICE.fullmatch(name):
        found = texts.recognise(text) or prose.sentences(text)
    else:
        found = _licence_file(text)
    # A licence that quotes a tag (to show how one is written) is not under that tag.
    whole = [each for each in found if each.confidence >= CERTAIN]
    tags = [
        tag
        for tag in prose.tags(text)
        if not any(each.first_line <= tag.first_line <= each.last_line for each in whole)
    ]
    if len(tags) > 1:
        tags = [replace(tag, confidence=0.8, note="one of several tags here") for tag in tags]
    if README.fullmatch(name):  # which may show a tag to explain it
        tags = [replace(tag, confidence=min(tag.confidence, 0.9)) for tag in tags]
    if any(each.is_altered for each in found):  # a tag cannot say that the words beside it are none
        tags = [replace(tag, confidence=min(tag.confidence, 0.7)) for tag in tags]
    found += tags
    seen: dict[str, Detection] = {}
    for each in sorted(found, key=_rank):
        detection = Detection(
            each.id,
            round(each.confidence, 3),
            each.first_line,
            each.last_line,
            each.method,
            each.note,
            path,
            each.quote,
            each.quote_line,
            each.is_altered,
            each.is_restricting,
        )
        seen.setdefault(each.id, detection)
    return tuple(seen.values())


def _rank(each: texts.Found) -> tuple[bool, bool, float, int]:
    """The surest first; of what is certain a text before the tag that names it."""
    return each.confidence < CERTAIN, each.method == "tag", -each.confidence, each.first_line


def _licence_file(text: str) -> list[texts.Found]:
    found = texts.recognise(text)
    title = texts.titled(text)
    if title and not any(each.id == title for each in found):
        note = "recognised by its title; the words themselves are not compared"
        certain = [each for each in found if each.confidence >= CERTAIN]
        if not certain:
            last = text.count("\n") + 1
            return [texts.Found(title, 0.9, 1, last, "title", note)]
    return found or prose.sentences(text)
