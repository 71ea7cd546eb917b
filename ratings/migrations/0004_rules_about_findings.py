"""The gate learns rules about licences that say less than what is declared.

Registries that are here already get them as well: a text that takes away what the card gives was
published without a word before.
"""

from django.db import migrations

RULES = [
    ("model", "stricter_licence", True),
    ("dataset", "stricter_licence", False),
    ("code", "stricter_licence", False),
    ("model", "differing_licence", False),
    ("dataset", "differing_licence", False),
    ("code", "differing_licence", False),
]


def add_rules(apps, schema_editor):
    PolicyRule = apps.get_model("ratings", "PolicyRule")
    for applies_to, metric, is_enforced in RULES:
        PolicyRule.objects.get_or_create(
            applies_to=applies_to, metric=metric, is_enforced=is_enforced
        )


def remove_rules(apps, schema_editor):
    """The older schema has no place for a rule without a minimum."""
    apps.get_model("ratings", "PolicyRule").objects.filter(minimum=None).delete()


class Migration(migrations.Migration):
    dependencies = [("ratings", "0003_rules_without_a_minimum")]

    operations = [migrations.RunPython(add_rules, remove_rules)]
