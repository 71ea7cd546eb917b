"""What a caller may say beside the address is checked like the address."""

from __future__ import annotations

import pytest

from artifacts import services
from artifacts.models import Artifact
from artifacts.sources.errors import UnrecognisedUrl

pytestmark = pytest.mark.django_db

URL = "https://huggingface.co/acme/small"


@pytest.mark.parametrize("revision", ["v1.0", "refs/pr/7", "feature/x", "a" * 40])
def test_a_revision_beside_the_address_counts(alice, revision):
    version = services.register(url=URL, type="model", owner=alice, revision=revision)
    assert version.requested_revision == revision


@pytest.mark.parametrize(
    "revision", ["../../etc", "--upload-pack=x", "a b", "a\0b", "r" * 201, "é", "main\n", "x.lock"]
)
def test_what_cannot_be_a_revision_is_refused_before_anything_is_kept(alice, revision):
    with pytest.raises(UnrecognisedUrl, match="cannot be a branch"):
        services.register(url=URL, type="model", owner=alice, revision=revision)
    assert not Artifact.objects.exists()
