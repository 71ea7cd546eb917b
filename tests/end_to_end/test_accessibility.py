"""axe finds nothing on any page, light and dark, wide and narrow; nothing scrolls sideways."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from artifacts.models import Scan, State
from tests.factories import add_file, make_artifact, make_rating, make_version

SCHEMES = [("light", 1280), ("dark", 375)]


def violations(page) -> list[str]:
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


@pytest.fixture
def world(transactional_db, alice, dora):
    """One of everything, so that no page is empty."""
    ready = make_artifact("bert-base-uncased", owner=alice)
    found = {"kind": "pickle_import", "severity": "danger", "detail": "imports os.x", "offset": 9}
    add_file(ready.current, "evil.pkl", scan=Scan.DANGEROUS, findings=[found])
    make_version(ready, state=State.FAILED, reason="The hub did not answer.", stage="fetch")
    make_artifact("squad", type="dataset", owner=alice, net_score=None, coverage=0.4)
    arriving = make_artifact(
        "whisper",
        type="code",
        state=State.FETCHING,
        stage="fetch",
        bytes_done=5,
        bytes_total=10,
        files_total=2,
    )
    rejected = make_artifact("nameless", state=State.REJECTED, reason="license is 0.", rated=False)
    rule = {"metric": "license", "minimum": 0.3, "actual": 0.0, "reason": "license is 0"}
    make_rating(rejected.newest, broken=[rule])
    return {
        "ready": ready.get_absolute_url(),
        "rejected": rejected.get_absolute_url(),
        "arriving": arriving.get_absolute_url(),
        "ids": f"id={ready.pk}&id={arriving.pk}",
        "admin": dora,
    }


PAGES = [
    "/",
    "/status/",
    "/artifacts/",
    "/artifacts/?q=nothing-like-it",
    "/artifacts/?state=refused",
    "/artifacts/?score=7",
    "/artifacts/register/?url=https://github.com/openai/whisper",
    "/artifacts/arrivals/?{ids}",
    "{arriving}",
    "{ready}",
    "{ready}files/",
    "{ready}rating/",
    "{ready}license/",
    "{ready}versions/",
    "{ready}audit/",
    "{ready}lineage/",
    "{ready}cost/",
    "/me/",
    "/policy/",
    "/policy/new/",
    "/queue/",
    "/users/",
    "/users/?q=nobody-like-it",
    "/audit/",
    "/audit/?artifact=whisper",
    "/reset/",
    "/admin/",
    "/admin/artifacts/version/",
    "/admin/accounts/user/",
    "{ready}edit/",
    "{ready}delete/",
    "{ready}quarantine/",
    "{rejected}",
    "{rejected}rating/",
]


@pytest.mark.parametrize(("scheme", "width"), SCHEMES)
def test_no_page_has_a_violation(open_page, world, scheme, width):
    page = open_page(world["admin"], color_scheme=scheme, viewport={"width": width, "height": 800})
    found = {}
    for template in PAGES:
        address = template.format(**world)
        page.goto(address)
        page.locator(".htmx-request").first.wait_for(state="detached")
        problems = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[address] = problems
    assert found == {}


@pytest.mark.parametrize(("scheme", "width"), SCHEMES)
@pytest.mark.parametrize("address", ["/login/", "/sign-up/"])
def test_the_door_has_none_either(open_page, db, address, scheme, width):
    page = open_page(None, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(address)
    assert violations(page) == []


def test_what_is_not_there_is_a_readable_page(open_page, world, complaints):
    page = open_page(world["admin"])
    assert page.goto("/artifacts/model/999/").status == 404
    assert violations(page) == []
    assert page.goto("/no/such/page").status == 404
    assert violations(page) == []
    complaints.clear()  # the browser notes each 404
