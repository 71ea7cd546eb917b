"""Facts of GitHub that an older version stored learn how lines of rendered files are addressed.

Without it their evidence, rated again, would open a page that does not scroll to the line, and a
linked repository that says what it said before would be kept as a second observation.
"""

from django.db import migrations

PAGES = {"plain": "?plain=1", "rendered": [".md", ".ipynb"]}  # as GitHub stated them then


def add_pages(apps, schema_editor):
    for name in ("Version", "Observation"):
        model = apps.get_model("artifacts", name)
        rows = model.objects.filter(facts__source="github").exclude(facts__has_key="pages")
        for key in list(rows.values_list("pk", flat=True)):
            row = model.objects.only("facts").get(pk=key)
            row.facts = {**row.facts, "pages": PAGES}
            row.save(update_fields=["facts"])


class Migration(migrations.Migration):
    dependencies = [("artifacts", "0006_stored_json_names_its_shape")]

    # older versions leave keys aside that they do not know
    operations = [migrations.RunPython(add_pages, migrations.RunPython.noop)]
