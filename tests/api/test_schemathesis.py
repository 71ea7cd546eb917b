"""The OpenAPI document as an attack: made-up requests of every kind, by all four roles.

``SCHEMATHESIS_EXAMPLES`` says how many a role and operation; a release is tried with 200. From 50
on the systematic cases (each boundary, each wrong type, each missing field) are tried as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from accounts import tokens
from accounts.models import Role, Token, User
from artifacts import sources
from artifacts.sources.errors import SourceNotFound
from tests.api.document import document
from tests.api.world import World, build

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "2"))
HYPOTHESIS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONFIG = schemathesis.Config.from_dict(
    {
        # a NUL is tried for every field in test_every_way_to_say_no
        "generation": {"allow-x00": False, "max-examples": EXAMPLES},
        "phases": {"coverage": {"enabled": EXAMPLES >= 50}},
    }
)
# Refusals of values that no schema can tell from good ones, and why.
BEYOND_ANY_SCHEMA = {
    "invalid_page_key": "keys of pages are signed",
    "unrecognised_url": "which hosts are sources is a matter of the configuration",
    "other_artifact": "the envelope must be about the artifact of the address",
    "password_refused": "common passwords, and those that are like the name",
    "username_refused": "letters of many scripts",
    "invalid_name": "control characters, and nothing but blanks",
    "invalid_regex": "the syntax of RE2",
    "extension_refused": "the name of the uploaded file decides",
    "own_parent": "an artifact is not its own parent",
}
django = get_wsgi_application()
pytestmark = pytest.mark.django_db


class Undone:
    """The application in a world that never changes: what a request did is rolled back."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with transaction.atomic():
            answer = django(environ, start_response)
            body = b"".join(answer)
            transaction.set_rollback(True)
        return [body]


def load(app: Any) -> Any:
    loaded = schemathesis.openapi.from_dict(document(), config=CONFIG)
    loaded.app = app
    return loaded


schema = load(Undone())


@pytest.fixture(scope="module", autouse=True)
def one_connection() -> Iterator[None]:
    """Requests must not close the connection whose transaction holds the world."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: four people, each with a token, and a bit of everything."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = [User.objects.create_user(role, "correct-horse-1!", role=role) for role in Role]
        owner = next(person for person in people if person.role == Role.UPLOADER)
        yield build(owner, people)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def offline(monkeypatch, settings):
    """Nothing outside is asked, and nobody waits."""

    def nowhere(*args, **kwargs):
        raise SourceNotFound(source="GitHub", what="repository")

    monkeypatch.setattr(sources, "collect_licence", nowhere)
    settings.RATING_WAIT_TIMEOUT_SECONDS = 0


@pytest.fixture
def headers(world, role, django_db_blocker) -> dict[str, str]:
    with django_db_blocker.unblock():
        person = User.objects.get(username=role)
        _, secret = tokens.create_token(person, name="fuzz", role=role)
        yield {"X-Authorization": f"bearer {secret}"}
        Token.objects.filter(name="fuzz").delete()


KINDS = {"model": "model", "dataset": "data", "code": "code"}


def at_home(case: Any, world: World, role: str) -> None:
    """Leads every second well-formed address to something that is here."""
    given = case.path_parameters or {}
    if not (case.meta and case.meta.generation.mode.is_positive and len(str(given)) % 2):
        return
    if "name" in given:
        given["name"] = world.ids["name"]
    if "id" in given:
        room = case.operation.path.split("/")[2]
        key = {"users": "user", "ratings": "rating", "lineage": "link"}.get(room, "model")
        key = KINDS.get(given.get("type", ""), key)
        mine = world.tokens[User.objects.get(username=role).pk]
        given["id"] = str(mine if room == "tokens" else world.ids[key])


@pytest.mark.parametrize("role", [role.value for role in Role])
@schema.parametrize()
@HYPOTHESIS
def test_any_request(case, role, headers, world):
    at_home(case, world, role)
    validate(case, case.call(headers=headers), headers)


def validate(case: Any, response: Any, headers: dict[str, str]) -> None:
    """All checks; whether good data was accepted only where the document could say what is good."""
    code = ""
    if response.headers.get("content-type") == ["application/problem+json"]:
        code = response.json()["code"]
    excluded = [positive_data_acceptance] if code in BEYOND_ANY_SCHEMA else []
    if _leaves_blank(response.request.url) or response.status_code == 413:
        excluded.append(negative_data_rejection)
    case.validate_response(response, headers=headers, excluded_checks=excluded)


def _leaves_blank(url: str) -> bool:
    """Whether a filter is not used, as forms say it: nothing stands behind its name."""
    return "" in dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)).values()


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_any_sequence(role, headers, world):
    """Requests that use what earlier answers said; each sequence starts in the same world."""

    class Sequence(load(django).as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.before = transaction.savepoint()

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.before)
            super().teardown()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
            validate(case, response, headers)

    Sequence.run(settings=settings(HYPOTHESIS, stateful_step_count=8))
