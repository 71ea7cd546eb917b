"""READMEs of strangers: readable, and unable to run, load or imitate anything."""

from __future__ import annotations

import gzip
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from common.markdown import render

# a folder of *_cards.jsonl.gz, each line {"id", "readme"}: the cards of real repositories
CARDS = os.environ.get("CARD_CORPUS", "")
HARMLESS = {"href", "title", "rel", "align", "colspan", "rowspan", "start", "id", "tabindex"}


class Survivors(HTMLParser):
    """Every tag and attribute that is left."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def assert_harmless(self) -> None:
        forbidden = "script style svg math img iframe form input button base link meta object video"
        assert not self.tags & set(forbidden.split())
        for name, value in self.attributes:
            assert name in HARMLESS
            if name == "href":
                assert re.match(r"(https?://|mailto:|//|#readme-|/)", value, re.IGNORECASE), value


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<img src=x onerror=alert(1)>",
        '<p hx-get="/artifacts/1/delete" hx-trigger="load">x</p>',
        '<p data-hx-post="/x" data-hx-trigger="load">x</p>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
        '<a href="java\nscript:alert(1)">x</a>',
        "<a href=' &#14; javascript:alert(1)'>x</a>",
        '<base href="https://evil.example/">',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<form action="https://evil.example"><input name="p"><button>Sign in</button></form>',
        '<style>body{display:none}</style><p style="position:fixed;inset:0">x</p>',
        '<div class="masthead" id="main" name="cookie">x</div>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<object data="x.swf"></object><embed src="x.swf">',
        '<details open ontoggle="alert(1)"><summary>x</summary></details>',
        '<a href="https://x.example" ping="https://evil.example" download target="_blank">x</a>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
        "<!--><img src=x onerror=alert(1)>-->",
        '<img alt="<script>alert(1)</script>" src="https://x.example/&quot;onload=alert(1)//">',
        '<h1><img alt="<svg onload=alert(1)>" src="javascript:alert(1)"></h1>',
        "[x](https://[evil)",
        "|a|\n|:-:|\n|<img src=x onerror=alert(1)>|",
    ],
)
def test_nothing_hostile_survives(hostile: str):
    html = render(hostile, base_url="https://hub.example/a/b/blob/main/")
    Survivors(html).assert_harmless()
    assert "alert(1)</script" not in html


def test_pictures_become_links_with_their_words():
    html = render("![A chart of accuracy](https://cdn.example/chart.png)")
    assert 'href="https://cdn.example/chart.png"' in html
    assert ">A chart of accuracy</a>" in html


def test_a_picture_inside_a_link_leaves_one_link():
    html = render("[![Paper](https://img.example/badge.svg)](https://arxiv.org/abs/1810.04805)")
    assert html.count("<a ") == 1
    assert 'href="https://arxiv.org/abs/1810.04805"' in html
    assert ">Paper</a>" in html


def test_relative_links_lead_to_the_source():
    html = render("[licence](LICENSE)", base_url="https://huggingface.co/a/b/blob/c0ffee/")
    assert 'href="https://huggingface.co/a/b/blob/c0ffee/LICENSE"' in html


def test_without_a_source_a_relative_link_is_only_its_words():
    assert "<a" not in render("[licence](LICENSE)")


def test_tables_of_contents_keep_working():
    html = render("[Use](#how-to-use)\n\n## How to *use*")
    assert 'href="#readme-how-to-use"' in html
    assert 'id="readme-how-to-use"' in html


def test_headings_begin_below_those_of_the_page_and_leave_no_holes():
    html = render("#### Deep\n\n# Top\n\n###### Deepest")
    assert re.findall(r"<h(\d)", html) == ["3", "3", "4"]


def test_the_front_matter_is_not_shown():
    assert render("---\nlicense: mit\n---\n# Hello").strip() == '<h3 id="readme-hello">Hello</h3>'


def test_tables_code_and_alignment_stay():
    html = render("| a | b |\n|---|--:|\n| 1 | `2` |\n\n```python\nprint('<b>')\n```")
    assert '<table tabindex="0">' in html
    assert 'align="right"' in html
    assert "print('&lt;b&gt;')" in html


def test_a_huge_text_is_cut():
    assert len(render("word " * 100_000)) < 210_000


def _cards() -> list[dict[str, str]]:
    return [
        json.loads(line)
        for path in sorted(Path(CARDS).glob("*_cards.jsonl.gz"))
        for line in gzip.open(path, "rt", encoding="utf-8")
    ]


@pytest.mark.skipif(not CARDS, reason="CARD_CORPUS names no folder")
def test_every_real_card_is_rendered_harmlessly():
    cards = _cards()
    assert cards
    for card in cards:
        html = render(
            card["readme"] or "", base_url=f"https://huggingface.co/{card['id']}/blob/main/"
        )
        Survivors(html).assert_harmless()
