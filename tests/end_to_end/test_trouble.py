"""What did not arrive explains itself, and can be tried again."""

from __future__ import annotations

from artifacts.models import Artifact
from tests.end_to_end.test_main_job import ARRIVAL, register
from tests.hub import faults


def test_a_rejected_artifact_says_which_rule_and_why(open_page, worker, alice, demo_content):
    page = open_page(alice)
    page.goto("/")
    register(page, demo_content.pickle.url)
    page.get_by_role("heading", name="Rejected by the policy").wait_for(timeout=ARRIVAL)
    notice = page.locator(".notice--error").inner_text()
    assert ".bin" in notice or ".pkl" in notice
    assert page.get_by_role("link", name="Download").count() == 0
    page.get_by_role("link", name="Every measurement and its reason").click()
    page.get_by_role("heading", name="License").wait_for()
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_role("heading", name="What the scan found").wait_for()
    page.get_by_text("Dangerous").first.wait_for()


def test_an_admin_tries_a_failure_again_from_the_queue(
    open_page, worker, alice, dora, demo_content
):
    worker.faults.add("/api/models/fernwood/field-notes-tiny*", faults.Status(503))
    page = open_page(alice)
    page.goto("/")
    register(page, demo_content.model.url)
    page.get_by_role("heading", name="This did not arrive").wait_for(timeout=ARRIVAL)
    page.get_by_text("This often passes by itself. Try again.").wait_for()

    worker.faults.clear()
    queue = open_page(dora)
    queue.goto("/queue/")
    queue.get_by_label("Choose field-notes-tiny").check()
    queue.get_by_role("button", name="Try the chosen ones again").click()
    queue.get_by_text("1 asked for again.").wait_for()

    page.reload()
    page.get_by_role("link", name="Download").first.wait_for(timeout=ARRIVAL)


def test_what_is_not_there_says_so_and_can_be_deleted(open_page, worker, alice):
    page = open_page(alice)
    page.goto("/")
    register(page, "https://huggingface.co/nobody/nothing")
    page.get_by_text("Check the spelling.").wait_for(timeout=ARRIVAL)
    page.get_by_role("link", name="Delete").click()
    page.get_by_text("1 version with 0 files").wait_for()
    page.get_by_label("to confirm").fill("nothing")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("nothing is deleted.").wait_for()
    assert not Artifact.objects.exists()
