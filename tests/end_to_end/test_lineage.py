"""The lineage without a mouse: from node to node, and to the table that says the same."""

from __future__ import annotations

import pytest

from lineage.models import Link
from tests.factories import make_artifact


@pytest.fixture
def family(transactional_db):
    base = make_artifact("bert-base")
    tuned = make_artifact("bert-tuned")
    data = make_artifact("squad", type="dataset")
    Link.objects.create(
        child=tuned,
        parent=base,
        relationship="base_model",
        parent_name="acme/bert-base",
        seen_in="model_card",
    )
    Link.objects.create(
        child=tuned,
        parent=data,
        relationship="training_dataset",
        parent_type="dataset",
        parent_name="acme/squad",
        seen_in="model_card",
    )
    return tuned


def test_the_keyboard_walks_the_picture(open_page, family, charlie):
    page = open_page(charlie)
    page.goto(f"{family.get_absolute_url()}lineage/")
    page.get_by_role("link", name="Go to bert-tuned").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith(f"#node-{family.pk}") or "#node-" in page.url

    page.get_by_role("region", name="Picture of the lineage").focus()
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.locator(":focus").locator("title").text_content())
    assert {words.split(",")[0] for words in reached} == {"bert-base", "bert-tuned", "squad"}
    outline = "e => getComputedStyle(e.querySelector('rect')).strokeWidth"
    assert page.locator(":focus").evaluate(outline) == "3px"

    page.locator("a.lineage-node", has_text="bert-base").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="bert-base", level=1).wait_for()
    assert page.url.endswith("/lineage/")


def test_the_table_says_the_same(open_page, family, charlie):
    page = open_page(charlie, java_script_enabled=False)
    page.goto(f"{family.get_absolute_url()}lineage/")
    page.get_by_role("link", name="to the table").click()
    rows = page.get_by_role("region", name="Table of its lineage").locator("tbody tr")
    texts = rows.all_inner_texts()
    assert len(texts) == 2
    assert any("bert-base" in text and "bert-tuned" in text for text in texts)
    assert any("squad" in text for text in texts)
