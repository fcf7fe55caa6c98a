"""The scope of a piece of work: whose rows it may touch. Without one, no row of a body can be asked for.

Two locks. The manager of every model that belongs to a body filters by the scope, and refuses to work without one. On
PostgreSQL the database itself compares each row with the same scope (row-level security), whatever the query says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import DatabaseError, connection, models
from django.db.backends.signals import connection_created

from custodes.service.configuration import SCOPE_SETTING as SETTING


@dataclass(frozen=True, slots=True)
class Scope:
    """The bodies whose rows may be touched; None: every body's, and the office's own."""

    bodies: frozenset[str] | None

    @classmethod
    def of(cls, *bodies: str) -> Self:
        """Of some bodies."""
        return cls(frozenset(bodies))

    def holds(self, body: str) -> bool:
        """Whether a body's rows may be touched."""
        return self.bodies is None or body in self.bodies

    def setting(self) -> str:
        """As the database is told: `*`, or the bodies between commas."""
        return "*" if self.bodies is None else f",{','.join(sorted(self.bodies))},"


EVERYTHING, NOTHING = Scope(None), Scope(frozenset())
_current: ContextVar[Scope | None] = ContextVar("custodes_scope", default=None)


class NoScope(RuntimeError):
    """Rows of bodies were asked for where nobody said whose: a fault of the program."""


class OutOfScope(RuntimeError):
    """A row of a body outside the scope was to be written: a fault of the program."""


def current() -> Scope:
    """The scope that holds now. Raises NoScope."""
    found = _current.get()
    if found is None:
        raise NoScope("rows that belong to bodies are asked for outside any scope")
    return found


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    """Work in a scope."""
    token = _current.set(scope)
    try:
        _tell_database(scope)
        yield
    finally:
        _current.reset(token)
        _untold(_current.get() or NOTHING)


def _untold(scope: Scope) -> None:
    """On the way out. What went wrong inside is not hidden by a connection that takes no more words; such a connection
    is told anew before it is next used in a scope."""
    try:
        _tell_database(scope)
    except DatabaseError:
        with suppress(AttributeError):
            setattr(connection.connection, _TOLD, None)


#: Under this name a connection remembers what it was told last, where no rollback can take that back.
_TOLD = "custodes_told"


def _tell_database(scope: Scope) -> None:
    """Tell an open connection, unless it was told so last; one that is opened later is told when it opens."""
    if connection.vendor != "postgresql" or connection.connection is None or connection.needs_rollback:
        return
    setting = scope.setting()
    if connection.connection.closed or getattr(connection.connection, _TOLD, None) == setting:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, setting])
    # what is told inside a transaction goes with it, should it be rolled back
    setattr(connection.connection, _TOLD, None if connection.in_atomic_block else setting)


def watch_connections() -> None:
    """Tell each connection of the scope when it opens."""

    def told(**_: Any) -> None:
        _tell_database(_current.get() or NOTHING)

    connection_created.connect(told, weak=False, dispatch_uid="custodes.scope")


_M = TypeVar("_M", bound=models.Model)


class ScopedManager(models.Manager[_M]):
    """Gives only rows of the bodies in scope. Raises NoScope outside any."""

    def get_queryset(self) -> models.QuerySet[_M]:
        """Filtered by the scope that holds now."""
        bodies = current().bodies
        found = super().get_queryset()
        return found if bodies is None else found.filter(body__in=sorted(bodies))

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        """As Django's, each row checked."""
        rows = list(objs)
        for one in rows:
            _check(one)
        return super().bulk_create(rows, *args, **kwargs)


def _check(row: models.Model) -> None:
    body = getattr(row, "body_id", None)
    if not current().holds(body or ""):
        raise OutOfScope(f"a {type(row).__name__} of a body outside the scope")


class ScopedModel(models.Model):
    """A row that belongs to a body (field `body`)."""

    objects = ScopedManager()

    class Meta:
        """Every way to a row goes through the scope, that by foreign keys too."""

        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's. Raises OutOfScope."""
        _check(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As Django's. Raises OutOfScope."""
        _check(self)
        return super().delete(*args, **kwargs)


#: SQL of a policy: the row's body is in the setting. The sub-selects are worked out once for a query.
POLICY = (
    f"(SELECT current_setting('{SETTING}', true)) = '*' OR {{column}} = ANY "
    f"((SELECT string_to_array(coalesce(current_setting('{SETTING}', true), ''), ','))::text[])"
)
