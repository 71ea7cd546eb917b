"""May my project use it? Asked of a real repository on the local hub, with its explanation."""

from __future__ import annotations

import pytest

from tests.end_to_end.test_main_job import ARRIVAL, register


@pytest.mark.parametrize("with_script", [True, False])
def test_a_licence_is_checked_against_a_repository(
    open_page, worker, alice, demo_content, with_script
):
    page = open_page(alice, java_script_enabled=with_script)
    page.goto("/")
    register(page, demo_content.model.url)
    page.get_by_role("link", name="Download").first.wait_for(timeout=ARRIVAL)
    page.wait_for_load_state()
    page.get_by_role("link", name="Licence", exact=True).click()
    page.get_by_label("The GitHub repository of your project").fill(demo_content.code.url)
    page.get_by_role("button", name="Check").first.click()
    answer = page.locator("#answer")
    answer.locator(".badge").first.wait_for()
    words = answer.inner_text()
    assert demo_content.code.revision[:12] in words
    assert "Rule" in words
