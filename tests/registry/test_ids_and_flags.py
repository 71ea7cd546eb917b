"""One meaning of ids and flags: every route with an id and every flag, collected, not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

from artifacts.models import File
from lineage.models import Link
from ratings.models import PolicyRule
from tests.api.document import operations
from tests.api.world import CALLS, World, build

pytestmark = pytest.mark.django_db

# No rows of ours: names, signed links, and Django's own pages.
ELSEWHERE = ("admin/", "downloads/", "api/artifact/byName/")
ID = re.compile(r"<(?:str|int):(?!type)(\w+)>|\(\?P<(pk)>[^)]*\)")
# Pages that only take what a form sends.
POSTED = re.compile(
    r"/(refresh|retry|quarantine|release|add|remove|check|delete|revoke)/$|^users/[^/]+/$"
)


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for entry in patterns:
        address = before + str(entry.pattern).strip("^$")
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        elif ID.search(address) and not address.startswith(ELSEWHERE):
            yield address


ROUTES = sorted(set(routes(get_resolver().url_patterns)))
PLACES = [(route, match.start()) for route in ROUTES for match in ID.finditer(route)]


@pytest.fixture
def world(alice, bob, charlie, dora) -> World:
    return build(alice, [alice, bob, charlie, dora])


@pytest.fixture
def ids(world, dora) -> dict[str, int]:
    """The id of something that is there, by how an address begins or by the name of its part."""
    model = world.ids["model"]
    return {
        "artifact": model,
        "artifacts": model,
        "file_id": File.objects.filter(version__artifact=model).first().pk,
        "lineage": world.ids["link"],
        "link_id": Link.objects.filter(child=model, version=None).first().pk,
        "me": world.tokens[dora.pk],
        "policy": PolicyRule.objects.first().pk,
        "ratings": world.ids["rating"],
        "tokens": world.tokens[dora.pk],
        "users": world.ids["user"],
    }


def address_of(route: str, at: int, ids: dict[str, int], text: str) -> str:
    """The route with ids that are there, but ``text`` (with the id as {}) for the one ``at``."""

    def fill(match: re.Match[str]) -> str:
        known = ids.get(match[1]) or ids[route.removeprefix("api/").partition("/")[0]]
        return text.format(known) if match.start() == at else str(known)

    return "/" + ID.sub(fill, route).replace("<str:type>", "model")


def methods_for(route: str) -> list[str]:
    if not route.startswith("api/"):
        return ["POST"] if POSTED.search(route) else ["GET"]
    shape = re.sub(r"<[^>]*>", "{}", re.sub(r"\(\?P<\w+>[^)]*\)", "{}", f"/{route}"))
    return [name.split()[0] for name in CALLS if name.split()[1] == shape]


# What nobody may take for the id of a row; the first two are no ids at all.
WRONG = {"a_b": 400, "1.5": 400, "00{}": 404, "0": 404, "nobody": 404, "9" * 30: 404, "-1": 404}


@pytest.mark.parametrize(("route", "at"), PLACES)
def test_every_route_with_an_id_reads_it_the_same(route, at, ids, client, api, dora):
    caller = api(dora) if route.startswith("api/") else client
    client.force_login(dora)
    methods = methods_for(route)
    assert methods
    for method in methods:
        for text, status in WRONG.items():
            address = address_of(route, at, ids, text)
            body = {"content_type": "application/json", "data": "{}"} if method != "GET" else {}
            answer = caller.generic(method, address, **body)
            assert answer.status_code == status, (method, address, answer.content[:200])


@pytest.mark.parametrize(
    ("page", "name"), [("rating/", "rating"), ("files/", "version"), ("download/", "version")]
)
def test_the_numbers_that_pages_take_are_read_the_same(page, name, ids, world, client, dora):
    client.force_login(dora)
    known = world.ids["rating"] if name == "rating" else 1
    address = f"/artifacts/model/{ids['artifact']}/{page}?{name}="
    assert client.get(f"{address}{known}").status_code in {200, 302}
    for text, status in WRONG.items():
        assert client.get(address + text.format(known)).status_code == status, text


@pytest.mark.parametrize("name", ["child", "parent"])
def test_the_ids_in_a_body_are_read_the_same(name, ids, world, api, dora):
    known = {"child": ids["artifact"], "parent": world.ids["data"]}
    for text, status in {**WRONG, "٣": 400}.items():
        body = {one: str(id) for one, id in known.items()} | {"relationship": "evaluation_dataset"}
        answer = api(dora).post("/api/lineage", body | {name: text.format(known[name])})
        assert answer.status_code == status, text


FLAGS = sorted(
    (name, parameter["name"])
    for name, operation in operations().items()
    for parameter in operation.get("parameters", [])
    if parameter["in"] == "query" and parameter["schema"].get("type") == "boolean"
)
YES = ("true", "TRUE", "True", "1", "yes", "Yes", "on")
NO = ("false", "FALSE", "0", "no", "NO", "off")
NEITHER = ("maybe", "2", "truee", "y es")


def test_there_are_flags():
    assert {flag for _, flag in FLAGS} == {"dependency", "includeTimeline", "is_active", "outside"}


def told(answer) -> Any:
    """What an answer says, without the moments in it and what was measured."""
    assert answer.status_code == 200, answer.content
    said = answer.json()
    if "components" in said:
        return [bool(part["timeline"]) for part in said["components"]]
    return said


@pytest.mark.parametrize(("operation", "flag"), FLAGS)
def test_every_flag_is_read_the_same(operation, flag, world, api, dora):
    call = world.address(CALLS[operation].address.partition("?")[0], dora)
    client = api(dora)
    yes, no = ([told(client.get(f"{call}?{flag}={word}")) for word in some] for some in (YES, NO))
    assert all(one == yes[0] for one in yes)
    assert all(one == no[0] for one in no)
    for word in NEITHER:
        assert client.get(f"{call}?{flag}={word}").status_code == 400, word


def test_the_flag_of_a_page_is_read_the_same(world, client, dora):
    client.force_login(dora)
    address = "/artifacts/?q=acme/b.rt&regex="
    assert all("acme/bert" in client.get(address + word).text for word in YES)
    assert all("No results" in client.get(address + word).text for word in NO)
    box = re.compile(r'<input type="checkbox" name="regex"[^>]*>')
    for word in (*YES, *NO):  # whatever the address said, the box says "on" when it is ticked
        (shown,) = box.findall(client.get(address + word).text)
        assert "value=" not in shown
        assert ("checked" in shown) == (word in YES)
    for word in NEITHER:
        text = client.get(address + word).text
        assert "Must be true or false" in text
        assert "Nothing was looked for" in text


@pytest.mark.parametrize(
    "address", ["/api/ratings?artifact={}", "/api/lineage?child={}", "/api/lineage?parent={}"]
)
def test_filters_by_id_take_what_can_be_one(address, world, api, dora):
    client, model = api(dora), world.ids["model"]
    assert client.get(address.format(model)).status_code == 200
    assert client.get(address.format(999_999)).json()["results"] == []
    for text in (f"00{model}", f"{model}.0", f"+{model}", f"%20{model}", "0", "-1", "x"):
        assert client.get(address.format(text)).status_code == 400, text
