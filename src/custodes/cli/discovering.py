"""`custodes discover`: ask the devices of a declared scope who they are, keep every reply, say who was seen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from custodes.cli.assessing import progress
from custodes.cli.output import note, print_json, printable
from custodes.discovery.local import interfaces
from custodes.discovery.record import Record, Reply
from custodes.discovery.run import Outcome, Plan, links_of, run
from custodes.discovery.scope import EXAMPLE, Scope, load_scope
from custodes.estate.behind import told_apart
from custodes.estate.wire import devices_of, identity_object
from custodes.evidence.wire.read import read_bytes
from custodes.knowledge import knowledge
from custodes.model.errors import BadUsage
from custodes.model.wire import Reply as WireReply


@dataclass(frozen=True, slots=True)
class Discovering:
    """What is wanted of an asking."""

    scope: Path | None
    out: Path
    form: str
    watch: bool
    packs: tuple[Path, ...]


def discover_main(asked: Discovering, example: bool) -> int:
    """Run `custodes discover`."""
    if example:
        sys.stdout.write(EXAMPLE)
        return 0
    if asked.scope is None:
        raise BadUsage("no scope is given", remedy="custodes discover SCOPE.yaml; `--example` prints one")
    scope = load_scope(asked.scope)
    scope.check_now(datetime.now())
    links = links_of(scope, interfaces())
    _say(scope, asked, [link.name for link in links])
    replies: dict[str, list[Reply]] = {}
    watcher = _Watcher(asked) if asked.watch else None

    def heard(reply: Reply) -> None:
        replies.setdefault(reply.address, []).append(reply)
        if watcher is not None:
            watcher.show(reply.address, replies[reply.address])

    with _opened(asked.out) as stream:
        record = Record(scope.vantage, stream, heard, lambda: datetime.now(UTC))
        record.start(authorised_by=scope.authority.name, networks=[str(item) for item in scope.networks])
        outcome = run(Plan(scope, links, uuid4(), datetime.now, progress()), record)
    _tell(asked, record, outcome, replies)
    return 0


def _say(scope: Scope, asked: Discovering, links: list[str]) -> None:
    authority = scope.authority
    note(f"authorised by {authority.name}{f', {authority.role}' if authority.role else ''}, {authority.on.isoformat()}")
    none = "no link of this machine lies wholly in the scope: no multicast"
    near = f"multicast on {', '.join(links)}" if links else none
    note(f"{', '.join(map(str, (*scope.networks, *scope.public)))}; {scope.rate:,.0f} requests a second; {near}")
    note(f"every reply is kept in {asked.out}")


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if path.exists():
        raise BadUsage("this file is there already", where=str(path), remedy="replies are evidence: name another --out")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as stream:
        yield stream


class _Watcher:
    """Prints a device when something new is known of it."""

    def __init__(self, asked: Discovering) -> None:
        self._knowledge = knowledge(asked.packs)
        self._told: dict[str, str] = {}

    def show(self, address: str, replies: list[Reply]) -> None:
        """Print what is known of one host, if that has changed."""
        found = _identified({address: replies}, self._knowledge)[address]
        line = "\n".join(_line({"address": address} | device) for device in found)
        if self._told.get(address) != line:
            self._told[address] = line
            sys.stdout.write(printable(line) + "\n")
            sys.stdout.flush()


def _identified(replies: dict[str, list[Reply]], loaded: Any) -> dict[str, list[dict[str, Any]]]:
    """Each address with its devices: several where one protocol was answered under several identifiers."""
    read = {
        address: list(_devices([read_bytes(reply.protocol, reply.raw) for reply in told]))
        for address, told in replies.items()
    }
    found = iter(devices_of([device for devices in read.values() for device in devices], loaded))
    return {address: [identity_object(next(found)) for _ in devices] for address, devices in read.items()}


def _devices(replies: list[WireReply]) -> Iterator[tuple[WireReply, ...]]:
    """The replies of each device; an answer that could be of any of several speaks for none."""
    return (tuple(replies[place] for place in own) for own in told_apart(replies).devices)


def _tell(asked: Discovering, record: Record, outcome: Outcome, replies: dict[str, list[Reply]]) -> None:
    found = _identified(replies, knowledge(asked.packs))
    nothing = _identified({"": []}, knowledge(asked.packs))[""]
    rows = [
        {
            "address": address,
            "state": host.state,
            "requests": host.asked,
            "replies": host.replies,
            "dropped": host.dropped,
        }
        | device
        for address, host in record.hosts.items()
        for device in found.get(address, nothing)
    ]
    if asked.form != "table":
        print_json(rows, asked.form)
    elif not asked.watch:
        for row in rows:
            if row["state"] == "answered":
                sys.stdout.write(printable(_line(row)) + "\n")
    watching = sum(row["surveillance"] is True for row in rows)
    note(
        f"{outcome.hosts:,} hosts: {outcome.answered:,} answered, {outcome.closed:,} are there and accept nothing, "
        f"{outcome.silent:,} silent; {watching:,} watch; {outcome.requests:,} requests"
    )
    for text in outcome.unseen:
        note(f"not seen: {text}")
    if outcome.dropped:
        note(f"{outcome.dropped:,} replies beyond what is kept of one host")
    if outcome.outside:
        note(f"{outcome.outside:,} datagrams from outside the scope were dropped")
    if outcome.stopped:
        note(f"stopped: {outcome.stopped}")
    note(f"custodes assess {asked.out} reads the replies again")


def _line(row: dict[str, Any]) -> str:
    """One device in a line."""
    name = row["brand_name"] or "maker not known"
    if row["status"] == "review":
        name = f"probably {name}, check"
    kind = {True: row["device_type"] or "watches", False: "does not watch", None: "kind not known"}[row["surveillance"]]
    model = " ".join(filter(None, (row["model"], row["firmware"])))
    makers = [maker["name"] for maker in row["oem"] if maker["established"] or maker["relation"] == "platform"]
    by = f"; platform or maker: {', '.join(dict.fromkeys(makers))}" if makers else ""
    return f"{row['address']:<15}  {name}{f'  {model}' if model else ''}  ({kind}){by}"
