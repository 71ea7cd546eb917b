"""The limits on registering artifacts and on downloads, where they are used."""

from __future__ import annotations

import pytest
import time_machine

pytestmark = pytest.mark.django_db


@time_machine.travel(1_900_000_000, tick=False)
def test_registering_artifacts_is_limited_for_each_person(api, alice, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"artifact": "2/minute"}
    client = api(alice)
    answers = [
        client.post("/api/artifact/model", {"url": f"https://huggingface.co/a/m{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) <= 60
