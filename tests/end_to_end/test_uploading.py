"""Uploading in a browser: with and without JavaScript, and what is too large."""

from __future__ import annotations

import pytest

from artifacts.models import Artifact
from tests.artifacts.hostile import zipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
BUNDLE = {
    "name": "ears.zip",
    "mimeType": "application/zip",
    "buffer": zipped([("ears/README.md", b"# Ears\n"), ("ears/a.csv", bytes(3_000_000))]),
}


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_bundle_is_sent_and_watched(open_page, alice, has_script):
    page = open_page(alice, java_script_enabled=has_script)
    page.goto("/artifacts/register/")
    page.get_by_label("Bundle").set_input_files(BUNDLE)
    page.get_by_label("What it is").select_option("dataset")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="On its way").wait_for()
    assert Artifact.objects.get().name == "ears"


def test_a_mistake_is_said_beside_the_field_without_leaving_the_page(open_page, alice, complaints):
    page = open_page(alice)
    page.goto("/artifacts/register/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Bundle").set_input_files({**BUNDLE, "name": "ears.exe"})
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("is not accepted; a bundle ends in").wait_for()
    assert page.evaluate("window.sameDocument") is True
    assert page.locator(":focus").get_attribute("id") == "id_upload_file"
    assert "422" in complaints.pop()  # the browser logs every answer that is no success


def test_what_is_too_large_is_refused_before_it_is_sent(open_page, alice, settings):
    settings.MAX_CONTENT_LENGTH = 1_000_000
    page = open_page(alice)
    page.goto("/artifacts/register/")
    field = page.get_by_label("Bundle")
    field.set_input_files(BUNDLE)
    assert field.evaluate("e => e.validationMessage") == "This has more than 1 MB."
    page.get_by_role("button", name="Upload").click()
    assert not Artifact.objects.exists()


DROP = """names => {
  const dropped = new DataTransfer();
  for (const name of names) dropped.items.add(new File(["PK"], name));
  const options = {bubbles: true, cancelable: true, dataTransfer: dropped};
  document.querySelector("h1").dispatchEvent(new DragEvent("dragover", options));
  const over = document.querySelector(".dropzone").className;
  const drop = new DragEvent("drop", options);
  document.querySelector("h1").dispatchEvent(drop);
  return [over, drop.defaultPrevented];
}"""


def test_a_file_may_be_dropped_anywhere_on_the_page(open_page, alice):
    page = open_page(alice)
    page.goto("/artifacts/register/")
    assert page.evaluate(DROP, ["ears.zip"]) == ["dropzone dropzone--over", True]
    field = page.get_by_label("Bundle")
    assert field.evaluate("e => [...e.files].map(file => file.name)") == ["ears.zip"]
    assert field.evaluate("e => e === document.activeElement && e.validity.valid")
    assert page.locator(".dropzone--over").count() == 0
    page.evaluate(DROP, ["ears.zip", "eyes.zip"])
    assert field.evaluate("e => e.validationMessage") == "One bundle at a time."
