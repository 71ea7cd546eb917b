"""The gate begins with the default rules; operators edit the rows from there."""

from django.db import migrations

from ratings.policy import DEFAULT_RULES


def add_rules(apps, schema_editor):
    PolicyRule = apps.get_model("ratings", "PolicyRule")
    for rule in DEFAULT_RULES:
        if rule.minimum is None:  # rules about findings come with 0004
            continue
        PolicyRule.objects.get_or_create(
            applies_to=rule.applies_to,
            metric=rule.metric,
            is_enforced=rule.is_enforced,
            defaults={
                "minimum": rule.minimum,
                "is_unknown_accepted": rule.is_unknown_accepted,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("ratings", "0001_initial")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
