"""Accounts: users, tokens, and who is asking."""

from __future__ import annotations

from registry.openapi.shared_values import MOMENT, Examples, page

_TOKEN = {
    "id": 3,
    "name": "release gate",
    "role": "searcher",
    "prefix": "mr_bXkgc2Vj",
    "created": MOMENT,
    "expires": "2026-05-31T09:13:05.120934+00:00",
    "last_used": None,
    "revoked": None,
}
_USER = {
    "id": 7,
    "username": "alice",
    "role": "uploader",
    "is_active": True,
    "created": MOMENT,
    "last_login": None,
}
_ME = {
    "id": 7,
    "username": "alice",
    "role": "searcher",
    "account_role": "uploader",
    "credential": {
        "kind": "session",
        "name": "session 15",
        "expires": MOMENT,
        "calls_left": 873,
    },
}

EXAMPLES: Examples = {
    "register_create": (None, {"id": 7, "username": "alice"}),
    "auth_register_create": (None, {"id": 7, "username": "alice"}),
    "me_retrieve": (None, _ME),
    "tokens_list": (None, page(_TOKEN)),
    "tokens_create": (None, _TOKEN | {"token": "mr_bXkgc2VjcmV0IGlzIHNhZmUgd2l0aCB5b3U"}),
    "users_list": (None, page(_USER)),
    "users_retrieve": (None, _USER),
    "users_partial_update": ({"role": "uploader"}, _USER),
}
