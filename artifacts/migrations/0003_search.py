import django.db.models.deletion
from django.db import migrations, models

from artifacts.search import documents, indexes


def install(apps, editor):
    indexes.install(editor.connection)
    document = apps.get_model('artifacts', 'SearchDocument')
    published = apps.get_model('artifacts', 'Artifact').objects.filter(current__isnull=False)
    rows = published.values_list('pk', 'current__facts__readme').iterator(200)
    found = ((pk, documents.searchable(readme)) for pk, readme in rows)
    for pk, readme in found:
        if readme:
            document.objects.create(artifact_id=pk, readme=readme)


def remove(apps, editor):
    indexes.remove(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('artifacts', '0002_blob_crc32'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('artifact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_document', serialize=False, to='artifacts.artifact')),
                ('readme', models.TextField()),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
