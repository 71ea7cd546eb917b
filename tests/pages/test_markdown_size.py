"""A README of the worst shape costs what its length costs: work is counted, never timed."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from common import markdown
from common.markdown import MAX_ADDRESS_CHARACTERS, MAX_CHARACTERS, render
from common.nested_html import MAX_DEPTH


def ids(html: str) -> list[str]:
    return re.findall(r' id="readme-([^"]*)"', html)


class TestAnchors:
    def test_equal_headings_are_numbered(self):
        assert ids(render("# a\n# a\n# A\n")) == ["a", "a-1", "a-2"]

    def test_a_heading_that_reads_like_a_number_keeps_its_own(self):
        assert ids(render("# a\n# a-1\n# a\n# a\n# a-1\n")) == ["a", "a-1", "a-2", "a-3", "a-1-1"]

    def test_a_sign_that_html_escapes_is_one_sign(self):
        assert ids(render("# Training & evaluation\n# Q&A\n# a &lt; b\n")) == [
            "training--evaluation",
            "qa",
            "a--b",
        ]

    def test_a_number_that_is_taken_later_on_is_passed(self):
        assert ids(render("# a\n# a\n# a-1\n# a-1-1\n")) == ["a", "a-1", "a-1-1", "a-1-1-1"]

    WORDS = {
        "equal": lambda n: ["a"] * n,
        "without letters": lambda n: ["!"] * n,
        "equal, between numbers": lambda n: [w for i in range(n // 2) for w in ("a", f"a-{i}")],
        "numbers first": lambda n: [f"a-{i}" for i in range(n // 2)] + ["a"] * (n // 2),
        "numbers of numbers": lambda n: [f"a{'-1' * (i % 40)}" for i in range(n)],
    }

    @pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
    def test_each_number_is_tried_once(self, words, monkeypatch):
        class Counting(dict):
            asked = 0

            def __contains__(self, key):
                Counting.asked += 1
                return super().__contains__(key)

        page = markdown._Rearranged("")
        page.anchors = Counting()
        anchors = [page._anchor(word) for word in words(4000)]
        assert len(set(anchors)) == len(anchors)
        assert Counting.asked <= 3 * len(anchors)

    def test_fifty_thousand_equal_headings_are_a_page(self):
        anchors = ids(render("# a\n" * 50_000))
        assert len(set(anchors)) == 50_000
        assert anchors[-1] == "a-49999"


class Depth(HTMLParser):
    """How deep tags lie in each other, and how many there are of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.now = self.deepest = 0
        self.count: Counter[str] = Counter()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.count[tag] += 1
        if tag not in {"br", "hr", "img"}:
            self.now += 1
            self.deepest = max(self.deepest, self.now)

    def handle_endtag(self, tag):
        self.now -= 1


def fill(unit: str, size: int = 40_000) -> str:
    return (unit * (size // len(unit) + 1))[:size]


class TestTags:
    """Each shape makes a parser of HTML do work, or write, by the square of its length."""

    SHAPES = {
        "unclosed": fill("<div>"),
        "unclosed blocks with lines between": fill("<details>\n\n"),
        "ends of nothing": fill("<b></p>"),
        "blocks in links": fill("<a><div>"),
        "an end that a table hides": fill("<div><table></div></table>"),
        "many that are open in each paragraph": "<p>"
        + "".join(f"<b a={i}>" for i in range(1000))
        + fill("</p><p>x"),
        "ends in quotes": fill('<b a="></b>">'),
        "quotes without end": "<div>\n" + fill('<a b="'),
        "comments without end": fill("<!--"),
        "pictures without end": fill("<svg><math><form><title>"),
    }

    @pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
    def test_they_lie_no_deeper_and_are_no_more_than_was_written(self, text: str):
        found = Depth(render(text))
        assert found.deepest <= MAX_DEPTH + 2
        assert found.now == 0
        for tag, count in found.count.items():
            assert count <= text.count(f"<{tag}") + text.count("\n\n") + 1, tag

    def test_what_is_left_open_ends_with_what_it_lies_in(self):
        html = render("<p><b>bold\n\nand <i>not</i> more</p>\n\nplain")
        assert html.count("<b>") == html.count("</b>") == 1
        assert html.index("</b>") < html.index("plain")

    def test_ends_that_need_not_be_written_are_understood(self):
        table = "<table><tr><th>a<th>b<tr><td>1<td><b>2<tr><td>3<td>4</table>"
        html = re.sub(r"\s|<tbody>|</tbody>", "", render(table))
        rows = re.findall(r"<tr>(.*?)</tr>", html)
        assert [re.sub("<[^>]*>", " ", row).split() for row in rows] == [
            list("ab"),
            list("12"),
            list("34"),
        ]
        listed = render("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>")
        assert Depth(listed).deepest == 4
        assert Depth(listed).count["li"] == 4

    def test_a_wrong_end_leaves_the_table_around_it_alone(self):
        html = render("<div><table><tr><td>a</div></td><td>b</td></tr></table>c</div>")
        assert html.index("<td>b") < html.index("</table>")

    def test_the_crossed_and_the_misspelled_are_read_as_they_are_meant(self):
        assert "<b><i>a</i></b>" in render("<b><i>a</b></i>")
        assert "a<br>b" in render("a</br>b")
        assert "1 &lt; 2" in render("<div>1 < 2</div>")

    def test_the_content_of_what_is_dropped_goes_with_it(self):
        assert "secret" not in render("<div><SVG><text>secret</text></svg>shown</div>")
        assert "shown" in render("<div><SVG><text>secret</text></svg>shown</div>")


class TestAddresses:
    @pytest.mark.parametrize("use", ["[a]", "![a]", "[![a]][a]"])
    @pytest.mark.parametrize("title", ["", " '{}'"])
    def test_one_long_address_is_not_repeated_without_end(self, use: str, title: str):
        definition = f"[a]: https://a/{'b' * 50_000}{title.format('c' * 50_000)}"
        html = render(f"{definition}\n\n{fill(use)}")
        assert len(html) < 2 * MAX_ADDRESS_CHARACTERS

    def test_all_ordinary_ones_stay(self):
        lines = [f"[a{i}](https://example.org/{i})" for i in range(4000)]
        assert render("\n".join(lines)).count("href=") == 4000


def test_the_worst_text_that_is_not_cut_is_a_page():
    assert render(fill("[a](<b> *_`", MAX_CHARACTERS))
