"""What admins do besides: read the audit, take it away as CSV, and begin again."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.models import Artifact
from tests.factories import make_artifact


@pytest.mark.django_db(transaction=True)
def test_reset_wants_the_word_and_keeps_the_audit(open_page, dora, alice, files, complaints):
    make_artifact("whisper", owner=alice)
    page = open_page(dora)
    page.goto("/")
    page.get_by_role("link", name="Operations").click()
    page.get_by_role("link", name="Reset").click()
    page.get_by_text("1 artifact with 1 version").wait_for()
    page.get_by_label("to confirm").fill("yes")
    page.get_by_role("button", name="Reset everything").click()
    page.locator(".errorlist").wait_for()
    assert Artifact.objects.exists()
    complaints.clear()  # the browser notes the 422

    page.get_by_label("to confirm").fill("reset")
    page.get_by_role("button", name="Reset everything").click()
    page.get_by_role("status").get_by_text("reset", exact=False).first.wait_for()
    assert not Artifact.objects.exists()

    page.goto("/audit/")
    page.get_by_role("cell", name="whisper").first.wait_for()
    with page.expect_download() as started:
        page.get_by_role("link", name="Export as CSV").click()
    assert "whisper" in Path(started.value.path()).read_text()


@pytest.mark.django_db(transaction=True)
def test_django_admin_quarantines_with_a_reason(open_page, dora, alice):
    artifact = make_artifact("whisper", owner=alice)
    page = open_page(dora)
    page.goto("/admin/artifacts/artifact/")
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("quarantine")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Reason").fill("It phones home.")
    page.get_by_role("button", name="Quarantine").click()
    page.get_by_text("1 in quarantine.").wait_for()
    page.get_by_role("link", name="Page", exact=True).click()
    page.get_by_text("It phones home.").wait_for()
    page.get_by_role("button", name="Release from quarantine").click()
    page.get_by_text("whisper is back.").wait_for()
    artifact.refresh_from_db()
    assert artifact.current is not None
