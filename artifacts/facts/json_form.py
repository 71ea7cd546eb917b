"""Frozen dataclasses as plain JSON values, defaults left out, and back again."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """``value`` in JSON's own types; of a dataclass only what differs from its defaults."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: plain(getattr(value, item.name))
            for item in fields(value)
            if getattr(value, item.name) != _default(item)
        }
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def _default(item: Field[Any]) -> Any:
    return item.default_factory() if item.default_factory is not MISSING else item.default


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def rebuild(hint: Any, value: Any) -> Any:
    """What ``plain`` was given, as the type ``hint`` says; unknown keys are ignored."""
    if value is None or hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        return rebuild(inner, value)
    if origin is tuple:
        args = get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(rebuild(args[0], inner) for inner in value)
        return tuple(rebuild(arg, inner) for arg, inner in zip(args, value, strict=True))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        known = {key: rebuild(hints[key], inner) for key, inner in value.items() if key in hints}
        return hint(**known)
    return value
