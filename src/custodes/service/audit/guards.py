"""SQL of the triggers that refuse change and deletion, and of the policies of row-level security."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from custodes.service.access.scope import POLICY


def guard(*tables: str) -> Any:
    """A migration step: rows of these tables can only be added."""

    def forwards(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _statements(editor.connection.vendor, table):
                editor.execute(statement)

    def backwards(_: Any, __: Any) -> None:
        raise RuntimeError("a guard is never taken away")

    return forwards, backwards


def _statements(vendor: str, table: str) -> list[str]:
    told = f"rows of {table} are only ever added"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            for verb in ("update", "delete")
        ]
    function = f"{table}_only_grows"
    made = (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{told}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        for verb in ("update", "delete")
    ]
    truncate = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )
    return [made, *triggers, truncate]


def fence(*tables: str, column: str = "body_id") -> Any:
    """A migration step: on PostgreSQL the database itself shows only rows of the bodies in scope."""

    def forwards(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        for table in tables:
            rule = POLICY.format(column=f"{table}.{column}")
            editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            editor.execute(f"CREATE POLICY {table}_scope ON {table} USING ({rule}) WITH CHECK ({rule})")

    def backwards(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables if editor.connection.vendor == "postgresql" else ():
            editor.execute(f"DROP POLICY {table}_scope ON {table}")
            editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    return forwards, backwards
