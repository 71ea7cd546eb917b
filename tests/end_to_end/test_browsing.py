"""Search as you type, filters and the Back button, more rows, without JavaScript as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import make_artifact


@pytest.fixture
def shelf(transactional_db):
    for number in range(28):
        make_artifact(f"model-{number:02}", net_score=number / 30)
    make_artifact("squad", type="dataset", license="CC-BY-4.0")


def names(page) -> list[str]:
    return page.locator(".artifact-row__name").all_text_contents()


def test_the_list_follows_the_typing_and_says_how_many(open_page, shelf, charlie):
    page = open_page(charlie)
    page.goto("/artifacts/")
    page.get_by_label("Search names and sources").press_sequentially("model-1", delay=20)
    page.get_by_text("10 artifacts fit").wait_for()
    assert len(names(page)) == 10
    assert page.url.endswith("/artifacts/?q=model-1")
    assert page.get_by_label("Search names and sources").evaluate(
        "e => e === document.activeElement"
    )


def test_a_chosen_filter_is_undone_by_going_back(open_page, shelf, charlie):
    page = open_page(charlie)
    page.goto("/artifacts/")
    page.get_by_label("Type").select_option("dataset")
    page.get_by_text("1 artifact fits").wait_for()
    page.get_by_label("Type").select_option("model")
    page.get_by_text("28 artifacts fit").wait_for()
    assert page.url.endswith("?type=model")
    page.go_back()
    page.get_by_text("1 artifact fits").wait_for()
    page.wait_for_load_state()
    assert names(page) == ["squad"]
    assert page.get_by_label("Type").input_value() == "dataset"
    page.go_back()
    page.get_by_text("29 artifacts").wait_for()


def test_a_broken_expression_is_explained_beside_the_field(open_page, shelf, charlie, complaints):
    page = open_page(charlie)
    page.goto("/artifacts/")
    page.get_by_label("Regular expression").check()
    page.get_by_label("Search names and sources").fill("model-[01")
    problem = page.locator("#search-error").locator("li")
    problem.wait_for()
    assert page.get_by_label("Search names and sources").get_attribute("aria-describedby") == (
        "search-error"
    )
    complaints.clear()  # the browser notes a 422
    page.get_by_label("Search names and sources").fill("^model-0[12]$")
    page.get_by_text("model-02", exact=True).wait_for()
    page.get_by_text("model-25", exact=True).wait_for(state="detached")
    assert sorted(names(page)) == ["model-01", "model-02"]
    assert problem.count() == 0


def test_an_address_with_filters_can_be_shared(open_page, shelf, charlie):
    page = open_page(charlie)
    page.goto("/artifacts/?type=dataset&license=cc-by-4.0&sort=name")
    assert names(page) == ["squad"]
    assert page.get_by_label("Licence").input_value() == "cc-by-4.0"
    assert page.get_by_label("Order").input_value() == "name"


def test_more_rows_come_to_the_same_list(open_page, shelf, charlie):
    page = open_page(charlie)
    page.goto("/artifacts/?sort=name")
    assert len(names(page)) == 25
    page.get_by_role("link", name="Show more").click()
    page.get_by_text("squad", exact=True).wait_for()
    assert len(names(page)) == 29
    assert names(page) == sorted(names(page))


def test_without_javascript_the_same_list_works(open_page, shelf, charlie):
    page = open_page(charlie, java_script_enabled=False)
    page.goto("/artifacts/?sort=name")
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".artifact-row__name")).to_have_count(4)
    page.get_by_role("link", name="Back to the first page").click()
    page.get_by_label("Search names and sources").fill("squad")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".artifact-row__name")).to_have_text(["squad"])


def test_times_are_in_the_zone_of_the_reader(open_page, shelf, charlie):
    page = open_page(charlie, timezone_id="Asia/Tokyo", locale="en-GB")
    page.goto("/artifacts/?type=dataset")
    age = page.locator(".artifact-row__age time")
    assert "ago" in age.text_content() or "now" in age.text_content()
    page.get_by_role("link", name="squad").click()
    page.wait_for_load_state()
    moment = page.locator(".facts time").first
    shown = moment.evaluate(
        "e => e.textContent === new Intl.DateTimeFormat('en-GB',"
        " {dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo'})"
        ".format(new Date(e.dateTime))"
    )
    assert shown


def test_the_keyboard_reaches_everything_in_order(open_page, shelf, charlie):
    page = open_page(charlie)
    page.goto("/artifacts/?type=dataset")
    page.keyboard.press("Tab")
    assert page.locator(":focus").text_content() == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("name") == "q"
    width = page.locator(":focus").evaluate("e => getComputedStyle(e).outlineWidth")
    assert width == "3px"


NARROW = {"viewport": {"width": 390, "height": 844}}


def test_a_narrow_window_begins_with_the_list_and_keeps_the_filters_near(open_page, shelf, charlie):
    page = open_page(charlie, **NARROW)
    page.goto("/artifacts/?sort=name")
    assert page.locator(".artifact-row").first.bounding_box()["y"] < 844 / 2
    summary = page.get_by_text("Filters and order: 1 set")
    page.get_by_label("Type").wait_for(state="hidden")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Type").select_option("dataset")
    page.get_by_text("Filters and order: 2 set").wait_for()
    page.get_by_text("1 artifact fits").wait_for()
    assert page.get_by_label("Type").is_visible()

    page.set_viewport_size({"width": 1280, "height": 844})
    page.get_by_text("Filters and order").wait_for(state="hidden")
    assert page.get_by_label("Type").is_visible()


def test_a_narrow_window_without_javascript_has_the_filters_too(open_page, shelf, charlie):
    page = open_page(charlie, java_script_enabled=False, **NARROW)
    page.goto("/artifacts/")
    page.get_by_label("Type").select_option("dataset")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".artifact-row__name")).to_have_text(["squad"])


def test_the_navigation_stays_on_one_line_and_shows_where_one_is(open_page, shelf, dora):
    page = open_page(dora, viewport={"width": 320, "height": 700})
    page.goto("/queue/")
    links = page.get_by_role("navigation", name="Main").locator("a")
    tops = {link.bounding_box()["y"] for link in links.all()}
    assert len(tops) == 1
    here = page.locator(".masthead__nav [aria-current]").bounding_box()
    assert here["x"] >= 0
    assert here["x"] + here["width"] <= 320
