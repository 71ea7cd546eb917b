from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('artifacts', '0003_search'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='observation',
            name='one_observation_per_revision',
        ),
        migrations.AddIndex(
            model_name='observation',
            index=models.Index(fields=['type', 'source_url', 'collected'], name='observation_by_place'),
        ),
    ]
