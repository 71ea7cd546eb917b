"""Which licences the files of a repository hold or name, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from ratings.licences.data.tables import says, word_list
from ratings.licences.detection import prose
from ratings.licences.detection.detected import CERTAIN, Detection

MAX_CHARACTERS = 1_000_000
REMEMBERED_CHARACTERS = 50_000  # of one text; the GPL has 35,000
MAX_PATHS = 50

MAX_NAME = 100

README = re.compile(r"readme(?:[._-].{0,60})?", re.IGNORECASE)
NOTICE = re.compile(r"notices?(?:\.\w+)?", re.IGNORECASE)


def licence_paths(paths: Iterable[str]) -> list[str]:
    """The files of a repository that hold its own licence, nearest to the root first."""
    found = [path for path in paths if _is_licence_path(path)]
    return sorted(found, key=lambda path: (path.count("/"), path.lower()))[:MAX_PATHS]


def _is_licence_path(path: str) -> bool:
    *folders, name = path.replace("\\", "/").split("/")
    if word_list("others_work").intersection(folder.lower() for folder in folders):
        return False
    if any(folder.upper() == "LICENSES" for folder in folders):  # https://reuse.software
        return not says("not_a_text", name)
    if len(name) > MAX_NAME or says("not_a_text", name):
        return False
    return not word_list("licence_files").isdisjoint(re.split(r"[-_. ]", name.lower()))


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
    if not text.strip():
        return ()
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    is_readme = README.fullmatch(name) is not None
    if is_readme:
        found = prose.readme(text)
    else:
        from ratings.licences.detection.recognition import recognise  # which loads numpy

        is_notice = NOTICE.fullmatch(name) is not None
        found = recognise(text, by_title=not is_notice) or prose.sentences(text)
    seen: dict[str, Detection] = {}
    for each in sorted([*found, *_tags(text, found, is_readme=is_readme)], key=_rank):
        seen.setdefault(each.spdx, each)
    return tuple(
        replace(each, path=path, confidence=round(each.confidence, 3)) for each in seen.values()
    )


def _tags(text: str, found: list[Detection], *, is_readme: bool) -> list[Detection]:
    """The tags of a file, each as sure as what stands around it lets it be."""
    # A licence that quotes a tag (to show how one is written) is not under that tag.
    whole = [each for each in found if each.is_certain]
    tags = [
        tag
        for tag in prose.tags(text)
        if not any(each.first_line <= tag.first_line <= each.last_line for each in whole)
    ]
    if len(tags) > 1:
        tags = [replace(tag, confidence=0.8, note="one of several tags here") for tag in tags]
    most = 1.0
    if is_readme:  # which may show a tag to explain it
        most = 0.9
    if any(each.is_altered for each in found):  # a tag cannot say that the words beside it are none
        most = 0.7
    return [replace(tag, confidence=min(tag.confidence, most)) for tag in tags]


def _rank(each: Detection) -> tuple[bool, bool, float, int]:
    """The surest first; of what is certain a text before the tag that names it."""
    return each.confidence < CERTAIN, each.method == "tag", -each.confidence, each.first_line
