"""The links from one page of rows to the next."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory


def render(number: int, **more: str) -> str:
    request = RequestFactory().get("/files/", {"version": "3", "page": str(number)})
    page = Paginator(range(5), 2).page(number)
    context = {"page": page, "request": request, "what": "files", **more}
    return render_to_string("components/_pages.html", context)


def test_they_keep_what_else_the_address_says():
    first, middle, last = render(1), render(2), render(3)
    assert 'href="?version=3&amp;page=2">Next' in first
    assert "Previous" not in first
    assert 'href="?version=3&amp;page=1">Previous' in middle
    assert 'href="?version=3&amp;page=3">Next' in middle
    assert "Page 3 of 3" in last
    assert "Next" not in last


def test_they_have_the_words_of_their_rows():
    both = render(2, newer="Newer", older="Older")
    assert "Newer" in both
    assert "Older" in both
    assert 'aria-label="Pages of files"' in both
