"""What a route declares: who may call it, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.limits.route_limits import FORM, READING, SAFE, Limit, limits_for


def rules_of(callback: Any) -> dict[str, str] | None:
    """The rule a route declares, per HTTP method (``*`` for all of them); None if it has none."""
    if rule := getattr(callback, "rule", None):
        return {"*": rule}
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if view is None:
        return None
    if rules := getattr(view, "rules", None):
        actions = getattr(callback, "actions", None) or {name: name for name in rules}
        if not all(action in rules for action in actions.values()):
            return None
        return {method: rules[action].rule for method, action in actions.items()}
    for parent in view.__mro__:
        if parent.__module__.startswith("rest_framework."):
            break
        if "permission_classes" in vars(parent):
            declared = [getattr(p, "rule", None) for p in parent.permission_classes]
            return {"*": " and ".join(map(str, declared))} if declared and all(declared) else None
    return None


def limits_of(callback: Any, method: str) -> str:
    """The limits that a route declares for a method, or why it has none; '' if it says neither."""
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if view is None:
        return _limits_of_page(callback, method)
    actions = getattr(callback, "actions", None) or {}
    name = actions.get(method.lower(), method.lower())
    reason = getattr(view, "unlimited", "")
    if isinstance(reason, Mapping):  # one for each method or action
        reason = reason.get(name, "")
    return _names(limits_for(view, name)) or _reading(callback, method) or reason


def _limits_of_page(view: Any, method: str) -> str:
    declared = getattr(view, "limits", ())
    if method not in SAFE:
        return _names(declared) or getattr(view, "unlimited", "")
    inside = _names(limit for limit in declared if limit.counted_inside)
    reason = FORM if declared else getattr(view, "unlimited", "")
    return inside or _reading(view, method) or reason


def _names(limits: Iterable[Limit]) -> str:
    return ", ".join(limit.name for limit in limits)


def _reading(callback: Any, method: str) -> str:
    rules = rules_of(callback) or {}
    rule = rules.get(method.lower(), rules.get("*", "public"))
    return READING if method in SAFE and rule != "public" else ""
