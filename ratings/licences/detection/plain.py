"""Words that may stand in or beside a licence text without changing what it permits.

Everything else is a term of its own: no list of restricting words is ever complete, so only
what is known to be harmless is let through. Where a name may stand, the words that take
something away are looked for instead, because a name can be anything. The words themselves are
in ``data/wording.json``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ratings.licences.data.tables import pattern, says, word_list
from ratings.licences.declared import names, spdx

# What of them takes something away or asks for more.
TAKING = ("takes_away", "takes_away_small", "takes_away_elsewhere", "kind_of_use", "look_alike")
WORD = re.compile(r"[^\W\d_][\w'’.+-]*")
DECORATION = re.compile(
    r"https?://[^\s<>()\[\]]{1,300}|\bwww\.[^\s<>()\[\]]{1,300}|<!-{1,4}|-{2,4}>|<[^<>\n]{1,100}>"
    r"|[*_#=`~|>/\\\[\]{}\"“”•;%]+|(?<!\w)!+|(?<!\w)-+|-+(?!\w)"
)
SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|[。！？]")
WITHOUT_CASE = re.compile("[\u0590-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
TITLE_WORDS = 12
NAME_WORDS = 40
SENTENCE_CHARACTERS = 600
UNKNOWN_SMALL = 8  # words in small letters that names may have: handles, packages
TITLE_SMALL = 4

# Licences whose own text is in another script, which is not compared.
OTHER_SCRIPTS = ("MulanPSL-", "MulanPubL-", "OGDL-Taiwan-", "CC-BY-SA-2.1-JP")
NOT_LATIN = re.compile("[^\\x00-\\u024f\\u2000-\\u206f]+")


def takes_away(words: str) -> bool:
    """Whether words sound as if they took something away or asked for more."""
    said = pattern("scope").sub(" ", _as_read(words))
    return any(says(name, said) for name in TAKING)


def _as_read(words: str) -> str:
    """Words as a reader sees them: letters of full width are letters, and of no width nothing."""
    if words.isascii():
        return words
    seen = "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def restricting(words: str) -> int | None:
    """Where words begin to take something away; None where they only say what they are about."""
    plain = pattern("otherwise").sub(lambda found: " " * len(found[0]), _as_read(words))
    found = [match.start() for name in TAKING if (match := pattern(name).search(plain))]
    return min(found, default=None)


def is_name(words: str) -> bool:
    """Whether words can be the name of somebody, where a licence leaves room for one."""
    return len(WORD.findall(words)) <= NAME_WORDS and not takes_away(words)


def is_notice(line: str) -> bool:
    """Whether a line says whose copyright it is, and nothing else."""
    rest = pattern("copyright").sub(" ", line)
    if rest == line or not _is_nominal(rest, UNKNOWN_SMALL):
        return False
    holder, *more = SENTENCE_END.split(rest)
    if says("changed", rest) or (_is_finished(holder) and not _is_nominal(holder, 1)):
        return False
    return not any(_is_finished(each) or not _is_nominal(each, 1) for each in more)


def _is_finished(line: str) -> bool:
    """Whether a line ends as a sentence does, and not with the name of somebody or with "Inc."."""
    words = WORD.findall(line)
    last = words[-1].strip(".") if words else ""
    if re.search(r"[!?]\W*$", line):
        return True
    return (
        bool(re.search(r"\.\W*$", line))
        and last[:1].islower()
        and last not in word_list("name_words")
    )


def is_title(line: str, licence: str) -> bool:
    """Whether a line can be the title of a licence or the name of what is under it."""
    if spdx.is_same_text(licence, names.from_name(line)):
        return True
    if len(WORD.findall(line)) > TITLE_WORDS or says("changed", line) or _is_finished(line):
        return False
    if pattern("granted").match(line):  # by what and to whom is read elsewhere
        return False
    return not _is_without_case(line) and _is_nominal(line, TITLE_SMALL)


def _is_without_case(line: str) -> bool:
    """Whether most letters are of scripts in which nothing tells a name from a sentence."""
    line = pattern("languages").sub("", line)
    return 2 * len(WITHOUT_CASE.findall(line)) > sum(map(str.isalpha, line))


def _is_nominal(words: str, small: int) -> bool:
    """Whether words name something and say nothing of it."""
    found = WORD.findall(words)
    strange = (
        w for w in found if w[:1].islower() and w.lower().strip(".") not in word_list("name_words")
    )
    said = words[:1].lower() + words[1:]
    return not (takes_away(words) or says("sentence", said)) and len(list(strange)) <= small


def foreign(passage: str, licence: str) -> Iterator[str]:
    """The sentences of a passage beside a licence that may change it."""
    if licence.startswith(OTHER_SCRIPTS):
        passage = NOT_LATIN.sub(" ", passage)
    explained = pattern("explanation").search(passage)
    before = passage[: explained.start()] if explained else passage
    for sentence in _sentences(before, licence):
        if not _is_plain(sentence, licence):
            yield sentence
    if explained:
        for sentence in _sentences(passage[explained.end() :], licence):
            if says("restriction", sentence) or says("takes_away_elsewhere", sentence):
                yield sentence


def _sentences(passage: str, licence: str) -> Iterator[str]:
    """What is left of a passage without copyright notices, titles and signs."""
    held: list[str] = []
    for line in passage.split("\n"):
        plain = " ".join(DECORATION.sub(" ", line).split())
        if not plain or is_notice(plain) or (not held and is_title(plain, licence)):
            yield from _split(held)
            held = []
        else:
            held.append(plain)
    yield from _split(held)


def _split(lines: list[str]) -> Iterator[str]:
    text = pattern("assent").sub(_unless_for_money, " ".join(lines))
    for sentence in SENTENCE_END.split(text):
        if any(map(str.isalpha, sentence)):
            yield sentence.strip()


def _unless_for_money(assent: re.Match[str]) -> str:
    return assent[0] if says("for_money", assent[0]) else " "


def _is_plain(sentence: str, licence: str) -> bool:
    if is_notice(sentence) or is_title(sentence, licence):
        return True
    if len(sentence) > SENTENCE_CHARACTERS:
        return False
    about = pattern("about").match(sentence)
    if about:
        rest = sentence[about.end() :]
        return not (takes_away(rest) or says("more_than_origin", rest) or says("changed", about[0]))
    if says("origin", sentence) and not takes_away(sentence):
        return not says("more_than_origin", sentence)
    granted = pattern("granted").match(sentence)
    if not granted or takes_away(
        sentence[: granted.start("name")] if granted["name"] else sentence
    ):
        return False
    name = (granted["name"] or "below").strip(" .,;:'’-")
    return any(
        (pattern("this_text").fullmatch(part) or spdx.is_same_text(licence, names.from_name(part)))
        and not takes_away(name[len(part) :])
        for part in (
            name,
            re.split(r"\s*[,:(]", name)[0],
            re.sub(r",? as follows|,? below|,? above", "", name),
        )
    )
