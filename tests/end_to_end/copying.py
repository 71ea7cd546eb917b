"""The button that copies, as a person presses it."""

from __future__ import annotations

from playwright.sync_api import Page, TimeoutError


def copied(page: Page) -> str:
    """What is in the clipboard once the page says so.

    A browser that is not in front refuses for a moment; then the page says that the text is
    selected instead, and whoever wants it presses again.
    """
    announcer = page.locator("#announcer")
    for _ in range(3):
        page.get_by_role("button", name="Copy").click()
        try:
            announcer.filter(has_text="Copied.").wait_for(state="attached", timeout=7000)
            break
        except TimeoutError:
            assert announcer.inner_text() == "Selected. Press Control C to copy."
    return str(page.evaluate("navigator.clipboard.readText()"))
