"""Queries of every request, compiled once: later calls only give them their values.

Turning a queryset into SQL takes longer than the database needs to answer. A prepared query
is written as any other; what it is called with stands in it as a mark until then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)
# Values that no row has; the lookup of a number takes no text.
TEXT_MARK, NUMBER_MARK = "\x01{}", 2**62


class _Compiled(NamedTuple):
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: dict[int, str]  # of params: the name of the value that belongs there
    converters: dict[int, Any]
    model: Any
    columns: slice
    attributes: list[str]
    populators: list[Any]


class Prepared(Generic[Row]):
    """``Prepared(build, name=str, …)``: ``build`` makes a queryset from values of these types.

    It must put each value into a plain lookup, and may not look at it.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]], **types: type) -> None:
        self.build = build
        self.types = types
        self._kept = threading.local()  # a compiler belongs to the connection of its thread

    def first(self, **values: Any) -> Row | None:
        """The first row, if there is one."""
        connection = connections[DEFAULT_DB_ALIAS]
        compiled: _Compiled | None = getattr(self._kept, "compiled", None)
        if compiled is None or compiled.compiler.connection is not connection:
            compiled = self._kept.compiled = self._compile()
        params = [
            values[compiled.places[at]] if at in compiled.places else value
            for at, value in enumerate(compiled.params)
        ]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, params)
            row = cursor.fetchone()
        return None if row is None else self._instance(compiled, row)

    def _compile(self) -> _Compiled:
        marks = {
            name: NUMBER_MARK + at if kind is int else TEXT_MARK.format(at)
            for at, (name, kind) in enumerate(self.types.items())
        }
        compiler = self.build(**marks)[:1].query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        names = {mark: name for name, mark in marks.items()}
        places = {at: names[value] for at, value in enumerate(params) if value in names}
        if set(places.values()) != set(marks):
            raise TypeError(f"The query does not use all of {', '.join(marks)} as they are.")
        chosen = compiler.klass_info["select_fields"]
        columns = slice(chosen[0], chosen[-1] + 1)
        return _Compiled(
            compiler=compiler,
            sql=sql,
            params=params,
            places=places,
            converters=compiler.get_converters([column[0] for column in compiler.select]),
            model=compiler.klass_info["model"],
            columns=columns,
            attributes=[column[0].target.attname for column in compiler.select[columns]],
            populators=get_related_populators(  # type: ignore[call-arg]  # of a later Django
                compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
            ),
        )

    @staticmethod
    def _instance(compiled: _Compiled, row: Any) -> Row:
        if compiled.converters:
            (row,) = compiled.compiler.apply_converters([row], compiled.converters)
        model = compiled.model
        found: Row = model.from_db(DEFAULT_DB_ALIAS, compiled.attributes, row[compiled.columns])
        for populator in compiled.populators:
            populator.populate(row, found)
        return found
