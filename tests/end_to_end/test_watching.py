"""Registering in a browser: recognised while typing, watched until the panel stops by itself."""

from __future__ import annotations

import pytest

from artifacts.models import Artifact, State
from tests.factories import add_file, make_artifact, make_rating, publish

WHISPER = "https://huggingface.co/openai/whisper-tiny"


def advance(artifact: Artifact, **fields) -> None:
    version = artifact.newest
    for name, value in fields.items():
        setattr(version, name, value)
    version.save(update_fields=list(fields))


def finish(artifact: Artifact) -> None:
    """Leave the rows as the pipeline does at its end."""
    version = artifact.newest
    add_file(version, "model.safetensors", 1_000_000)
    advance(artifact, state=State.READY, stage="", size_bytes=1_000_000, revision="c0ffee" * 6)
    make_rating(version)
    publish(artifact, artifact.newest, net_score=0.71, coverage=0.84)


@pytest.mark.django_db(transaction=True)
def test_an_address_is_recognised_registered_and_watched(open_page, alice):
    page = open_page(alice)
    page.goto("/artifacts/register/")
    page.get_by_label("Address").fill(f"{WHISPER}.git")
    page.locator("#recognised").get_by_text("whisper-tiny").first.wait_for()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="On its way").wait_for()

    artifact = Artifact.objects.get()
    page.evaluate("window.sameDocument = true")
    advance(
        artifact,
        state=State.FETCHING,
        stage="fetch",
        files_total=3,
        bytes_total=2_000_000,
        bytes_done=500_000,
    )
    page.get_by_text("500\u00a0kB of 2.0\u00a0MB").wait_for()
    assert page.locator("[aria-current=step]").text_content().strip().startswith("Fetch the files")
    page.locator("#announcer", has_text="Fetch the files.").wait_for(state="attached")

    finish(artifact)
    page.get_by_role("link", name="Download", exact=False).first.wait_for()
    assert page.locator("[hx-trigger^=every]").count() == 0
    assert page.evaluate("window.sameDocument") is None
    page.get_by_role("link", name="All measurements with their evidence").click()
    page.get_by_text("2 people would have to leave").wait_for()


@pytest.mark.django_db(transaction=True)
def test_a_failure_ends_on_its_reason_and_can_be_tried_again(open_page, alice):
    artifact = make_artifact("whisper", owner=alice, state=State.PENDING, url=WHISPER)
    page = open_page(alice)
    page.goto(artifact.get_absolute_url())
    advance(artifact, state=State.FAILED, stage="collect", reason="Hugging Face has no such model.")
    page.get_by_text("Hugging Face has no such model.").wait_for()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Waiting for a worker. You may close this page").wait_for()
    assert artifact.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_several_addresses_are_watched_together(open_page, alice):
    page = open_page(alice)
    page.goto("/artifacts/register/")
    page.get_by_label("Address").fill(f"{WHISPER}\nhttps://github.com/openai/whisper")
    page.locator(".recognised__line").nth(1).wait_for()
    page.get_by_role("button", name="Register").click()
    page.get_by_text("2 of 2 still on the way.").wait_for()
    for artifact in Artifact.objects.all():
        advance(artifact, state=State.FAILED, reason="The hub is away.")
    page.get_by_text("All 2 have ended.").wait_for()
    page.get_by_role("link", name="register more").wait_for()
    assert page.locator("[hx-trigger^=every]").count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_wrong_address_is_explained_beside_the_field(open_page, alice, complaints):
    page = open_page(alice)
    page.goto("/artifacts/register/")
    page.get_by_label("Address").fill("https://example.org/x")
    page.locator("#recognised").get_by_text("Not understood").wait_for()
    page.get_by_role("button", name="Register").click()
    page.locator("#id_urls_error").get_by_text("huggingface.co and github.com").wait_for()
    assert page.title().startswith("Problem: Register")
    assert page.get_by_label("Address").input_value() == "https://example.org/x"
    assert page.locator(":focus").get_attribute("id") == "id_urls"
    complaints.clear()  # the browser notes the 422


@pytest.mark.django_db(transaction=True)
def test_deleting_asks_for_the_name(open_page, alice):
    artifact = make_artifact("whisper", owner=alice)
    page = open_page(alice)
    page.goto(artifact.get_absolute_url())
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("to confirm").fill("whisper")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("whisper is deleted.").wait_for()
    assert not Artifact.objects.exists()
