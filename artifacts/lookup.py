"""From ids, names and queries to the artifacts somebody may see, or to the right refusal."""

from __future__ import annotations

import heapq
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from accounts.models import Role, User
from artifacts.models import Artifact, ArtifactQuerySet, ArtifactType
from common.compiled_queries import CompiledQuery
from common.errors import RegistryError
from common.ids import number_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Kind = TypeVar("Kind")

EVERYTHING = "*"
TYPES = frozenset(ArtifactType.values)


class InvalidType(RegistryError):
    code = "invalid_type"
    message = "{type!r} is not a type: it must be model, dataset or code."
    status = 400


class ArtifactNotFound(RegistryError):
    code = "artifact_not_found"
    message = "There is no {type} with the id {id}."
    status = 404


class NameNotFound(RegistryError):
    code = "name_not_found"
    message = "Nothing that is ready has the name {name!r}."
    status = 404


def check_type(type: str) -> str:
    if type not in TYPES:
        raise InvalidType(type=type[:100])
    return type


def find(user: User | AnonymousUser, type: str, id: str) -> Artifact:
    """The artifact that ``user`` may see under this type and id.

    What does not match the grammar of ids is InvalidId, what matches and is unknown (or
    hidden from ``user``, or of another type) ArtifactNotFound.
    """
    check_type(type)
    if not user.is_authenticated:
        return _with_id(user, id, Artifact.objects.filter(type=type), what=type)
    found = _BY_ID[user.is_admin].first(pk=row_of(id, what=type), type=type)
    if found is None:
        raise ArtifactNotFound(type=type, id=id)
    return _knowing_itself(found)


def find_ready(user: User, type: str, id: str) -> Artifact | None:
    """What the link to its bytes says of the artifact, if it is ready; refuses like ``find``."""
    found = _READY[user.is_admin].first(pk=row_of(id, what=check_type(type)), type=type)
    return None if found is None else _knowing_itself(found)


def _knowing_itself(artifact: Artifact) -> Artifact:
    """So that nobody asks for it again."""
    if artifact.current is not None:
        artifact.current.artifact = artifact
    return artifact


def for_roles(prepare: Callable[[Callable[..., ArtifactQuerySet]], Kind]) -> dict[bool, Kind]:
    """What ``prepare`` makes of the artifacts that admins (True) and that all others may see."""
    return {
        is_admin: prepare(partial(Artifact.objects.visible_to, User(role=role)))
        for is_admin, role in {True: Role.ADMIN, False: Role.SEARCHER}.items()
    }


_BY_ID = for_roles(
    lambda visible: CompiledQuery(
        lambda pk, type: visible().for_listing().filter(pk=pk, type=type), pk=int, type=str
    )
)
_READY = for_roles(
    lambda visible: CompiledQuery(
        lambda pk, type: visible().ready().for_link().filter(pk=pk, type=type), pk=int, type=str
    )
)


def find_by_id(user: User | AnonymousUser, id: str) -> Artifact:
    """The artifact of any type that ``user`` may see under this id; refuses like ``find``."""
    return _with_id(user, id, Artifact.objects.all(), what="artifact")


def _with_id(
    user: User | AnonymousUser, id: str, artifacts: ArtifactQuerySet, *, what: str
) -> Artifact:
    found = artifacts.visible_to(user).for_listing().filter(pk=row_of(id, what=what)).first()
    if found is None:
        raise ArtifactNotFound(type=what, id=id)
    return found


def row_of(id: str, *, what: str) -> int:
    """The key that ``id`` stands for; raises InvalidId, or ArtifactNotFound where no row has it."""
    number = number_of(id)
    if number is None:
        raise ArtifactNotFound(type=what, id=id[:100])
    return number


@dataclass(frozen=True, slots=True)
class Query:
    """Those of these types with exactly this name; ``*`` is any name."""

    name: str
    types: frozenset[str] = TYPES


@dataclass(frozen=True, slots=True)
class NamedArtifact:
    """What an answer of several artifacts says of each."""

    pk: int
    name: str
    type: str

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "id": str(self.pk), "type": self.type}


def enumerate_ready(
    user: User | AnonymousUser, queries: Iterable[Query], *, after: int = 0, size: int
) -> list[NamedArtifact]:
    """The first ``size`` ready artifacts behind the id ``after`` that any query fits, each once.

    At most six small questions to the database, whatever the queries and however many rows:
    each walks an index from ``after`` on.
    """
    ready = Artifact.objects.visible_to(user).ready().filter(pk__gt=after).order_by("pk")
    parts = [
        [NamedArtifact(*row) for row in rows.values_list("pk", "name", "type")[:size]]
        for rows in _parts(ready, queries)
    ]
    return list(heapq.merge(*parts, key=lambda found: found.pk))[:size]


def _parts(ready: ArtifactQuerySet, queries: Iterable[Query]) -> Iterator[ArtifactQuerySet]:
    """Disjoint sets that make up the answer: whole types, and names of the other types."""
    whole: set[str] = set()
    names: dict[str, set[str]] = defaultdict(set)
    for query in queries:
        if query.name == EVERYTHING:
            whole |= query.types
        else:
            for type in query.types:
                names[type].add(unicodedata.normalize("NFC", query.name))
    if whole == TYPES:
        yield ready
        return
    yield from (ready.filter(type=type) for type in sorted(whole))
    together: dict[frozenset[str], list[str]] = defaultdict(list)
    for type in sorted(set(names) - whole):
        together[frozenset(names[type])].append(type)
    for some, types in together.items():
        named = ready.filter(name__in=some)
        yield named if len(types) == len(TYPES) else named.filter(type__in=types)
