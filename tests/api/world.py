"""A small world, and for every operation of the API one call that succeeds in it.

Tests that are about all operations (who may, how many queries, does the answer fit the
schema) take their calls from here, so an operation without a call fails them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts import tokens
from accounts.models import Token, User
from artifacts.models import Artifact, File, State
from lineage import services as lineage
from ratings.models import Rating
from tests.factories import make_artifact

METHODS = ("get", "post", "put", "patch", "delete")
# The document itself and its pages; they are not operations of the document.
NOT_OPERATIONS = ("/api/schema/", "/api/schema/swagger-ui")


@dataclass
class World:
    """Ids that the addresses of ``CALLS`` are filled with."""

    owner: User
    ids: dict[str, Any]
    tokens: dict[int, int]

    def address(self, template: str, user: User | None) -> str:
        """``template`` with ids; ``{token}`` is one of the caller's own."""
        mine = self.tokens[(user or self.owner).pk]
        return template.format(**self.ids, token=mine)


def build(owner: User, people: list[User], *, size: int = 1) -> World:
    """``size`` of everything there can be many of: artifacts, files, links, ratings, tokens."""
    models = [_model(owner, n) for n in range(size)]
    model = models[0]
    data = make_artifact("sst2", type="dataset", owner=owner)
    code = make_artifact("tool", type="code", owner=owner)
    refused = make_artifact("refused", state=State.REJECTED, owner=owner)
    spare = User.objects.create_user("spare", "x", role="searcher")
    for n in range(size):
        User.objects.create_user(f"person-{n}", "x")
        parent = models[n] if n else data
        link = lineage.add_link(
            child=model, parent=parent, relationship="training_dataset", by=owner
        )
    for person in people * size:
        tokens.create_token(person, name="spare")
    ids = {
        "model": model.pk,
        "name": model.name,
        "data": data.pk,
        "code": code.pk,
        "refused": refused.pk,
        "rating": Rating.objects.get(version=model.current).pk,
        "link": link.pk,
        "user": spare.pk,
    }
    return World(owner, ids, tokens=dict(Token.objects.values_list("owner_id", "pk")))


def _model(owner: User, n: int) -> Artifact:
    artifact = make_artifact("acme/bert", url=f"https://huggingface.co/acme/bert-{n}", owner=owner)
    File.objects.filter(version=artifact.current, path="config.json").update(
        findings=[{"kind": "pickle_import", "severity": "danger", "detail": "imports os.system"}]
    )
    return artifact


@dataclass(frozen=True)
class Call:
    """One call; ``is_owned`` where only the owner of the row (or an admin) may."""

    address: str
    body: Any = None
    status: int = 200
    is_owned: bool = False
    refused: int = 403
    grows: bool = False  # whether the work may grow with the size of the world
    media: str = "json"


_ENVELOPE = {
    "metadata": {"name": "renamed", "id": "{model}", "type": "model"},
    "data": {"url": "https://huggingface.co/acme/bert-0"},
}
_ACCOUNT = {"username": "newcomer", "password": "correct-horse-1!"}
_SIGN_IN = {"user": {"name": "alice"}, "secret": {"password": "correct-horse-1!"}}
_PROJECT = {"github_url": "https://github.com/acme/tool"}

