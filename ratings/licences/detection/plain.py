"""Words that may stand in or beside a licence text without changing what it permits.

Everything else is a term of its own: no list of restricting words is ever complete, so only
what is known to be harmless is let through. Where a name may stand, the words that take
something away are looked for instead, because a name can be anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ratings.licences.declared import names, spdx

# Words that take something away or ask for more, in any case of letters.
TAKES_AWAY = re.compile(
    r"\b(?:not?|non|never|without|only|solely|must|shall|should|cannot|except\w*|exclu\w+|unless"
    r"|until|restrict\w*|prohibit\w*|forbid\w*|forbidden|permi(?:t|ssion)\w*|allow\w*|refus\w+|deny|denied"
    r"|require[sd]?|obliged?|limit(?:s|ed)?(?= to)|limits|condition\w*|additional\w*|supplement\w*"
    r"|notwithstanding|noncommercial\w*|non-?commercial\w*|sell|sells|selling|sold|resale|resell\w*|fees?"
    r"|royalt\w+|pays?|paid|paying|payments?|money|profits?|revenues?|unlawful|illegal|harm\w*"
    r"|agreement|approval|consent|separately|separate|instead|however"
    r"|confidential|proprietary|evaluation|commons clause|off limits|for sale)\b",
    re.IGNORECASE,
)
# The same as parts of a sentence; with a capital they are as often the name of a holder.
TAKES_AWAY_SMALL = re.compile(
    r"\b(?:may|MAY|commercial(?:ly|ised|ized)?|research(?:ers)?|academi\w+|educat\w+|scien\w+|students?|schools?"
    r"|universit\w+|institution\w*|hobby\w*|hobbies|personal|private|internal|compan\w+"
    r"|corporat\w+|business\w*|enterprises?|governments?|military|weapons?|surveillance|police|staff"
    r"|employees?|customers?|competi\w+|charg\w+|buy|trade|deploy\w*|production|purposes?|display\w*"
    r"|everyone|everybody|anyone|anybody|nobody|organi[sz]ations|countries|citizens?|residents?"
    r"|ethical|ethic|war|religio\w+|genocide|everything|anything|nothing|users?)\b"
    r"|\b(?:NC|ND|NON|NOT|ONLY)\b"
)
# What is asked in other languages, in the words that names are not made of.
TAKES_AWAY_ELSEWHERE = re.compile(
    r"\b(?:kommerz\w+|gewerb\w+|verboten|untersagt|vorbehalten|nur|nicht|keine?[rmns]?|verkauf\w*"
    r"|interdi\w+|seulement|uniquement|réserv\w+|commerciaux|commerciale|commerciales|vente|pas"
    r"|prohibid\w+|comercial\w*|solamente|sólo|únicamente|reservad\w+|venta|proibid\w+|apenas|somente"
    r"|vietat\w+|commerciali|soltanto|riservat\w+|nekommer\w+|verboden|niet|uitsluitend|alleen"
    r"|kommersiel\w+|kaupall\w+|ticari|niekomercyjn\w+|wyłącznie|jen|pouze|thương mại|recherche"
    r"|investigación|pesquisa|ricerca|onderzoek\w*|Forschungszwecke?n?)\b"
    r"|некоммер|коммерч|запрещ|воспрещ|только|[禁限仅只不非]|商[用业業]|許諾|営利|상업|금지"
    r"|تجاري|ممنوع|वाणिज्य|व्यावसायिक",
    re.IGNORECASE,
)
# For whom or for what it is, also as a title writes it.
KIND_OF_USE = re.compile(
    r"\b(?:academi[ac]|research|educational|evaluation|personal|private|internal|home"
    r"|hobby(?:ist)?"
    r"|student|trial|commercial|charity|non-?profit|source[- ]available)"
    r"[ -](?:use|usage|licen[cs]e|licen[cs]ing|edition|version|copy|purposes?)\b"
    r"|^\W*for (?:academi[ac]|research|education|evaluation|study|students|studies)\W*$",
    re.IGNORECASE,
)
# Letters of another script that look like plain ones: the word is read, and not found.
LOOK_ALIKE = re.compile(
    r"[a-zA-Z][\u0370-\u052f\u13a0-\u13ff]|[\u0370-\u052f\u13a0-\u13ff][a-zA-Z]"
)
ALL_THAT_TAKES_AWAY = (
    TAKES_AWAY,
    TAKES_AWAY_SMALL,
    TAKES_AWAY_ELSEWHERE,
    KIND_OF_USE,
    LOOK_ALIKE,
)
# What says what the licence is about, or who was asked, and not what it permits.
OTHERWISE = re.compile(
    r"\b(?:unless|except)\b(?: \w+){0,2}"
    r" (?:otherwise (?:noted|stated|specified|indicated|mentioned)"
    r"|(?:noted|stated|specified|indicated|mentioned) otherwise)\b"
    r"|\bused (?:with|by) permission\b"
    r"|\bcontains subcomponents with separate copyright notices and licen[cs]e terms"
    r"|\bsubject to the terms and conditions of the following licen[cs]es",
    re.IGNORECASE,
)
COPYRIGHT_WORDS = re.compile(
    r"copyrights?|©|\(c\)|portions|parts|all rights? reserved|\b(?:19|20)[\dxy]{2}\b|\byears?\b"
    r"|\bpresent\b|\bdates?\b|[\w.+-]{1,60}@[\w.-]{1,60}|https?://[^\s>)]{1,200}|\bwww\.[^\s>)]{1,200}",
    re.IGNORECASE,
)
# Small words of names and notices.
SMALL = frozenset(
    "a an and of the by de del della den der di du la le les van von zu y e et al for in on at to"
    " from with und as or its it their respective other others individual contributor contributors"
    " author authors holder holders owner owners copyright developer developers team project"
    " projects maintainer maintainers member members community foundation group inc ltd llc gmbh"
    " corp co company affiliates subsidiaries successors see file files listed more details in full"
    " list this that all rights reserved name names organization organisation c s t year yyyy"
    " license licence version".split()
)
WORD = re.compile(r"[^\W\d_][\w'’.+-]*")
DECORATION = re.compile(
    r"https?://[^\s<>()\[\]]{1,300}|\bwww\.[^\s<>()\[\]]{1,300}|<!-{1,4}|-{2,4}>|<[^<>\n]{1,100}>"
    r"|[*_#=`~|>/\\\[\]{}\"“”•;%]+|(?<!\w)!+|(?<!\w)-+|-+(?!\w)"
)
SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|[。！？]")
# Which part of the software it is about, "(hppa targets only)", and what a holder calls itself.
SCOPE = re.compile(
    r"\((?:[\w./-]{1,30} ){0,4}(?:targets?|files?|platforms?|ports?)(?: only)?\)"
    r"|\bNon-?[Pp]rofit(?= (?:[A-Z]\w{1,30} ){0,3}"
    r"(?:Foundation|Organi[sz]ation|Association|Corporation|Institute|Inc|Society|Trust|Alliance))"
)
# What makes a sentence of words that would else be a title.
SENTENCE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|you|your|yours|we|our"
    r"|us|You(?:r)? (?=[a-z])|We (?=[a-z])"
    r"|they|them|i|me|my|write|contact|ask|asks|please|let|lets|get"
    r"|make|makes|stay|want|wants|needs?|give|send|go|keep|take|say|says|show|call|visit"
    r"|if|when|whoever|whose|belongs?|means?|applies|apply"
    r"|free for|reserved for|open to|use (?:at|in|on|only|it)|[Uu]se [Pp]olic(?:y|ies))\b"
)
CHANGED = re.compile(
    r"\b(?:modified|amended|variant|adapted|based on|plus|custom|like|style)\b.{0,60}\blicen[cs]e"
    r"|\blicen[cs]e\b.{0,60}\b(?:modified|amended|variant|adapted|plus|with|and)\b",
    re.IGNORECASE,
)
WITHOUT_CASE = re.compile("[\u0590-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# How languages call themselves, in the links to translations of a licence.
LANGUAGES = re.compile(
    "العربية|فارسی|עברית|日本語|한국어|中文|华语|華語|汉语|漢語|简体|簡體|繁体|繁體|हिन्दी|বাংলা|ქართული|ไทย"
)
TITLE_WORDS = 12
NAME_WORDS = 40
SENTENCE_CHARACTERS = 600
UNKNOWN_SMALL = 8  # words in small letters that names may have: handles, packages
TITLE_SMALL = 4

LICENSED = re.compile(
    r"^(?P<what>.{0,200}?)\b(?:licen[cs]ed|(?:is|are)(?= under)|released|distributed"
    r"|available|provided|published|covered|governed|redistributed)\b"
    r"[^.]{0,60}?\b(?:under|by|on|with)\b(?: the)?(?: terms(?: and conditions)? of)?"
    r"(?: the| an?)?(?: (?P<name>.{1,100}))?$",
    re.IGNORECASE | re.DOTALL,
)
THIS_TEXT = re.compile(
    r"(?:following|below|this|above|accompanying)(?: licen[cs]e| terms)?(?: below)?", re.IGNORECASE
)
ABOUT = re.compile(
    r"(?:(?:this|the)"
    r" (?:product|software|work|project|package|program|library|model|code|repository)"
    r" (?:includes?|contains?|uses|(?:is|was) (?:based on|derived from|built (?:on|with)))\b"
    r"|(?:this file|it) is part of\b|see\b|read more about this licen[cs]e\b"
    r"|please read (?:this|the) licen[cs]e\b|this is an? .{0,60}licen[cs]e(?: template)?\W*$"
    r"|by (?:downloading|using|installing|copying)\b.{0,100}\b(?:agree|accept)\w*\b"
    r"|(?:additional|other) copyrights may follow"
    r"|(?:begin|end)(?: of)?(?: the)? licen[cs]e(?: text)?\W*$"
    r"|permission to copy and distributed? verbatim copies of this document"
    r"|copyright and permission notice\W*$|if not, (?:see|write to)\b"
    r"|end of (?:the )?terms and conditions|spdx.license.identifier"
    r"|(?:full )?licen[cs]e(?: text)?\W*$"
    r"|(?:the )?licen[cs]e(?: text)? (?:follows|is as follows|reads as follows)\W*$"
    r"|this file (?:is|was) (?:automatically )?(?:added|generated)\b|do not edit\W*$"
    r"|use is subject to (?:the )?licen[cs]e terms\W*$"
    r"|this licen[cs]e is (?:copied|reproduced|included) below\b"
    r"|to view a copy of this licen[cs]e\b)",
    re.IGNORECASE,
)
# Where something comes from.
FROM = re.compile(
    r"\b(?:based on|derived from|forked from|fork of|adapted from|ported from|port of|taken from"
    r"|copied from|created by|written by|developed (?:by|at)|translated from"
    r"|derivative(?: work)? of)\b",
    re.IGNORECASE,
)
# What more than an origin says: whose terms are meant, or that somebody is spoken to.
MORE = re.compile(
    r"\b(?:you|your|we|our|us|wants?|asks?|changes|minus)\b"
    r"|\bpolic(?:y|ies)\b|\bterms of (?:use|service)\b|\beula\b",
    re.IGNORECASE,
)
# Asking people to leave when they disagree adds no condition.
ASSENT = re.compile(
    r"\bif you (?:do not|don't|cannot)[^.]{0,80}\bagree[^.]{0,400}(?:\.|$)", re.IGNORECASE
)
FOR_MONEY = re.compile(
    r"commerc|\bsell|\bpa(?:y|id)\b|\bfees?\b|\bmoney|\bbusiness|\bpurpose|\bresearch",
    re.IGNORECASE,
)


# Licences whose own text is in another script, which is not compared.
OTHER_SCRIPTS = ("MulanPSL-", "MulanPubL-", "OGDL-Taiwan-", "CC-BY-SA-2.1-JP")
NOT_LATIN = re.compile("[^\\x00-\\u024f\\u2000-\\u206f]+")
# What follows is about the licence, not part of it.
EXPLANATION = re.compile(
    r"^[^\w\n]*(?:i_?n_?s_?t_?r_?u_?c_?t_?i_?o_?n_?s|r_?a_?t_?i_?o_?n_?a_?l_?e|r_?e_?f_?e_?r_?e_?n_?c_?e_?s"
    r"|how to (?:apply|use) (?:this|these|the)\b.{0,100}|using this licen[cs]e"
    r"|about (?:this|the) licen[cs]e)(?:[^\w\n]|_)*$",
    re.IGNORECASE | re.MULTILINE,
)
RESTRICTION = re.compile(
    r"\b(?:may|must|shall|can|will) not\b|\bnon-?commercial|\bprohibit|\bforbid"
    r"|\bnot (?:be )?permitted|\bonly (?:be|for|if)\b|\bpurposes? only\b|\brestrict"
    r"|\bprovided that\b|\bsubject to\b"
    r"|\badditional(?:ly)? (?:term|condition|requirement)|\bwithout (?:prior|written|express)",
    re.IGNORECASE,
)


def takes_away(words: str) -> bool:
    """Whether words sound as if they took something away or asked for more."""
    said = SCOPE.sub(" ", _as_read(words))
    return any(pattern.search(said) for pattern in ALL_THAT_TAKES_AWAY)


def _as_read(words: str) -> str:
    """Words as a reader sees them: letters of full width are letters, and of no width nothing."""
    if words.isascii():
        return words
    seen = "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def restricting(words: str) -> int | None:
    """Where words begin to take something away; None where they only say what they are about."""
    plain = OTHERWISE.sub(lambda found: " " * len(found[0]), _as_read(words))
    found = [match.start() for each in ALL_THAT_TAKES_AWAY if (match := each.search(plain))]
    return min(found, default=None)


def is_name(words: str) -> bool:
    """Whether words can be the name of somebody, where a licence leaves room for one."""
    return len(WORD.findall(words)) <= NAME_WORDS and not takes_away(words)


def is_notice(line: str) -> bool:
    """Whether a line says whose copyright it is, and nothing else."""
    rest = COPYRIGHT_WORDS.sub(" ", line)
    if rest == line or not _is_nominal(rest, UNKNOWN_SMALL):
        return False
    holder, *more = SENTENCE_END.split(rest)
    if CHANGED.search(rest) or (_is_finished(holder) and not _is_nominal(holder, 1)):
        return False
    return not any(_is_finished(each) or not _is_nominal(each, 1) for each in more)


def _is_finished(line: str) -> bool:
    """Whether a line ends as a sentence does, and not with the name of somebody or with "Inc."."""
    words = WORD.findall(line)
    last = words[-1].strip(".") if words else ""
    if re.search(r"[!?]\W*$", line):
        return True
    return bool(re.search(r"\.\W*$", line)) and last[:1].islower() and last not in SMALL


def is_title(line: str, licence: str) -> bool:
    """Whether a line can be the title of a licence or the name of what is under it."""
    if spdx.is_same_text(licence, names.from_name(line)):
        return True
    if len(WORD.findall(line)) > TITLE_WORDS or CHANGED.search(line) or _is_finished(line):
        return False
    if LICENSED.match(line):  # by what and to whom is read elsewhere
        return False
    return not _is_without_case(line) and _is_nominal(line, TITLE_SMALL)


def _is_without_case(line: str) -> bool:
    """Whether most letters are of scripts in which nothing tells a name from a sentence."""
    line = LANGUAGES.sub("", line)
    return 2 * len(WITHOUT_CASE.findall(line)) > sum(map(str.isalpha, line))


def _is_nominal(words: str, small: int) -> bool:
    """Whether words name something and say nothing of it."""
    found = WORD.findall(words)
    strange = (w for w in found if w[:1].islower() and w.lower().strip(".") not in SMALL)
    said = words[:1].lower() + words[1:]
    return not (takes_away(words) or SENTENCE.search(said)) and len(list(strange)) <= small


def foreign(passage: str, licence: str) -> Iterator[str]:
    """The sentences of a passage beside a licence that may change it."""
    if licence.startswith(OTHER_SCRIPTS):
        passage = NOT_LATIN.sub(" ", passage)
    explained = EXPLANATION.search(passage)
    before = passage[: explained.start()] if explained else passage
    for sentence in _sentences(before, licence):
        if not _is_plain(sentence, licence):
            yield sentence
    if explained:
        for sentence in _sentences(passage[explained.end() :], licence):
            if RESTRICTION.search(sentence) or TAKES_AWAY_ELSEWHERE.search(sentence):
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
    text = ASSENT.sub(_unless_for_money, " ".join(lines))
    for sentence in SENTENCE_END.split(text):
        if any(map(str.isalpha, sentence)):
            yield sentence.strip()


def _unless_for_money(assent: re.Match[str]) -> str:
    return assent[0] if FOR_MONEY.search(assent[0]) else " "


def _is_plain(sentence: str, licence: str) -> bool:
    if is_notice(sentence) or is_title(sentence, licence):
        return True
    if len(sentence) > SENTENCE_CHARACTERS:
        return False
    about = ABOUT.match(sentence)
    if about:
        rest = sentence[about.end() :]
        return not (takes_away(rest) or MORE.search(rest) or CHANGED.search(about[0]))
    if FROM.search(sentence) and not takes_away(sentence):
        return not MORE.search(sentence)
    granted = LICENSED.match(sentence)
    if not granted or takes_away(
        sentence[: granted.start("name")] if granted["name"] else sentence
    ):
        return False
    name = (granted["name"] or "below").strip(" .,;:'’-")
    return any(
        (THIS_TEXT.fullmatch(part) or spdx.is_same_text(licence, names.from_name(part)))
        and not takes_away(name[len(part) :])
        for part in (
            name,
            re.split(r"\s*[,:(]", name)[0],
            re.sub(r",? as follows|,? below|,? above", "", name),
        )
    )
