"""Everything a hub can do wrong, one small class per way."""

from __future__ import annotations

from tests.hub.faults.answers import (
    DeepJson,
    Gated,
    GzipBomb,
    Headers,
    InvalidJson,
    LoginPage,
    PagingLoop,
    Redirect,
    RedirectLoop,
    Status,
)
from tests.hub.faults.base import Fault
from tests.hub.faults.connections import (
    Corrupt,
    Delay,
    Drip,
    HangUp,
    Longer,
    Pause,
    Truncate,
    Unfinished,
)
from tests.hub.faults.listings import (
    HOSTILE_NAMES,
    EditJson,
    ExtraFiles,
    ManyFiles,
    RepeatedFiles,
    WithoutListing,
    WrongDigest,
    WrongSize,
)

__all__ = [
    "HOSTILE_NAMES",
    "KINDS",
    "Corrupt",
    "DeepJson",
    "Delay",
    "Drip",
    "EditJson",
    "ExtraFiles",
    "Fault",
    "Gated",
    "GzipBomb",
    "HangUp",
    "Headers",
    "InvalidJson",
    "LoginPage",
    "Longer",
    "ManyFiles",
    "PagingLoop",
    "Pause",
    "Redirect",
    "RedirectLoop",
    "RepeatedFiles",
    "Status",
    "Truncate",
    "Unfinished",
    "WithoutListing",
    "WrongDigest",
    "WrongSize",
]

# What the control endpoint may name; EditJson takes a function and is for tests only.
KINDS: dict[str, type[Fault]] = {
    kind.__name__: kind for kind in Fault.__subclasses__() if kind is not EditJson
}
