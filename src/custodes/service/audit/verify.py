"""Checks a live database: every chain, every hash, every checkpoint, and that the triggers stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from custodes.publication.proof.notes import BadNote, read_checkpoint, read_note
from custodes.publication.proof.tree import Tree, leaf_hash
from custodes.service.audit.checkpoint import logged
from custodes.service.audit.models import Event, Head, Signed
from custodes.service.audit.record import hashed, line

_BATCH = 5000
#: Tables that only ever grow.
GUARDED = (
    "audit_event",
    "audit_logged",
    "audit_signed",
    "estates_answered",
    "estates_judged",
    "publishing_confirmation",
    "returns_recorded",
    "rounds_decided",
    "rounds_typed",
    "surveys_version",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where."""

    where: str
    why: str


def faults() -> Iterator[Fault]:
    """Everything that is wrong with the record of changes."""
    yield from _triggers()
    yield from _chains()
    yield from _log()


def _triggers() -> Iterator[Fault]:
    for table in GUARDED:
        missing = {f"{table}_no_update", f"{table}_no_delete"} - _standing(table)
        for name in sorted(missing):
            yield Fault(table, f"the trigger {name} is missing: rows could be changed unseen")


def _standing(table: str) -> set[str]:
    """The triggers of a table that are on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')", [table]
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        return {row[0] for row in cursor.fetchall()}


def _chains() -> Iterator[Fault]:
    heads = {head.chain: head for head in Head.objects.all()}
    before: Event | None = None
    for event in Event.objects.order_by("chain", "seq").iterator(chunk_size=_BATCH):
        if before is not None and before.chain != event.chain:
            yield from _end(before, heads)
            before = None
        where = f"event {event.seq} of {event.chain}"
        if event.seq != (before.seq + 1 if before is not None else 1):
            yield Fault(where, "an event before it is missing")
        elif event.before != (before.hash if before is not None else ""):
            yield Fault(where, "it does not follow on the event before it")
        if hashed(event) != event.hash:
            yield Fault(where, "it was changed: it no longer has its hash")
        before = event
    if before is not None:
        yield from _end(before, heads)
    for head in heads.values():
        if head.seq:
            yield Fault(f"chain {head.chain}", "all of its events are missing")


def _end(last: Event, heads: dict[str, Head]) -> Iterator[Fault]:
    head = heads.pop(last.chain, None)
    if head is None or (head.seq, head.hash) != (last.seq, last.hash):
        yield Fault(f"chain {last.chain}", "its last events are missing, or its end was changed")


def _log() -> Iterator[Fault]:
    """The tree over the log gives the root of every checkpoint that was signed."""
    leaves = []
    for place, (index, event) in enumerate(logged()):
        if index != place:
            yield Fault(f"entry {place} of the log", "it is missing")
            return
        leaves.append(leaf_hash(line(event)))
    tree = Tree(leaves)
    for signed in Signed.objects.order_by("size"):
        where = f"the checkpoint over {signed.size:,} events"
        try:
            head = read_checkpoint(read_note(signed.note.encode()).text)
        except BadNote as error:
            yield Fault(where, str(error))
            continue
        if head.size != signed.size or head.size > tree.size:
            yield Fault(where, "the log has fewer entries than were signed")
        elif tree.root_at(head.size) != head.root:
            yield Fault(where, "the events are not those that were signed")
