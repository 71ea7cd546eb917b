"""The table that counts calls where several machines share PostgreSQL; no other engine needs it."""

from django.db import migrations

# Unlogged and half filled: an update stays on its page and costs no write-ahead log.
CREATE = """
CREATE UNLOGGED TABLE accounts_counter (
    key varchar(64) PRIMARY KEY,
    value bigint NOT NULL,
    until bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE accounts_counter")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions_and_tokens")]
    operations = [migrations.RunPython(create, drop)]
