"""The columns name the shape of what they hold; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0004_rules_about_findings")]

    operations = [
        migrations.AlterField(
            model_name="rating",
            name="measurements",
            field=models.JSONField(help_text="By metric a MeasurementJSON of ratings.measurements.stored_shapes."),
        ),
        migrations.AlterField(
            model_name="rating",
            name="verdict",
            field=models.JSONField(
                default=dict, help_text="A VerdictJSON of ratings.measurements.stored_shapes."
            ),
        ),
    ]
