"""Jobs and schedules for operators: to be read and run again, not to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_q.admin  # noqa: F401 - it registers the models that are registered anew here
from django.contrib import admin
from django.utils.timezone import now
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.tasks import async_task

from artifacts.templatetags.words import seconds
from common.admin import ReadOnly, do_each

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

PICKLED = ("args", "kwargs", "result")  # a list has no use for them

admin.site.unregister([Success, Failure, Schedule, OrmQ])


class TaskAdmin(ReadOnly):
    """One run of a job. What a version is doing is on the version, not here."""

    list_display: Any = ("name", "func", "started", "took", "attempt_count")
    list_filter = ("func", "started")
    search_fields = ("name", "func")
    ordering = ("-stopped",)
    fields = ("name", "func", "args", "started", "stopped", "took", "attempt_count", "result")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer(*PICKLED)

    @admin.display(description="Took")
    def took(self, task: Success) -> str:
        return seconds(task.time_taken())


admin.site.register(Success, TaskAdmin)


@admin.register(Failure)
class FailureAdmin(TaskAdmin):
    actions = ("run_again",)

    @admin.action(description="Run again: jobs may run twice", permissions=["view"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[Failure]) -> None:
        do_each(request, queryset, _queue_again, done="queued again.")


def _queue_again(task: Failure) -> None:
    async_task(task.func, *(task.args or ()))


@admin.register(Schedule)
class ScheduleAdmin(ReadOnly):
    """Kept by the registry itself; whoever could edit one could run any function."""

    list_display = ("name", "func", "schedule_type", "minutes", "next_run")
    fields = ("name", "func", "schedule_type", "minutes", "repeats", "next_run", "task")
    actions = ("run_now",)

    @admin.action(description="Run within a minute", permissions=["view"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        queryset.update(next_run=now())


@admin.register(OrmQ)
class WaitingAdmin(ReadOnly):
    """Tasks that no worker has finished yet."""

    list_display = ("id", "name", "func", "args", "lock")
    fields = ("id", "name", "func", "args", "lock")
    ordering = ("pk",)
