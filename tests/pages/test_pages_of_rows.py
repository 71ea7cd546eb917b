"""The links from one page of rows to the next, and the pages that have them."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts import user_views
from accounts.models import User
from artifacts import audit_actions
from artifacts.models import File
from artifacts.views import artifact_detail, audit_trail
from common.pagination import Page
from registry.operations import audit_pages
from tests.factories import make_artifact

SIZE = 2


def render(page: Page, **more: str) -> str:
    request = RequestFactory().get("/files/", {"version": "3", "after": "key", "page": "2"})
    context = {"page": page, "request": request, "what": "files", **more}
    return render_to_string("components/_pages.html", context)


def test_they_keep_what_else_the_address_says():
    first = render(Page(["a"], next_key="more"))
    middle = render(Page(["b"], next_key="more", is_first=False))
    last = render(Page(["c"], is_first=False))
    assert 'href="?version=3&amp;after=more">Next' in first
    assert "First page" not in first
    assert 'href="?version=3">First page' in middle
    assert 'href="?version=3&amp;after=more">Next' in middle
    assert "Next" not in last
    assert render(Page(["all"])).strip() == ""


def test_they_have_the_words_of_their_rows():
    both = render(Page(["b"], next_key="more", is_first=False), first="Newest", older="Older")
    assert "Newest" in both
    assert "Older" in both
    assert 'aria-label="Pages of files"' in both


@pytest.fixture
def admin(client, dora):
    client.force_login(dora)
    return client


@pytest.fixture(params=["files", "audit", "whole audit", "people"])
def rows(request, monkeypatch, admin, alice) -> tuple[str, list[str], str]:
    """A page of several rows, two at a time: its address, the rows in order, and how to see one."""
    artifact = make_artifact(owner=alice)
    if request.param == "files":
        monkeypatch.setattr(artifact_detail, "FILES_PER_PAGE", SIZE)
        paths = File.objects.filter(version=artifact.current).values_list("path", flat=True)
        return f"/artifacts/model/{artifact.pk}/files/", sorted(paths), r'table__code">([^<]+)</th>'
    if request.param == "people":
        monkeypatch.setattr(user_views, "PER_PAGE", SIZE)
        for number in range(3):
            User.objects.create_user(f"person-{number}")
        names = sorted(User.objects.values_list("username", flat=True))
        return "/users/", names, r'<th scope="row">([^<]+)</th>'
    # entries of one moment are told apart by their keys
    for number in range(3):
        audit_actions.record(artifact, "DOWNLOAD", alice, file=f"f{number}")
    words = [f"Downloaded f{number}" for number in (2, 1, 0)]
    monkeypatch.setattr(audit_trail, "PER_PAGE", SIZE)
    monkeypatch.setattr(audit_pages, "PER_PAGE", SIZE)
    address = f"/artifacts/model/{artifact.pk}/audit/"
    if request.param == "whole audit":
        address = "/audit/?action=DOWNLOAD"
    return address, words, r"(Downloaded f\d)"


def test_following_them_shows_each_row_once(admin, rows):
    address, expected, pattern = rows
    path, seen, following = address.partition("?")[0], [], address
    while following:
        text = admin.get(following).text
        assert len(re.findall(pattern, text)) <= SIZE
        seen += re.findall(pattern, text)
        more = re.search(r'href="(\?[^"]*after=[^"]*)">(?:Next|Older)', text)
        following = path + more[1].replace("&amp;", "&") if more else ""
    assert seen == expected


def test_addresses_of_numbered_pages_lead_to_the_first(admin, rows):
    address, expected, pattern = rows
    mark = "&" if "?" in address else "?"
    assert re.findall(pattern, admin.get(f"{address}{mark}page=2").text) == expected[:SIZE]


def test_what_is_no_key_is_refused_in_words(admin, rows):
    address = rows[0]
    mark = "&" if "?" in address else "?"
    answer = admin.get(f"{address}{mark}after=x")
    assert answer.status_code == 400
    assert "after is not the key of a page" in answer.text
