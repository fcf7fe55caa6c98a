"""Puts new events into the log over all chains, and signs its head: the tree and the note are those of publications."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import models, transaction
from django.utils import timezone

from custodes.publication.proof.keys import Signer, read_keys
from custodes.publication.proof.notes import Checkpoint, write_note
from custodes.publication.proof.tree import Tree, leaf_hash
from custodes.service.audit.models import Event, Head, Logged, Signed
from custodes.service.audit.record import OFFICE_CHAIN, line

_BATCH = 5000


def checkpoint(origin: str, key: Path | None) -> Signed | None:
    """Logs every event that is in no log yet and signs the new head; None where nothing is new."""
    with transaction.atomic():
        # one at a time: whoever holds the end of the office's chain
        Head.objects.get_or_create(chain=OFFICE_CHAIN)
        Head.objects.select_for_update().get(chain=OFFICE_CHAIN)
        last = Logged.objects.aggregate(last=models.Max("index"))["last"]
        size = 0 if last is None else last + 1
        new = Event.objects.filter(logged=None).order_by("id").values_list("id", flat=True)
        rows = [Logged(index=size + place, event_id=event) for place, event in enumerate(new)]
        if not rows:
            return None
        Logged.objects.bulk_create(rows, batch_size=_BATCH)
        tree = Tree([leaf_hash(line(event)) for _, event in logged()])
        head = Checkpoint(origin, tree.size, tree.root)
        note = write_note(head.text(), signers(origin, key))
        return Signed.objects.create(size=tree.size, note=note, at=timezone.now())


def logged() -> Iterator[tuple[int, Event]]:
    """The entries of the log in its order: place and event."""
    for row in Logged.objects.select_related("event").order_by("index").iterator(chunk_size=_BATCH):
        yield row.index, row.event


def signers(origin: str, key: Path | None) -> list[Signer]:
    """Who signs: the service's own key, if it has one."""
    if key is None or not key.is_file():
        return []
    found = read_keys(key)[0].signer(origin)
    return [found] if found is not None else []
