"""The record of changes: only grows, is chained, is signed; whatever is changed beside it is found."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from playing import BODIES, Play, signed

from custodes.service.access.scope import EVERYTHING, NoScope, OutOfScope, Scope, within
from custodes.service.audit.checkpoint import checkpoint
from custodes.service.audit.models import Event
from custodes.service.audit.record import Act, record
from custodes.service.audit.verify import faults
from custodes.service.home import home
from custodes.service.returns.models import Answer, Recorded

A, B = BODIES


def test_the_database_refuses_change_and_deletion(play: Play) -> None:
    signed(play, A)
    with within(EVERYTHING):
        checkpoint("example.org/x", home().key)
        for table, column in (
            ("audit_event", "reason"), ("audit_logged", "event_id"), ("audit_signed", "note"),
            ("returns_recorded", "value"), ("surveys_version", "digest"),
        ):  # fmt: skip
            for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
        assert list(faults()) == []


def test_an_event_wants_the_transaction_of_its_change(play: Play) -> None:
    assert connection.in_atomic_block
    with within(EVERYTHING):
        made = record(Act("tried", None), A, {"one": 1})
    assert made.hash and made.before


def test_rows_want_a_scope(play: Play) -> None:
    from custodes.service.access import scope

    token = scope._current.set(None)
    try:
        with pytest.raises(NoScope):
            list(Answer.objects.all())
        with pytest.raises(NoScope):
            list(Event.objects.all())
    finally:
        scope._current.reset(token)
    signed(play, A)
    with within(Scope.of(B)):
        assert Answer.objects.count() == Recorded.objects.count() == 0
        assert set(Event.objects.values_list("chain", flat=True)) == {B}
    with within(EVERYTHING):
        answer = Answer.objects.filter(body_id=A).first()
    assert answer is not None
    with within(Scope.of(B)), pytest.raises(OutOfScope):
        answer.save()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A service of its own with signed returns and a checkpoint, as it lies on a disk."""
    place = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("staging.py"), place], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert verify(place, "checkpoint").startswith("custodes.invalid/service\n")
    return place


def verify(place: Path, command: str = "verify") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "custodes.service", "--home", place, command],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if command != "verify" else f"{done.returncode} {done.stdout}"


def _sql(*statements: str) -> Callable[[sqlite3.Connection], None]:
    def run(store: sqlite3.Connection) -> None:
        for one in statements:
            store.execute(one)

    return run


def _rehashed(store: sqlite3.Connection) -> None:
    """An event changed with all hashes behind it made again, by whoever has the database and no key."""
    from custodes.service.audit.record import hashed

    rows = store.execute(
        "SELECT id, seq, at, actor, kind, reason, content FROM audit_event WHERE chain = ? ORDER BY seq", (A,)
    ).fetchall()
    before = ""
    from datetime import UTC, datetime

    for number, seq, at, actor, kind, reason, content in rows:
        told = json.loads(content)
        if kind == "answered" and told.get("question") == "worn.concern":
            told["is"]["value"] = "yes"
        event = Event(
            chain=A, seq=seq, at=datetime.fromisoformat(at).replace(tzinfo=UTC), actor=actor, kind=kind, reason=reason,
            content=told, before=before,
        )  # fmt: skip
        digest = hashed(event)
        store.execute(
            "UPDATE audit_event SET content = ?, before = ?, hash = ? WHERE id = ?",
            (json.dumps(told), before, digest, number),
        )
        before = digest
    store.execute("UPDATE audit_head SET hash = ? WHERE chain = ?", (before, A))


CHANGES: dict[str, tuple[Callable[[sqlite3.Connection], None], str]] = {
    "a reason": (_sql("UPDATE audit_event SET reason = 'other' WHERE kind = 'signed'"), "no longer has its hash"),
    "an actor": (_sql("UPDATE audit_event SET actor = 1 WHERE kind = 'signed'"), "no longer has its hash"),
    "an event less": (
        _sql("DELETE FROM audit_logged WHERE event_id = 40", "DELETE FROM audit_event WHERE id = 40"),
        "missing",
    ),
    "the last events less": (
        _sql(
            "DELETE FROM audit_logged WHERE event_id IN "
            "(SELECT id FROM audit_event WHERE chain = 'beeshire' AND seq > 9)",
            "DELETE FROM audit_event WHERE chain = 'beeshire' AND seq > 9",
        ),
        "last events are missing",
    ),
    "all hashes made again": (_rehashed, "not those that were signed"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_in_the_file_is_found(copy: Path, what: str) -> None:
    """By somebody who has the database file, takes the triggers away, and puts them back."""
    change, why = CHANGES[what]
    assert verify(copy).startswith("0 whole")
    store = sqlite3.connect(copy / "service.sqlite3")
    triggers = store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        store.execute(f"DROP TRIGGER {name}")
    store.commit()
    assert "could be changed unseen" in verify(copy)
    change(store)
    for _, sql in triggers:
        store.execute(sql)
    store.commit()
    store.close()
    told = verify(copy)
    assert told.startswith("1 WRONG") and why in told, told


def test_verify_of_the_program_checks_the_folder_of_a_service(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "custodes.cli.main", "verify", copy], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout[:5]) == (0, "whole"), done.stderr
