"""The cast in one world."""

from __future__ import annotations

import pytest

from accounts.models import Role, User
from tests.api.world import World, build


@pytest.fixture
def erin(db) -> User:
    """An uploader who owns nothing."""
    return User.objects.create_user("erin", "x", role=Role.UPLOADER)


@pytest.fixture
def world(alice, bob, charlie, dora, erin) -> World:
    """Everything in it is alice's."""
    return build(alice, [alice, bob, charlie, dora, erin])
