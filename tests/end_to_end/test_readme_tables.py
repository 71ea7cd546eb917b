"""A table in a README keeps its words whole, and scrolls by itself where it is too wide."""

from __future__ import annotations

import pytest

from tests.end_to_end.test_accessibility import violations
from tests.factories import make_artifact

HEADER = (
    "Model Parameters Accuracy Precision Recall HellaSwag WinoGrande TruthfulQA GSM8K MMLU ARC Use"
).split()
MODELS = ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "meta-llama/Llama-3.3-70B-Instruct"]
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
URL = "https://example.org/" + "/".join(["a-long-path"] * 20)


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def table(header: list[str], *rows: list[str]) -> str:
    return row(header) + row(["---"] * len(header)) + "".join(map(row, rows))


README = "\n\n".join(
    [
        "# Results",
        table(
            HEADER, *([model, "`70,553,706,496`", *["0.812"] * 9, "Apache-2.0"] for model in MODELS)
        ),
        table(["file", "sha256"], ["model.safetensors", f"`{HASH}`"], ["weights", HASH]),
        table(
            ["source", "note"],
            [URL, "downloaded once, and then compared with the published digest"],
        ),
        "<table><tr><td><p>Precision</p></td><td><ul><li>HellaSwag</li></ul></td>"
        + "<td>TruthfulQA</td>" * 12
        + "</tr></table>",
    ]
)
# words that are cut: the rectangles of a text, one for each line it stands on
CUT = """() => [...document.querySelectorAll('.readme :is(th, td)')].flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const cut = [];
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/[\\w.]+/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(({top}) => Math.round(top)));
            if (lines.size > 1 && word[0].length < 30) cut.push(word[0]);
        }
    }
    return cut;
})"""
SIZES = """() => ({
    page: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
    tables: [...document.querySelectorAll('.readme table')].map(table => ({
        right: Math.round(table.getBoundingClientRect().right),
        hidden: table.scrollWidth - table.clientWidth,
        widest: Math.max(...[...table.querySelectorAll('th, td')].map(cell => cell.offsetWidth)),
    })),
})"""
WATCHED = """table => {
    table.moved = new Promise(done => {
        table.addEventListener('scroll', () => done(table.scrollLeft), {once: true});
    });
}"""


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
)
@pytest.mark.django_db(transaction=True)
def test_words_stay_whole_and_the_page_does_not_scroll_sideways(open_page, charlie, scheme, width):
    artifact = make_artifact(readme=README)
    page = open_page(charlie, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(artifact.get_absolute_url())
    page.locator(".rating-panel").wait_for()
    assert page.evaluate(CUT) == []
    sizes = page.evaluate(SIZES)
    assert sizes["page"] <= sizes["window"]
    assert all(one["right"] <= sizes["window"] for one in sizes["tables"])
    assert sizes["tables"][0]["hidden"] > 0, "twelve columns do not fit"
    # an address without end is broken, instead of making a column of its length
    assert all(one["widest"] < 400 for one in sizes["tables"])
    assert violations(page) == []


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_reaches_a_wide_table_and_moves_it(open_page, charlie):
    artifact = make_artifact(readme=README)
    page = open_page(charlie, viewport={"width": 390, "height": 900})
    page.goto(artifact.get_absolute_url())
    wide = page.locator(".readme table").first
    wide.focus()
    assert wide.evaluate("table => document.activeElement === table")
    wide.evaluate(WATCHED)
    page.keyboard.press("ArrowRight")
    assert wide.evaluate("table => table.moved") > 0
