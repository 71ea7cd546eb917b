"""What a fault is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hub.exchange import Reply, Request

if TYPE_CHECKING:
    from tests.hub.server import Hub


class Fault:
    """Answers in the hub's place, or changes what it answers."""

    def answer(self, hub: Hub, request: Request) -> Reply | None:
        return None

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return reply
