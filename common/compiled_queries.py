"""Queries of every request, compiled once: later calls only give them their values.

Turning a queryset into SQL takes longer than the database needs to answer. A compiled query
is written as any other; what it is called with stands in it as a mark until then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)
# Values that no row has; the lookup of a number takes no text.
TEXT_MARK, NUMBER_MARK = "\x01{}", 2**62


@dataclass(frozen=True, slots=True)
class _Statement:
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: dict[int, str]  # of params: the name of the value that belongs there
    converters: dict[int, Any]

    def answer(self, values: dict[str, Any]) -> list[Any]:
        params = [
            values[self.places[at]] if at in self.places else value
            for at, value in enumerate(self.params)
        ]
        with self.compiler.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if self.converters:
            return list(self.compiler.apply_converters(rows, self.converters))
        return list(rows)


class _Compiled:
    """``build`` makes a queryset from values of these types.

    It must put each value into a plain lookup, and may not look at it.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], **types: type) -> None:
        self.build = build
        self.types = types
        self._kept = threading.local()  # a compiler belongs to the connection of its thread

    def _statement(self) -> _Statement:
        kept: _Statement | None = getattr(self._kept, "statement", None)
        if kept is None or kept.compiler.connection is not connections[DEFAULT_DB_ALIAS]:
            kept = self._kept.statement = self._compile()
        return kept

    def _compile(self) -> _Statement:
        marks = {
            name: NUMBER_MARK + at if kind is int else TEXT_MARK.format(at)
            for at, (name, kind) in enumerate(self.types.items())
        }
        compiler = self.build(**marks).query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        names = {mark: name for name, mark in marks.items()}
        places = {at: names[value] for at, value in enumerate(params) if value in names}
        if set(places.values()) != set(marks):
            raise TypeError(f"The query does not use all of {', '.join(marks)} as they are.")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Statement(compiler, sql, params, places, converters)


class CompiledQuery(_Compiled, Generic[Row]):
    """``CompiledQuery(build, name=str, …)`` of rows of a model, of which the first is wanted."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]], **types: type) -> None:
        super().__init__(lambda **values: build(**values)[:1], **types)

    def first(self, **values: Any) -> Row | None:
        """The first row, if there is one."""
        rows = self._statement().answer(values)
        return self._instance(rows[0]) if rows else None

    def _instance(self, row: Any) -> Row:
        model, columns, attributes, populators = self._kept.shape
        found: Row = model.from_db(DEFAULT_DB_ALIAS, attributes, row[columns])
        for populator in populators:
            populator.populate(row, found)
        return found

    def _compile(self) -> _Statement:
        statement = super()._compile()
        compiler = statement.compiler
        chosen = compiler.klass_info["select_fields"]
        columns = slice(chosen[0], chosen[-1] + 1)
        self._kept.shape = (
            compiler.klass_info["model"],
            columns,
            [column[0].target.attname for column in compiler.select[columns]],
            get_related_populators(  # type: ignore[call-arg]  # of a later Django
                compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
            ),
        )
        return statement


class CompiledRows(_Compiled):
    """``CompiledRows(build, name=str, …)`` of a ``values_list``."""

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """Its rows."""
        return [tuple(row) for row in self._statement().answer(values)]
