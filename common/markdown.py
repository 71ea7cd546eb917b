"""READMEs of strangers as HTML that can neither run, load nor imitate anything.

Markdown becomes HTML, its tags are put in order, it is cut down to an allow-list, rearranged for
our pages (headings below ours, pictures as links), and cut down again: the sanitiser has the
last word, whatever the rearranging did.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from itertools import chain
from urllib.parse import urljoin, urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from common.nested_html import Tags, nested

# Longer texts are cut: the whole README is one click away, and parsing must stay quick.
MAX_CHARACTERS = 200_000
# One definition of a link may be used by every third character of a text.
MAX_ADDRESS_CHARACTERS = 1_000_000
ANCHOR = "readme-"
FIRST_LEVEL = 3  # a page has its own first and second level

_SCHEMES = {"http", "https", "mailto"}
_INLINE = set("a b br code del em i ins kbd mark q s samp small strong sub sup u var".split())
_BLOCKS = set(
    "p div blockquote pre hr ul ol li dl dt dd details summary h1 h2 h3 h4 h5 h6"
    " table caption thead tbody tfoot tr th td".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start"},
}
# Their text is not for readers, so it goes with the tag.
_DROPPED = set(
    "script style svg math template noscript iframe object embed applet audio video canvas"
    " form button select textarea title head".split()
)
_FRONT_MATTER = re.compile(
    r"\A\ufeff?\s*---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
# Wide ones scroll inside the page, so the keyboard must be able to reach them.
_SCROLLING = frozenset({"pre", "table"})
_VOID = frozenset({"br", "hr", "img"})

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def render(text: str, *, base_url: str = "") -> SafeString:
    """The README ``text`` as safe HTML; relative links lead to ``base_url``."""
    return mark_safe(_render(text[:MAX_CHARACTERS], base_url))  # noqa: S308 - nh3 has cleaned it


@lru_cache(maxsize=64)
def _render(text: str, base_url: str) -> str:
    raw = _markdown.render(_FRONT_MATTER.sub("", text, count=1))
    raw = nested(raw, Tags(_INLINE, _BLOCKS, _DROPPED))
    tidy = _Rearranged(base_url)
    tidy.feed(_clean(raw, keep_images=True))
    tidy.close()
    return _clean("".join(tidy.parts), keep_images=False)


def _clean(html: str, *, keep_images: bool) -> str:
    tags = _BLOCKS | _INLINE
    attributes = dict(_ATTRIBUTES)
    if keep_images:
        tags = tags | {"img"}
        attributes |= {"img": {"src", "alt"}}
    else:
        attributes |= {heading: {"id"} for heading in _HEADINGS}
        attributes |= {tag: {"tabindex"} for tag in _SCROLLING}
    return nh3.clean(
        html,
        tags=tags,
        attributes=attributes,
        attribute_filter=_filter,
        clean_content_tags=_DROPPED,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "align":
        return value if value in {"left", "right", "center"} else None
    if attribute in {"colspan", "rowspan", "start"}:
        return value if value.isascii() and value.isdigit() and len(value) <= 3 else None
    if attribute == "tabindex":
        return value if value == "0" else None
    if attribute == "id":
        return value if value.startswith(ANCHOR) else None
    return value


class _Rearranged(HTMLParser):
    """Rewrites clean HTML: headings follow ours, pictures become links, links are absolute."""

    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=False)
        self.base_url = base_url
        self.parts: list[str] = []
        self.level = FIRST_LEVEL - 1  # of the last heading
        self.heading: int | None = None  # where the open heading began in parts
        self.links: list[bool] = []  # open anchors, and whether they were kept
        self.anchors: dict[str, int] = {}  # and the last number that was tried behind each

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _HEADINGS:
            self._open_heading(int(tag[1]))
        elif tag == "img":
            self._image(given)
        elif tag == "a":
            self._open_link(given)
        else:
            if tag in _SCROLLING:
                given["tabindex"] = "0"
            self.parts.append(f"<{tag}{_attributes(given)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._close_heading()
        elif tag == "a":
            if self.links and self.links.pop():
                self.parts.append("</a>")
        elif tag not in _VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data, quote=False))

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def _open_heading(self, wanted: int) -> None:
        # never more than one step down, so that the outline of the page has no holes
        self.level = max(FIRST_LEVEL, min(wanted + FIRST_LEVEL - 1, self.level + 1, 6))
        self.heading = len(self.parts)
        self.parts.append("")

    def _close_heading(self) -> None:
        if self.heading is None:
            return
        words = unescape(re.sub(r"<[^>]*>", "", "".join(self.parts[self.heading :])))
        anchor = self._anchor(words)
        if words.strip():
            self.parts[self.heading] = f'<h{self.level} id="{anchor}">'
            self.parts.append(f"</h{self.level}>")
        self.heading = None

    def _anchor(self, words: str) -> str:
        """The fragment that hubs give a heading, so that tables of contents keep working."""
        slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
        wanted = anchor = f"{ANCHOR}{slug}"
        # each number is tried once for each anchor, however many headings are equal
        while anchor in self.anchors:
            self.anchors[wanted] += 1
            anchor = f"{wanted}-{self.anchors[wanted]}"
        self.anchors[anchor] = 0
        return anchor

    def _open_link(self, given: dict[str, str]) -> None:
        target = self._target(given.get("href", ""))
        is_kept = bool(target) and not any(self.links)
        self.links.append(is_kept)
        if is_kept:
            title = given.get("title", "")
            self.parts.append(f"<a{_attributes({'href': target, 'title': title})}>")

    def _image(self, given: dict[str, str]) -> None:
        alt = given.get("alt", "").strip()
        target = self._target(given.get("src", ""))
        if any(self.links) or not target:  # a link inside a link is none
            self.parts.append(escape(alt or ("picture" if any(self.links) else "")))
        else:
            href = _attributes({"href": target})
            self.parts.append(f"<a{href}>{escape(alt or 'picture')}</a>")

    def _target(self, address: str) -> str:
        if address.startswith("#"):
            return f"#{ANCHOR}{address[1:].lower()}" if len(address) > 1 else ""
        try:
            if urlsplit(address).scheme or address.startswith("//"):
                return address
            return urljoin(self.base_url, address) if self.base_url and address else ""
        except ValueError:  # such as a broken IPv6 host
            return ""


def _attributes(given: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)


def _aligned_cells(state: StateCore) -> None:
    """Say the alignment of a cell with an attribute: style attributes are not allowed."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrSet("align", str(token.attrs.pop("style")).rpartition(":")[2])


_markdown.core.ruler.push("aligned_cells", _aligned_cells)


def _bounded_addresses(state: StateCore) -> None:
    """Leave links without their address, once all addresses are longer than any text needs."""
    left = MAX_ADDRESS_CHARACTERS
    for inner in chain.from_iterable(token.children or () for token in state.tokens):
        for name in {"href", "src", "title"} & inner.attrs.keys():
            left -= len(str(inner.attrs[name]))
            if left < 0:
                inner.attrs[name] = ""


_markdown.core.ruler.push("bounded_addresses", _bounded_addresses)
