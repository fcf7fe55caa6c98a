"""On PostgreSQL, words inside the register are found by trigrams where the server has them."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """The index, if `pg_trgm` is there or may be made by the owner of a database."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND (installed OR trusted)"
            " AND (installed OR has_database_privilege(current_database(), 'CREATE')) LIMIT 1"
        )
        if cursor.fetchone() is None:
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX device_search ON estates_device USING gin (search gin_trgm_ops)")


def backwards(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Without the index."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS device_search")


class Migration(migrations.Migration):
    dependencies = [("estates", "0002_guards")]
    operations = [migrations.RunPython(forwards, backwards)]
