"""What each of the four sees, and how an admin changes it."""

from __future__ import annotations

import pytest

from tests.factories import make_artifact

NAVIGATION = ["Overview", "Artifacts", "Register", "Policy", "Operations"]
ACTIONS = ["Download", "Refresh from source", "Edit", "Delete", "Quarantine"]
SEEN = {
    "charlie": (["Overview", "Artifacts", "Policy"], []),
    "bob": (["Overview", "Artifacts", "Policy"], ["Download"]),
    "alice": (["Overview", "Artifacts", "Register", "Policy"], ACTIONS[:4]),
    "dora": (NAVIGATION, ACTIONS),
}


@pytest.mark.django_db(transaction=True)
def test_each_sees_what_they_may_do(open_page, request, alice, complaints):
    artifact = make_artifact("whisper", owner=alice)
    for name, (navigation, actions) in SEEN.items():
        user = alice if name == "alice" else request.getfixturevalue(name)
        page = open_page(user)
        page.goto(artifact.get_absolute_url())
        assert page.get_by_role("navigation", name="Main").locator("a").all_inner_texts() == (
            navigation
        )
        offered = page.locator(".artifact-head .actions").locator("a, button").all_inner_texts()
        assert [text.split("\n")[0].strip() for text in offered if text.strip()] == [
            text if text != "Download" else "Download 269\u00a0MB" for text in actions
        ]
        status = page.goto("/queue/").status
        assert status == (200 if name == "dora" else 403)
        if name != "dora":
            page.get_by_text("needs the role").wait_for()
        page.context.close()
    complaints.clear()  # the browser notes each 403


@pytest.mark.django_db(transaction=True)
def test_a_role_given_by_an_admin_counts_at_once(open_page, dora, charlie):
    theirs = open_page(charlie)
    theirs.goto("/")
    assert theirs.get_by_role("link", name="Register", exact=True).count() == 0
    page = open_page(dora)
    page.goto("/")
    page.get_by_role("link", name="Operations").click()
    page.get_by_role("link", name="Users").click()
    page.get_by_label("Role of charlie").select_option("uploader")
    page.get_by_role("button", name="Change role of charlie").click()
    page.get_by_text("charlie has the role uploader now.").wait_for()
    theirs.reload()
    theirs.get_by_role("navigation", name="Main").get_by_role("link", name="Register").wait_for()

    page.get_by_role("button", name="Disable charlie").click()
    page.get_by_text("charlie is disabled").wait_for()
    theirs.reload()
    assert "/login/" in theirs.url

    page.get_by_role("button", name="Disable dora").click()
    page.get_by_text("dora is the last admin").wait_for()


@pytest.mark.django_db(transaction=True)
def test_a_token_is_made_copied_and_revoked(open_page, alice, live_server):
    page = open_page(alice)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/me/")
    page.get_by_label("What it is for").fill("release gate")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_text("it is shown once and kept nowhere").wait_for()
    page.wait_for_load_state("load")  # no person presses a button before its style is there
    page.get_by_role("button", name="Copy").click()
    page.locator("#announcer", has_text="Copied.").wait_for(state="attached")
    secret = page.evaluate("navigator.clipboard.readText()")
    headers = {"X-Authorization": f"bearer {secret}"}
    asked = open_page(None).request
    body = [{"name": "*"}]
    answer = asked.post(f"{live_server.url}/api/artifacts", headers=headers, data=body)
    assert answer.status == 200

    page.goto("/me/")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke release gate").click()
    page.get_by_text("“release gate” is revoked.").wait_for()
    answer = asked.post(f"{live_server.url}/api/artifacts", headers=headers, data=body)
    assert answer.status == 403


@pytest.mark.django_db(transaction=True)
def test_nobody_can_press_copy_before_it_works(open_page, alice):
    page = open_page(alice, java_script_enabled=False)
    page.goto("/me/")
    page.get_by_label("What it is for").fill("release gate")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_text("it is shown once and kept nowhere").wait_for()
    page.wait_for_load_state("load")
    assert page.locator("[data-copies]").is_hidden()
