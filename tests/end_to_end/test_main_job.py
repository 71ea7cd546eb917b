"""From signing in to the bytes, with a real worker and a real hub, with JavaScript and without."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile

import pytest

from accounts import tokens
from accounts.models import Role
from artifacts.models import Artifact
from tests.conftest import PASSWORD

ARRIVAL = 60_000  # milliseconds, for a busy machine


def sign_in(page, name: str) -> None:
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def register(page, *urls: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Register").click()
    page.get_by_label("Address").fill("\n".join(urls))
    page.get_by_role("button", name="Register").click()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pasted_address_becomes_bytes_that_can_be_trusted(open_page, worker, alice, demo_content):
    page = open_page(None)
    sign_in(page, "alice")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Register").click()
    page.get_by_label("Address").fill(f" {demo_content.model.url}/tree/main ")
    page.locator("#recognised").get_by_text("field-notes-tiny").first.wait_for()
    page.get_by_role("button", name="Register").click()

    download = page.get_by_role("link", name="Download").first
    download.wait_for(timeout=ARRIVAL)
    assert "Ready" in page.locator(".artifact-head").inner_text()
    assert demo_content.model.revision[:12] in page.locator(".artifact-head").inner_text()
    page.locator(".readme").get_by_role("heading").first.wait_for()
    page.locator(".rating-panel__score").wait_for()

    with page.expect_download() as started:
        download.click()
    with open(started.value.path(), "rb") as file:  # noqa: PTH123 - Playwright gives a string
        assert unpacked(file.read()) == demo_content.model.files()

    page.get_by_role("link", name="All measurements with their evidence").click()
    page.get_by_role("heading", name="Bus factor").wait_for()
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_text("model-00001", exact=False).first.wait_for()
    page.get_by_role("link", name="Licence", exact=True).click()
    page.get_by_text("Apache-2.0").first.wait_for()
    page.get_by_role("link", name="Lineage", exact=True).click()
    page.locator(".lineage-picture").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()


def test_the_same_job_without_javascript(open_page, worker, alice, demo_content):
    page = open_page(None, java_script_enabled=False)
    sign_in(page, "alice")
    register(page, demo_content.dataset.url)
    page.get_by_role("link", name="Download").first.wait_for(timeout=ARRIVAL)  # it reloads itself
    page.wait_for_load_state()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").first.click()
    with open(started.value.path(), "rb") as file:  # noqa: PTH123 - Playwright gives a string
        assert unpacked(file.read()) == demo_content.dataset.files()
    page.get_by_role("link", name="Rating", exact=True).click()
    page.get_by_role("heading", name="Dataset quality").wait_for()


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"), reason="no jq or curl here")
def test_the_copied_command_works_as_it_is(open_page, worker, alice, bob, demo_content, tmp_path):
    _, secret = tokens.create_token(bob, name="script", role=Role.DOWNLOADER)
    page = open_page(alice)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/artifacts/")
    register(page, demo_content.gguf.url)
    page.get_by_role("link", name="Download").first.wait_for(timeout=ARRIVAL)
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Copy").click()
    page.locator("#announcer", has_text="Copied.").wait_for(state="attached")
    command = page.evaluate("navigator.clipboard.readText()")
    environment = os.environ | {"REGISTRY_TOKEN": secret}
    subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, check=True, timeout=60)
    (bundle,) = tmp_path.glob("*.zip")
    assert unpacked(bundle.read_bytes()) == demo_content.gguf.files()


def test_many_addresses_arrive_together(open_page, worker, alice, demo_content):
    page = open_page(alice)
    page.goto("/")
    register(page, demo_content.gguf.url, demo_content.code.url, "", demo_content.undocumented.url)
    page.get_by_text("All 3 have ended.").wait_for(timeout=ARRIVAL)
    states = page.locator("#arrivals .badge").all_inner_texts()
    assert len(states) == 3
    assert "Ready" in " ".join(states)
    assert Artifact.objects.count() >= 3
