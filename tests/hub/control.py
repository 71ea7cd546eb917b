"""Faults by HTTP, for tests whose hub runs in another process, and for playing with ``make demo``.

POST   /control/faults    {"path": "*/resolve/*", "kind": "Status",
                          "options": {"status": 503}, "times": 2}
GET    /control/faults    what is planned, with hits, and whether a Pause was reached
DELETE /control/faults    ends all of them
GET    /control/requests  what was asked so far
DELETE /control/requests
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.hub.exchange import Reply, Request, json_reply
from tests.hub.faults import KINDS, Pause
from tests.hub.switchboard import Rule

if TYPE_CHECKING:
    from tests.hub.server import Hub

PREFIX = "/control"


def owns(request: Request) -> bool:
    return request.path.startswith(f"{PREFIX}/")


def answer(hub: Hub, request: Request) -> Reply:
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "/faults":
            return json_reply([_told(rule) for rule in hub.faults.rules()])
        case "POST", "/faults":
            return _plan(hub, json.loads(request.body))
        case "DELETE", "/faults":
            hub.faults.clear()
            return json_reply({})
        case "GET", "/requests":
            seen = [{"method": r.method, "path": r.path, "status": r.status} for r in hub.seen()]
            return json_reply(seen)
        case "DELETE", "/requests":
            hub.requests.clear()
            return json_reply({})
    return json_reply({"error": "see tests/hub/control.py"}, 404)


def _plan(hub: Hub, asked: dict[str, Any]) -> Reply:
    kind = KINDS.get(asked.pop("kind", ""))
    if kind is None or "path" not in asked:
        return json_reply({"error": "path and kind are needed", "kinds": sorted(KINDS)}, 400)
    try:
        fault = kind(**asked.pop("options", {}))
        rule = hub.faults.add(asked.pop("path"), fault, **asked)
    except TypeError as error:  # an option that this fault does not have
        return json_reply({"error": str(error)}, 400)
    return json_reply(_told(rule), 201)


def _told(rule: Rule) -> dict[str, Any]:
    told = {
        "path": rule.path,
        "kind": type(rule.fault).__name__,
        "method": rule.method,
        "times": rule.times,
        "after": rule.after,
        "hits": rule.hits,
    }
    if isinstance(rule.fault, Pause):
        told["reached"] = rule.fault.reached.is_set()
    return told
