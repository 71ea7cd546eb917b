"""Pictures of the pages for the README: ``SCREENSHOTS=docs/screenshots pytest -k screenshots``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils.timezone import now

from artifacts.models import State
from lineage.models import Link
from tests.factories import grow_old, make_artifact, make_rating

TARGET = os.environ.get("SCREENSHOTS", "")
MODES = {
    "wide-light": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "light"},
    "wide-dark": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"},
    "narrow-light": {"viewport": {"width": 390, "height": 800}, "color_scheme": "light"},
    "narrow-dark": {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
}
EVERY_WAY = {"overview", "list", "register", "artifact", "rating"}
SHELF = [
    ("bert-base-uncased", "model", "Apache-2.0", 0.71, 0.84),
    ("distilbert-sst2", "model", "Apache-2.0", 0.78, 0.92),
    ("whisper-tiny", "model", "MIT", 0.66, 0.75),
    ("squad", "dataset", "CC-BY-SA-4.0", 0.58, 0.71),
    ("transformers", "code", "Apache-2.0", 0.83, 0.9),
    ("tiny-chat-7b", "model", "LicenseRef-scancode-llama-3.1", 0.49, 0.66),
    ("sentence-splitter", "model", "GPL-3.0-only", None, 0.41),
    ("street-signs", "dataset", "CC-BY-NC-4.0", 0.37, 0.6),
    ("ocr-small", "model", "MIT", 0.62, 0.88),
]
FAMILY = [
    ("bert-base-uncased", "distilbert-sst2", "base_model"),
    ("squad", "bert-base-uncased", "training_dataset"),
    ("transformers", "bert-base-uncased", "code"),
    ("distilbert-sst2", "sentence-splitter", "base_model"),
]


@pytest.fixture
def shelf(transactional_db, alice):
    made = {}
    for days, (name, kind, license, score, coverage) in enumerate(SHELF):
        made[name] = make_artifact(
            name, type=kind, owner=alice, license=license, net_score=score, coverage=coverage
        )
        grow_old(made[name], days * 2)
    for parent, child, relationship in FAMILY:
        old, new = made[parent], made[child]
        Link.objects.create(
            child=new,
            version=new.current,
            parent=old,
            parent_type=old.type,
            parent_name=old.name,
            parent_url=old.source_url,
            parent_key=old.source_key,
            relationship=relationship,
            seen_in="model_card",
        )
    for artifact in made.values():
        version = artifact.current
        version.facts |= {"card": {"license": artifact.license.lower()}}
        version.save(update_fields=["facts"])
    made["arriving"] = make_artifact(
        "mistral-mini",
        owner=alice,
        state=State.FETCHING,
        stage="fetch",
        files_done=4,
        files_total=11,
        bytes_done=1_480_000_000,
        bytes_total=2_970_000_000,
        heartbeat=now(),
        attempts=1,
    )
    made["failed"] = make_artifact(
        "gated-model",
        owner=alice,
        state=State.FAILED,
        stage="collect",
        reason="Hugging Face refuses access: the repository is gated.",
        reason_code="source_forbidden",
    )
    reason = "license is 0.00, and at least 0.30 is required (no licence is stated anywhere)"
    made["rejected"] = make_artifact(
        "nameless-7b", owner=alice, state=State.REJECTED, stage="rate", reason=reason, rated=False
    )
    rule = {"metric": "license", "minimum": 0.3, "actual": 0.0, "reason": reason}
    make_rating(made["rejected"].newest, net_score=0.22, broken=[rule])
    return made


def pages_of(shelf: dict) -> dict[str, str]:
    """Every page by the name of its picture."""
    model = shelf["bert-base-uncased"].get_absolute_url()
    ids = "&".join(f"id={shelf[name].pk}" for name in ("arriving", "failed", "whisper-tiny"))
    return {
        "overview": "/",
        "list": "/artifacts/",
        "list-nothing": "/artifacts/?q=nothing-like-it",
        "register": "/artifacts/register/?url=https://huggingface.co/openai/whisper-base",
        "arriving": shelf["arriving"].get_absolute_url(),
        "arrivals": f"/artifacts/arrivals/?{ids}",
        "artifact": model,
        "files": f"{model}files/",
        "rating": f"{model}rating/",
        "licence": f"{model}license/?project=MIT",
        "lineage": f"{model}lineage/",
        "cost": f"{model}cost/",
        "versions": f"{model}versions/",
        "audit": f"{model}audit/",
        "audit-search": "/audit/",
        "edit": f"{model}edit/",
        "delete": f"{model}delete/",
        "quarantine": f"{model}quarantine/",
        "failed": shelf["failed"].get_absolute_url(),
        "rejected": shelf["rejected"].get_absolute_url(),
        "policy": "/policy/",
        "rule": "/policy/new/",
        "me": "/me/",
        "queue": "/queue/",
        "users": "/users/",
        "health": "/status/",
        "reset": "/reset/",
        "not-found": "/artifacts/model/999999/",
        "admin": "/admin/artifacts/version/",
    }


@pytest.mark.slow
@pytest.mark.skipif(not TARGET, reason="SCREENSHOTS names no folder")
@pytest.mark.parametrize("mode", MODES)
def test_screenshots(open_page, shelf, dora, bob, charlie, mode, complaints):
    page = open_page(dora, **MODES[mode])
    for name, address in pages_of(shelf).items():
        if name in EVERY_WAY or mode in {"wide-light", "narrow-dark"}:
            take(page, address, f"{name}-{mode}")
    complaints.clear()  # the browser notes the 404


@pytest.mark.slow
@pytest.mark.skipif(not TARGET, reason="SCREENSHOTS names no folder")
@pytest.mark.parametrize("mode", ["wide-light", "narrow-dark"])
def test_screenshots_of_the_first_day(open_page, transactional_db, alice, mode):
    """The doors, and the pages while nothing is here."""
    stranger = open_page(None, **MODES[mode])
    take(stranger, "/login/", f"sign-in-{mode}")
    take(stranger, "/sign-up/", f"sign-up-{mode}")
    page = open_page(alice, **MODES[mode])
    take(page, "/", f"overview-empty-{mode}")
    take(page, "/artifacts/", f"list-empty-{mode}")
    take(page, "/me/", f"me-empty-{mode}")


def take(page, address: str, name: str) -> None:
    assert page.goto(address).status == (404 if "999999" in address else 200), address
    page.locator(".htmx-request").first.wait_for(state="detached")
    page.screenshot(
        path=Path(TARGET) / f"{name}.jpg",
        type="jpeg",
        quality=60,
        full_page="SCREENSHOTS_WHOLE" in os.environ,
    )
