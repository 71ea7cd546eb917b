"""Which licence a text is, word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ratings.licences.data.tables import says, word_list
from ratings.licences.declared.spdx import canonical, family
from ratings.licences.detection import fingerprint, plain, titles
from ratings.licences.detection.detected import CERTAIN, Detection
from ratings.licences.detection.differing import Difference, differing, quoted

ACCEPT = 0.98  # Dice: Llama 3.1 against 3.2 is 0.973, MIT with a rider against MIT 0.966
REVIEW = 0.90
ALTERED = 0.8  # confidence in the name of a text that has words of its own

MANY = 10_000  # words
CLEARLY = 0.005  # by so much another licence must be nearer to be a rival
BUT_A_NUMBER = "the same but for a number"
RUN = 6  # consecutive foreign words that make a sentence of their own


@dataclass(frozen=True, slots=True)
class _Span:
    id: str
    start: int
    end: int


def recognise(text: str, *, by_title: bool = True) -> list[Detection]:
    """The licences whose full text this is, in the order of the text, else the one of its title."""
    found = _recognised(text)
    title = titles.titled(text) if by_title else ""
    if title and not any(each.spdx == title or each.is_certain for each in found):
        note = "recognised by its title; the words themselves are not compared"
        return [Detection(title, 0.9, 1, text.count("\n") + 1, "title", note)]
    return found


def _recognised(text: str) -> list[Detection]:
    spans = _spans(text)
    distinct = list(dict.fromkeys(span.id for span in spans))
    near = fingerprint.nearest(text)
    if len(distinct) == 1:
        return [_one(text, spans, near)]
    if distinct:
        return _several(text, spans)
    return _by_fingerprint(text, near)


def licence_id(classifier_id: str) -> str:
    """What the classifier calls a licence, as we call it."""
    if classifier_id == "GPL-2.0-or-3.0":
        return "GPL-2.0-only OR GPL-3.0-only"
    return canonical(classifier_id) or f"LicenseRef-{classifier_id.lower()}"


def _line_at(text: str, offset: int) -> int:
    """The number of the line, from 1, that holds an offset."""
    return 1 + text.count("\n", 0, offset)


def _spans(text: str) -> list[_Span]:
    """What licenseclassifier finds, without addresses, how-to-apply notices and doubles."""
    from licenseclassifier import identify_license

    spans = []
    for match in identify_license(text, coverage_threshold=0):
        if text[match.start : match.end].lstrip().startswith("http"):
            continue
        spans.append(_Span(licence_id(match.id), match.start, match.end))
    return _with_lgpl(_without_appendix(spans))


def _without_appendix(spans: list[_Span]) -> list[_Span]:
    """A grant before a GNU text says which versions; one after it only shows how to apply it."""
    kept: list[_Span] = []
    for span in spans:
        before = [each for each in kept if family(each.id) == family(span.id) != span.id]
        if not before:
            kept.append(span)
        elif span.end - span.start > before[0].end - before[0].start:
            longer = _Span(before[0].id, span.start, span.end)
            kept = [longer if each is before[0] else each for each in kept]
    return kept


def _with_lgpl(spans: list[_Span]) -> list[_Span]:
    """The LGPL 3 includes the GPL 3 by reference, so both texts together are the LGPL."""
    ids = {family(span.id) for span in spans}
    if "LGPL-3.0" in ids and "GPL-3.0" in ids:
        lgpl = next(span.id for span in spans if family(span.id) == "LGPL-3.0")
        return [_Span(lgpl, s.start, s.end) if family(s.id) == "GPL-3.0" else s for s in spans]
    return spans


def _one(text: str, spans: list[_Span], near: list[fingerprint.Match]) -> Detection:
    licence = spans[0].id
    first, last = _line_at(text, spans[0].start), _line_at(text, spans[-1].end - 1)
    spots = [(span.start, span.end) for span in spans]
    altered = differing(text, _with_base(licence), spots) or _other(text, licence, near)
    if altered:
        return _changed(licence, first, last, "text", altered)
    note = _gnu_note(licence, text, spans)
    return Detection(licence, 0.99, first, last, "text", note, quote=_beginning(text))


def _other(text: str, licence: str, near: list[fingerprint.Match]) -> Difference | None:
    """Signs that the text is another one than the words alone say."""
    found = titles.other_version(text, licence) or _nearer(licence, near)
    return Difference(found) if found else None


def _changed(licence: str, first: int, last: int, method: str, altered: Difference) -> Detection:
    """A text near a licence that is not it."""
    note = f"with words of its own: “{altered.quote}”"
    return Detection(
        licence,
        ALTERED,
        first,
        last,
        method,
        note,
        quote=altered.quote,
        quote_line=altered.line or first,
        is_altered=True,
        is_restricting=altered.is_restricting,
    )


def _beginning(text: str) -> str:
    """The first words of a text."""
    lines = (" ".join(plain.DECORATION.sub(" ", line).split()) for line in text.split("\n"))
    return quoted(next((line for line in lines if any(map(str.isalpha, line))), ""))


def _with_base(licence: str) -> str:
    """The texts that make up a licence: the LGPL 3 comes with the GPL 3."""
    return f"{licence} OR GPL-3.0-only" if family(licence) == "LGPL-3.0" else licence


def _nearer(licence: str, near: list[fingerprint.Match]) -> str:
    """Another licence that the text is clearly nearer to, in words; '' when there is none."""
    if not near or licence not in fingerprint.hashes_of("fingerprints").ids:
        return ""
    same = [match for match in near if family(match.id) == family(licence)]
    if any(not match.leftover for match in same):  # the same text without its appendix
        return ""
    least = min(match.dice for match in near)  # what is not among the nearest is below all of them
    own = max((match.dice for match in same), default=least)
    foreign = min((len(match.leftover) for match in same), default=MANY)
    rival = next((m for m in near if m.dice > own + CLEARLY and len(m.leftover) < foreign), None)
    return f"nearer to {rival.id} ({rival.dice:.3f} alike)" if rival else ""


def _gnu_note(licence: str, text: str, spans: list[_Span]) -> str:
    longest = max(span.end - span.start for span in spans)
    if licence.endswith("-only") and longest > 0.5 * len(text):
        return "the text alone does not say “or later”"
    return ""


def _several(text: str, spans: list[_Span]) -> list[Detection]:
    """Each licence of a file that holds several, once, where it stands first."""
    note = "one of several licence texts here"
    found: dict[str, Detection] = {}
    for span in spans:
        lines = _line_at(text, span.start), _line_at(text, span.end - 1)
        found.setdefault(span.id, Detection(span.id, 0.9, *lines, "text", note))
    return list(found.values())


def _by_fingerprint(text: str, near: list[fingerprint.Match]) -> list[Detection]:
    """The nearest licence of our own table, where licenseclassifier knows none."""
    if not near:
        return []
    best = near[0]
    for match in near:
        sure = _sure(text, match, near)
        if not sure:
            continue
        confidence, note = sure
        altered = None if note == BUT_A_NUMBER else differing(text, match.id)
        if altered:
            return [_altered(match, altered)]
        lines = match.first_line, match.last_line
        quote = _beginning(text)
        return [Detection(match.id, confidence, *lines, "fingerprint", note, quote=quote)]
    if best.dice >= REVIEW or best.contained >= ACCEPT:
        leftover = " ".join(best.leftover[:12]) or "words are missing"
        return [_altered(best, differing(text, best.id) or Difference(leftover))]
    return []


def _altered(match: fingerprint.Match, altered: Difference) -> Detection:
    return _changed(match.id, match.first_line, match.last_line, "fingerprint", altered)


def _sure(
    text: str, match: fingerprint.Match, near: list[fingerprint.Match]
) -> tuple[float, str] | None:
    """Confidence and note where the text is this licence and no other, else None."""
    if titles.other_version(text, match.id):
        return None
    rivals = [other for other in near if family(other.id) != family(match.id)]
    ahead = all(match.dice > other.dice + CLEARLY for other in rivals)
    if match.dice >= ACCEPT and ahead and not _adds(match.leftover):
        return 0.98, f"{match.dice:.3f} alike"
    if _is_edition(text, match, rivals):
        return 0.95, f"an edition with {match.contained:.0%} of the known text, nothing else"
    if match.contained >= CERTAIN and not rivals and _only_numbers(text, match):
        return 0.95, BUT_A_NUMBER
    is_community = match.id.startswith("LicenseRef-")
    if match.contained >= ACCEPT and is_community and titles.titled(text) == match.id:
        return 0.95, f"{match.contained:.0%} of the licence, followed by more"
    return None


def _is_edition(text: str, match: fingerprint.Match, rivals: list[fingerprint.Match]) -> bool:
    """Whether it says which licence it is, and only optional parts are left out."""
    is_alone = all(len(other.leftover) > 20 for other in rivals)
    is_part = not match.leftover and match.contained >= 0.5
    return is_part and is_alone and titles.says_its_name(text, match)


def _adds(leftover: tuple[str, ...]) -> bool:
    """Whether foreign words could change what the licence permits."""
    if not word_list("negation").isdisjoint(leftover):
        return True
    return len(leftover) >= RUN and says("condition", " ".join(leftover))


def _only_numbers(text: str, match: fingerprint.Match) -> bool:
    """The words that differ are a short title before it, and whole numbers that name no version."""
    lines = text.splitlines()
    title = " ".join(lines[: match.first_line - 1])
    title_words = fingerprint.words(title)
    inner = list(match.leftover)
    for word in title_words:
        if word in inner:
            inner.remove(word)
    if len(title_words) > 15 or says("condition", title):
        return False
    body = "\n".join(lines[match.first_line - 1 :])
    return all(
        word.isdigit() and not re.search(rf"(?:version|v\.?|llama)\s*{word}\b", body, re.IGNORECASE)
        for word in inner
    )
