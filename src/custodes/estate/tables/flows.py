"""The batch function of destinations: rows of a flow log, and whose each far end is, as names and tables tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from custodes.attribution.batch import evidence_object
from custodes.attribution.destinations import Destination, destination
from custodes.estate.tables.columns import SHARED, Remembered, alike, inputs_of, one_text, whole
from custodes.evidence.captures.addresses import ip_bytes, is_external
from custodes.knowledge import Knowledge
from custodes.model.addresses import plain_address
from custodes.model.captures import Peer
from custodes.model.compact import compact
from custodes.model.days import span
from custodes.scale.columns import each
from custodes.scale.moments import MOMENT

#: `otherwise`: what a column holds where a table has none. `told`: the name by which the device's own DNS answer gave
#: it the address; `name`: the one that stands in the connection, read there as `origin` says (sni or host).
_WITHOUT: dict[str, tuple[pa.DataType, str | None]] = {
    "source": (pa.string(), None),
    "target": (pa.string(), None),
    "port": (pa.int32(), "0"),
    "name": (pa.string(), ""),
    "origin": (pa.string(), "sni"),
    "told": (pa.string(), ""),
    "seen": (MOMENT, ""),
}
INPUT_SCHEMA = inputs_of(_WITHOUT)


class Told(NamedTuple):
    """What is told of a far end: the keys of `custodes capture`, lists as one text. `tables`: those of networks and
    countries that told of it, with their days; `because`: why it is this service, as JSON."""

    peer: str | None = None
    domain: str | None = None
    service: str | None = None
    purpose: str | None = None
    operator: str | None = None
    supplier: str | None = None
    status: str | None = None
    owners: str | None = None
    operator_country: str | None = None
    asn: str | None = None
    network: str | None = None
    network_country: str | None = None
    registered_country: str | None = None
    hosting_countries: str | None = None
    disputed: str | None = None
    tables: str | None = None
    because: str | None = None


#: `direction`: out (to the internet), in (from it), between (two ends on it), within (neither), unknown (no address).
OUTPUT_SCHEMA = pa.schema([(name, SHARED) for name in ("direction", *Told._fields, "knowledge")])
#: Far ends that are remembered, and addresses of which it is remembered where they are.
CACHE_ROWS = 200_000
#: From where names are taken; another is passed over.
_ORIGINS = ("sni", "host", "dns", "ptr")
_NONE = Told()
_Key = tuple[str, int, str, str, str, int]


def destinations(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """Whose the far end of each row is (INPUT_SCHEMA to OUTPUT_SCHEMA), on the day of the row.

    A row between two machines of the site has no far end. Far ends that are alike are judged once, and remembered over
    batches.
    """
    judge = _judge_of(knowledge)
    for batch in batches:
        yield _one_batch(batch, judge)


def _one_batch(batch: pa.RecordBatch, judge: _Judge) -> pa.RecordBatch:
    source, target = (each(whole(batch.column(name)), plain_address, pa.string()) for name in ("source", "target"))
    # which of them are on the internet; missing where there is no address
    from_far, to_far = (each(end, _is_far, pa.bool_()) for end in (source, target))
    came, went = pc.fill_null(from_far, False), pc.fill_null(to_far, False)
    peer: Any = pc.if_else(went, target, pc.if_else(came, source, ""))
    own: Any = pc.and_(came, pc.invert(went))  # the far end came to a port of this site
    ports: Any = batch.column("port")
    ports = pc.fill_null(ports, 0)
    port: Any = pc.if_else(own, pa.scalar(0, pa.int32()), ports)
    named = [whole(batch.column(name)) for name in ("name", "origin", "told")]
    # a name that stands in a connection is of its target
    named[0], named[2] = (pc.if_else(own, "", one) for one in (named[0], named[2]))
    known: Any = pc.is_in(peer, judge.by_port)
    keys, places = alike([peer, pc.if_else(known, port, 0), *named, judge.spans(batch.column("seen"))])
    answers = judge.told.columns(keys, places)
    return pa.record_batch(
        [_direction(from_far, to_far), *answers, one_text(judge.version, batch.num_rows)], schema=OUTPUT_SCHEMA
    )


@lru_cache(maxsize=CACHE_ROWS)
def _is_far(text: str) -> bool | None:
    raw = ip_bytes(text)
    return is_external(raw) if raw else None


_WAYS = ("within", "out", "in", "between", "unknown")


def _direction(from_far: Any, to_far: Any) -> Any:
    number: Any = pc.add(pc.multiply(from_far.cast(pa.int32()), 2), to_far.cast(pa.int32()))
    return pa.DictionaryArray.from_arrays(pc.fill_null(number, 4), pa.array(_WAYS, pa.string()))


class _Judge:
    """Far ends judged once for each span of days in which nothing that is told of anybody changes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge, self.version = knowledge, knowledge.version
        self.told = Remembered(len(Told._fields), CACHE_ROWS, self._judged)
        rows = (row for row in knowledge.services.rows.values() if row.ports)
        # the port matters only at addresses where a service is known by one
        self.by_port = pa.array(sorted({address for row in rows for address in row.addresses}), pa.string())
        self._days = _turns(knowledge)

    def spans(self, seen: Any) -> Any:
        """The number of the span of days of each row; -1 where no time is told."""
        days: Any = pc.floor_temporal(seen, unit="day")
        days = days.dictionary_encode()
        numbers = [-1 if day is None else bisect_right(self._days, day.date()) for day in days.dictionary.to_pylist()]
        found: Any = pa.array(numbers, pa.int32()).take(days.indices)
        return pc.fill_null(found, -1)

    def _judged(self, key: _Key) -> Told:
        if not key[0]:
            return _NONE
        address, port, name, origin, answered, number = key
        names = {answered: "dns"} if answered else {}
        if name and origin in _ORIGINS:
            names.setdefault(name, origin)
        return _told(
            address, destination(Peer(address, port or None, "", names=names), self._day(number), self._knowledge)
        )

    def _day(self, number: int) -> date:
        """A day of a span: its first; of the one before all turns the last; where no time is told, the pack's own."""
        if number < 0:
            return self._knowledge.pack.date
        return self._days[number - 1] if number else self._days[0] - timedelta(days=1)


