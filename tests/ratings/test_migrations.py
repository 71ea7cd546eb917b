"""Registries that are here already get the rules about findings, and can go back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ratings.models import PolicyRule
from ratings.policy import DEFAULT_RULES

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("ratings", "0002_default_policy")], [("ratings", "0004_rules_about_findings")]


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def test_rules_about_findings_come_and_go_and_others_stay():
    PolicyRule.objects.all().delete()
    PolicyRule.objects.create(metric="license", minimum=0.7)
    PolicyRule.objects.create(metric="stricter_licence", is_enforced=False)
    try:
        migrate(BEFORE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT metric, minimum FROM ratings_policyrule")
            assert cursor.fetchall() == [("license", 0.7)]
    finally:
        migrate(AFTER)
    kept = {(rule.metric, rule.applies_to, rule.is_enforced) for rule in PolicyRule.objects.all()}
    wanted = {
        (rule.metric, rule.applies_to, rule.is_enforced)
        for rule in DEFAULT_RULES
        if rule.minimum is None
    }
    assert kept == {("license", "model", True), *wanted}
