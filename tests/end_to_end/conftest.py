"""A real browser in front of the real pages. Every test also fails on a console message.

Playwright runs an event loop in the thread of the tests, where Django would refuse to
talk to the database; the tests themselves are ordinary synchronous code.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from tests.end_to_end.worker import worker

__all__ = ["worker"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that expects a complaint clears it."""
    return []


@pytest.fixture
def open_page(browser, live_server, complaints) -> Iterator[Callable[..., object]]:
    """``open_page(user)`` is a tab of somebody who has signed in; None is a stranger."""
    contexts = []

    def open_as(user: User | None = None, **options: object):
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        context.route(
            lambda url: not url.startswith(live_server.url),
            lambda route: (complaints.append(f"asked {route.request.url}"), route.abort()),
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: _note(complaints, message))
        page.on("pageerror", lambda error: complaints.append(f"error {error}"))
        page.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


# what htmx says of a panel that was asking for news when its page was left
LEAVING = ("htmx:afterRequest,", "htmx:sendError,", "htmx:sendAbort,")


def _note(complaints: list[str], message) -> None:
    if message.type in {"error", "warning"} and not message.text.startswith(LEAVING):
        complaints.append(f"{message.type} {message.text}")