@lru_cache(maxsize=4)
def _judge_of(knowledge: Knowledge) -> _Judge:
    return _Judge(knowledge)


def _turns(knowledge: Knowledge) -> Sequence[date]:
    """The days on which a service or an owner begins or ends, in order."""
    periods = [period for row in knowledge.services.rows.values() for period in (row.since, row.until)]
    for firm in knowledge.pack.suppliers.values():
        periods += [period for edge in firm.owners for period in (edge.since, edge.until) if period]
    found = {date(1970, 1, 1)}
    for first, last in map(span, filter(None, periods)):
        found |= {first, last, last + timedelta(days=1)}
    return sorted(found)


def _told(address: str, found: Destination) -> Told:
    place = found.place
    disputed = None if place.disputed is None else "yes" if place.disputed else "no"
    of_network = [item for item in found.because if item.kind == "network"]
    tables = dict.fromkeys(item.rule for item in of_network if not item.rule.startswith("services/"))
    because = [evidence_object(item) for item in found.because if item.rule not in tables]
    return Told(
        address,
        found.domain or None,
        found.service or None,
        found.purpose or None,
        found.operator or None,
        found.supplier,
        str(found.status),
        "; ".join(found.owners) or None,
        found.home or None,
        place.system or None,
        place.organisation or None,
        place.system_country or None,
        place.registered or None,
        ",".join(place.hosting) or None,
        disputed,
        "; ".join(tables) or None,
        intern(compact(because).decode()),
    )
