"""A call with a token needs no cookies and gets none; everything else is as ever."""

from __future__ import annotations

import pytest

from accounts import tokens
from common.browsers import NOTHING
from tests.factories import make_artifact


@pytest.fixture
def bearer(charlie) -> dict[str, str]:
    return {"HTTP_X_AUTHORIZATION": f"bearer {tokens.open_session(charlie)}"}


def test_data_may_do_nothing_in_a_browser(client, bearer):
    make_artifact("one")
    for path, status in {"/api/artifact/byName/one": 200, "/api/artifact/byName/two": 404}.items():
        response = client.get(path, **bearer)
        assert response.status_code == status
        assert response["Content-Security-Policy"] == NOTHING
        assert not response.cookies


def test_pages_keep_their_policy(client):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy


def test_a_token_counts_and_the_cookie_beside_it_does_not(client, alice, dora, bearer):
    client.force_login(dora)
    assert client.get("/api/me", **bearer).json()["username"] == "charlie"
    assert client.get("/api/me").json()["username"] == "dora"


@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_header_is_none(client, dora, blank: str):
    client.force_login(dora)
    assert client.get("/api/me", HTTP_X_AUTHORIZATION=blank).json()["username"] == "dora"


def test_a_header_on_a_page_changes_nothing(client, dora, bearer):
    client.force_login(dora)
    assert "dora" in client.get("/me/", **bearer).content.decode()


def test_the_readable_api_works_with_a_token(client, bearer):
    response = client.get("/api/me", HTTP_ACCEPT="text/html", **bearer)
    assert response["Content-Type"].startswith("text/html")
    assert "charlie" in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