CALLS = {
    "GET /api/health": Call("/api/health"),
    "GET /api/health/components": Call("/api/health/components?includeTimeline=true"),
    "GET /api/tracks": Call("/api/tracks"),
    "POST /api/register": Call("/api/register", _ACCOUNT, 201),
    "POST /api/auth/register": Call("/api/auth/register", _ACCOUNT, 201),
    "PUT /api/authenticate": Call("/api/authenticate", _SIGN_IN),
    "PUT /api/auth/authenticate": Call("/api/auth/authenticate", _SIGN_IN),
    "GET /api/me": Call("/api/me"),
    "GET /api/tokens": Call("/api/tokens?limit=5"),
    "POST /api/tokens": Call("/api/tokens", {"name": "pipeline"}, 201),
    "DELETE /api/tokens/{}": Call("/api/tokens/{token}", status=204),
    "GET /api/users": Call("/api/users?limit=5"),
    "GET /api/users/{}": Call("/api/users/{user}"),
    "PATCH /api/users/{}": Call("/api/users/{user}", {"role": "downloader"}),
    "DELETE /api/users/{}": Call("/api/users/{user}", status=204),
    "DELETE /api/reset": Call("/api/reset", refused=401, grows=True),
    "GET /api/artifacts": Call("/api/artifacts?limit=2"),
    "POST /api/artifacts": Call("/api/artifacts", [{"name": "*"}, {"name": "tool"}]),
    "GET /api/artifacts/{}": Call("/api/artifacts/{model}"),
    "GET /api/artifact/byName/{}": Call("/api/artifact/byName/{name}"),
    "POST /api/artifact/byRegEx": Call("/api/artifact/byRegEx", {"regex": "acme/b.rt"}),
    "POST /api/artifact/{}": Call(
        "/api/artifact/model", {"url": "https://huggingface.co/acme/new"}, 202
    ),
    "GET /api/artifacts/{}/{}": Call("/api/artifacts/model/{model}"),
    "PUT /api/artifacts/{}/{}": Call("/api/artifacts/model/{model}", _ENVELOPE, is_owned=True),
    "DELETE /api/artifacts/{}/{}": Call("/api/artifacts/code/{code}", is_owned=True),
    "GET /api/artifacts/{}/{}/ingestion": Call("/api/artifacts/model/{model}/ingestion"),
    "GET /api/artifacts/{}/{}/files": Call("/api/artifacts/model/{model}/files?limit=3"),
    "GET /api/artifacts/{}/{}/license": Call("/api/artifacts/model/{model}/license"),
    "GET /api/artifacts/{}/{}/rating": Call("/api/artifacts/model/{model}/rating"),
    "GET /api/artifact/{}/{}/audit": Call("/api/artifact/model/{model}/audit"),
    "GET /api/artifact/{}/{}/cost": Call("/api/artifact/model/{model}/cost?dependency=true"),
    "GET /api/artifact/{}/{}/lineage": Call("/api/artifact/model/{model}/lineage"),
    "GET /api/artifact/model/{}/rate": Call("/api/artifact/model/{model}/rate"),
    "POST /api/artifact/model/{}/license-check": Call(
        "/api/artifact/model/{model}/license-check", _PROJECT
    ),
    "POST /api/artifact/model/{}/license-check/explain": Call(
        "/api/artifact/model/{model}/license-check/explain", _PROJECT
    ),
    "GET /api/ratings": Call("/api/ratings?limit=5"),
    "GET /api/ratings/{}": Call("/api/ratings/{rating}"),
    "GET /api/lineage": Call("/api/lineage?limit=5"),
    "POST /api/lineage": Call(
        "/api/lineage",
        {"child": "{model}", "parent": "{data}", "relationship": "evaluation_dataset"},
        201,
        is_owned=True,
    ),
    "GET /api/lineage/{}": Call("/api/lineage/{link}"),
    "DELETE /api/lineage/{}": Call("/api/lineage/{link}", status=204, is_owned=True),
}


def filled(body: Any, world: World) -> Any:
    """``body`` with the ids of ``world`` in place of ``{model}`` and so on."""
    if isinstance(body, dict):
        return {name: filled(value, world) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, world) for value in body]
    known = re.fullmatch(r"\{(\w+)\}", body) if isinstance(body, str) else None
    return str(world.ids[known[1]]) if known else body


def make(client: Any, operation: str, world: World, user: User | None = None) -> Any:
    """The answer to the call of ``operation`` by ``client``."""
    call = CALLS[operation]
    method = getattr(client, operation.partition(" ")[0].lower())
    address = world.address(call.address, user)
    if call.body is None:
        return method(address)
    return method(address, filled(call.body, world), format=call.media)


def routes() -> Iterator[tuple[str, Any]]:
    """Every operation that the URLconf answers below /api/, and its view."""
    yield from _routes(get_resolver().url_patterns, "/")


def _routes(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        address = before + str(entry.pattern).strip("^$")
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, address)
        elif isinstance(entry, URLPattern) and address.startswith("/api/"):
            address = re.sub(r"<[^>]*>", "{}", re.sub(r"\(\?P<\w+>[^)]*\)", "{}", address))
            if address not in NOT_OPERATIONS:
                for method in methods_of(entry.callback):
                    yield f"{method.upper()} {address}", entry.callback


def methods_of(callback: Any) -> list[str]:
    """What a view answers, without HEAD and OPTIONS."""
    if actions := getattr(callback, "actions", None):
        return [method for method in METHODS if method in actions]
    return [method for method in METHODS if hasattr(callback.cls, method)]
