"""What each role sees: every page, every person, one table."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from accounts.routes import rules_of
from tests.factories import make_artifact

PEOPLE = ("charlie", "bob", "alice", "dora")
ROOMS = ("artifacts", "ratings", "registry")
# page: the least role that may see it
PAGES = {
    "/": "searcher",
    "/status/": "searcher",
    "/policy/": "searcher",
    "/policy/new/": "admin",
    "/queue/": "admin",
    "/users/": "admin",
    "/audit/": "admin",
    "/reset/": "admin",
    "/artifacts/": "searcher",
    "/artifacts/register/": "uploader",
    "/artifacts/arrivals/": "searcher",
    "{artifact}": "searcher",
    "{artifact}files/": "searcher",
    "{artifact}rating/": "searcher",
    "{artifact}license/": "searcher",
    "{artifact}versions/": "searcher",
    "{artifact}audit/": "admin",
    "{artifact}quarantine/": "admin",
}
RANKS = {"searcher": 0, "downloader": 1, "uploader": 2, "admin": 3}
NAVIGATION = {
    "charlie": ["Overview", "Artifacts", "Policy"],
    "bob": ["Overview", "Artifacts", "Policy"],
    "alice": ["Overview", "Artifacts", "Register", "Policy"],
    "dora": ["Overview", "Artifacts", "Register", "Policy", "Operations"],
}


@pytest.mark.parametrize("rank", range(4))
def test_a_page_opens_for_its_role_and_those_above(client, request, rank):
    client.force_login(request.getfixturevalue(PEOPLE[rank]))
    artifact = make_artifact()
    for page, role in PAGES.items():
        status = client.get(page.format(artifact=artifact.get_absolute_url())).status_code
        assert status == (200 if rank >= RANKS[role] else 403), page


def test_who_may_not_is_told_who_can_change_it(client, charlie):
    client.force_login(charlie)
    artifact = make_artifact()
    overview = client.get(artifact.get_absolute_url()).text
    assert "needs the role downloader. An admin can give it to you." in overview
    refusal = client.get(f"{artifact.get_absolute_url()}download/").text
    assert "An admin can give you another role" in refusal


def test_strangers_are_sent_to_the_sign_in_page_from_everywhere(client, db):
    artifact = make_artifact()
    for page in PAGES:
        response = client.get(page.format(artifact=artifact.get_absolute_url()))
        assert response.status_code == 302, page
        assert response["Location"].startswith("/login/"), page


@pytest.mark.parametrize("person", PEOPLE)
def test_the_navigation_offers_what_one_may(client, request, person):
    client.force_login(request.getfixturevalue(person))
    text = client.get("/").text
    menu = text[text.index('aria-label="Main"') : text.index("</nav>")]
    for name in NAVIGATION["dora"]:
        assert (f">{name}</a>" in menu) == (name in NAVIGATION[person]), name


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ("charlie", []),
        ("bob", ["Download"]),
        ("alice", ["Download", "Refresh", "Edit", "Delete"]),
        ("dora", ["Download", "Refresh", "Edit", "Delete", "Quarantine"]),
    ],
)
def test_an_artifact_offers_what_one_may_do_with_it(client, request, alice, person, offered):
    artifact = make_artifact(owner=alice)
    client.force_login(alice if person == "alice" else request.getfixturevalue(person))
    text = client.get(artifact.get_absolute_url()).text
    head = text[text.index('class="actions"') : text.index("</header>", text.index("actions"))]
    for action in ("Download", "Refresh", "Edit", "Delete", "Quarantine"):
        assert (action in head) == (action in offered), action


def test_every_page_declares_who_may_see_it():
    resolver = get_resolver()
    undeclared = [
        f"{namespace}:{pattern.name}"
        for namespace in ROOMS
        for pattern in resolver.namespace_dict[namespace][1].url_patterns
        if not rules_of(pattern.callback)
    ]
    assert undeclared == []
