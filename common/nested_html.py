"""HTML whose tags are unclosed, crossed or without end, as tags that are properly nested.

Parsers of HTML repair such tags at a price that grows with the square of the text: each
unclosed `<div>` lies inside all before it, and each paragraph repeats every `<b>` that is open.
Here each tag is read once, as the HTML standard cuts tags out of a text, and closed in order.
This is no sanitiser: what comes out is as hostile as what went in.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import NamedTuple

MAX_DEPTH = 100  # Markdown itself nests 20 deep

# A tag as the standard reads it. It fails only where the text ends inside the tag.
_TAG = re.compile(
    r"""</?([a-zA-Z][^ \t\n\f\r/>]*+)
    ((?:[ \t\n\f\r/]++
      | [^ \t\n\f\r/>][^ \t\n\f\r/>=]*+
        (?:[ \t\n\f\r]*+=[ \t\n\f\r]*+
          (?:"[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^ \t\n\f\r"'>][^ \t\n\f\r>]*+ | (?=>) | \Z)
        )?+
    )*+)>""",
    re.VERBOSE,
)
_MARKUP = re.compile(r"(?P<comment><!--)|(?P<nothing><[!?]|</(?![a-zA-Z]))|(?P<tag></?[a-zA-Z])")
_COMMENT_END = re.compile(r"--!?>")
_NOTHING_END = re.compile(">")
_VOID = frozenset({"br", "hr", "img"})
_CELLS = frozenset({"td", "th"})
_ROWS = _CELLS | {"tr"}
_GROUPS = _ROWS | {"thead", "tbody", "tfoot", "caption"}
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
# what the start of a tag ends, where nobody wrote an end
_ENDED_BY = {
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "td": _CELLS, "th": _CELLS, "tr": _ROWS,
    "thead": _GROUPS, "tbody": _GROUPS, "tfoot": _GROUPS, "a": {"a"},
    **dict.fromkeys(_HEADINGS, _HEADINGS | {"p"}),
}  # fmt: skip
_WALLS = _CELLS | {"table", "caption"}  # an end tag within does not end what is around them


class Tags(NamedTuple):
    """What is done with a tag, by its name."""

    inline: AbstractSet[str]
    blocks: AbstractSet[str]
    dropped: AbstractSet[str]  # with everything in them; of all others the content stays


def nested(html: str, tags: Tags) -> str:
    """``html`` with none but inline and block tags, each closed inside its parent."""
    reader = _Nested(html, tags)
    reader.read()
    return "".join(reader.parts)


class _Nested:
    def __init__(self, html: str, tags: Tags) -> None:
        self.html, self.tags = html, tags
        self.kept = tags.inline | tags.blocks | {"img"}
        self.passed = tags.inline | {"p"}  # an end that nobody wrote reaches through these
        self.parts: list[str] = []
        self.open: list[str] = []
        self.endless: set[str] = set()  # dropped tags that are not closed any more

    def read(self) -> None:
        here = 0
        while (found := self.html.find("<", here)) >= 0:
            self.parts.append(self.html[here:found])
            here = self._markup(found)
        self.parts.append(self.html[here:])
        self._close_down_to(0)

    def _markup(self, start: int) -> int:
        """Take over what begins with ``<``, and say where it ends."""
        kind = _MARKUP.match(self.html, start)
        if kind is None:
            self.parts.append("&lt;")
            return start + 1
        if kind.lastgroup == "tag":
            return self._tag(start)
        end = _COMMENT_END if kind.lastgroup == "comment" else _NOTHING_END
        ended = end.search(self.html, start + 2)
        return ended.end() if ended else len(self.html)

    def _tag(self, start: int) -> int:
        tag = _TAG.match(self.html, start)
        if tag is None:
            return len(self.html)  # such a tag is none, and has no end
        name = tag[1].lower()
        if self.html[start + 1] == "/" and name != "br":  # many write </br>, and all mean <br>
            self._end(name)
        elif name in self.tags.dropped:
            return self._behind(name, tag.end())
        elif name in self.kept:
            self._start(name, tag[2])
        return tag.end()

    def _start(self, name: str, attributes: str) -> None:
        ended = _ENDED_BY.get(name, {"p"} if name in self.tags.blocks else set())
        for depth in reversed(range(len(self.open)) if ended else ()):
            if self.open[depth] in ended:
                self._close_down_to(depth)
            elif self.open[depth] not in self.passed:
                break
        if len(self.open) >= MAX_DEPTH and name not in _VOID:
            return
        self.parts.append(f"<{name}{attributes}>")
        if name not in _VOID:
            self.open.append(name)

    def _end(self, name: str) -> None:
        for depth in reversed(range(len(self.open))):
            if self.open[depth] == name:
                return self._close_down_to(depth)
            if self.open[depth] in _WALLS and name not in _GROUPS | {"table"}:
                return None
        return None

    def _close_down_to(self, depth: int) -> None:
        self.parts += [f"</{name}>" for name in reversed(self.open[depth:])]
        del self.open[depth:]

    def _behind(self, name: str, start: int) -> int:
        """Where the content of a dropped tag ends; at its start, if it is never closed."""
        if name in self.endless:
            return start
        end = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(self.html, start)
        if end is None:
            self.endless.add(name)
            return start
        return end.start()
