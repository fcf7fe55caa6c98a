"""The batch function of assessment: a row a device, with who made it, how sure, and which rules reach it there then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from custodes.attribution.batch import any_of, evidence_object, maker_object
from custodes.attribution.changes import changes
from custodes.attribution.device import Attributor
from custodes.attribution.identifiers import from_mac, from_serial
from custodes.attribution.text import resolve_text
from custodes.attribution.touching import Touching
from custodes.estate.build import Context, Dropped, build
from custodes.estate.config import Body, Estate, Site, Source, System
from custodes.estate.linking import Unit
from custodes.estate.ruling import Bench, Ruling
from custodes.estate.sightings import Sighting
from custodes.estate.sites import SiteIndex
from custodes.estate.tables.columns import SHARED, Remembered, alike, firsts_of, inputs_of, one_text, whole
from custodes.findings.vulnerabilities.matching import Vulnerabilities
from custodes.knowledge import Knowledge
from custodes.knowledge.mac import BLOCK_BITS
from custodes.knowledge.vulnerabilities import Makers
from custodes.measures.firms import kind_of_body
from custodes.model.assessment import Device
from custodes.model.compact import compact
from custodes.model.errors import BadInput
from custodes.model.rules import Answer, asks_the_body
from custodes.model.vocab import Field, RowKind
from custodes.scale.moments import moments

#: Cells of a record that tell what a device is, or whether it is in use.
CELLS = (
    Field.MAKE,
    Field.MODEL,
    Field.DEVICE_TYPE,
    Field.DESCRIPTION,
    Field.DRIVER,
    Field.HARDWARE,
    Field.NAME,
    Field.FIRMWARE,
    Field.NOTES,
    Field.STATUS,
    Field.QUANTITY,
    Field.PURCHASED,
    Field.INSTALLED,
    Field.ASSEMBLED,
    Field.PART,
)
#: Numbers of one unit: of these only what they show of its maker counts, so that rows stay alike.
_NUMBERS = (Field.MAC, Field.SERIAL)
#: Where the unit is, and the day asked about.
_PLACED = ("body_kind", "jurisdiction", "system", "sensitive")
_YES, _NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")
#: Stands in every row of a column that a table does not have: a register without makes is told from a row without one.
_NO_COLUMN = "\0"
_TAKEN: dict[str, tuple[pa.DataType, str | None]] = {
    **{str(name): (pa.string(), _NO_COLUMN) for name in CELLS},
    **{str(name): (pa.string(), "") for name in (*_NUMBERS, *_PLACED)},
    "as_at": (pa.string(), ""),
}
INPUT_SCHEMA = inputs_of(_TAKEN)


class Told(NamedTuple):
    """What is told of a device. `left_out`: why the row is no device; `live`: yes or no; `candidates`: who may have
    made it, where nobody is established as its `maker`.

    `reached`: the rules that reach it; `open`: those of which that cannot be told; `asked`: those that ask something of
    the body itself; as ID=FORCE with semicolons between. `measures`, `makers`, `because`: all of it, as JSON.
    `problem`: what of the row could not be understood.
    """

    month: str | None = None
    left_out: str | None = None
    live: str | None = None
    quantity: str | None = None
    brand: str | None = None
    model: str | None = None
    device_type: str | None = None
    status: str | None = None
    confidence: str | None = None
    reason: str | None = None
    maker: str | None = None
    candidates: str | None = None
    reached: str | None = None
    open: str | None = None
    asked: str | None = None
    measures: str | None = None
    makers: str | None = None
    because: str | None = None
    problem: str | None = None


#: Told as numbers; all else as texts that rows share.
_AS_NUMBERS: Mapping[str, pa.DataType] = {"quantity": pa.int32(), "confidence": pa.float32()}
OUTPUT_SCHEMA = pa.schema([(name, _AS_NUMBERS.get(name, SHARED)) for name in (*Told._fields, "knowledge")])
CACHE_ROWS = 100_000
_Key = tuple[Any, ...]


def assess(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """Each row assessed for itself (INPUT_SCHEMA to OUTPUT_SCHEMA), as `custodes assess` does a register's record.

    Rows are not linked: two records of one unit are two rows. Rows that are alike in all that counts are assessed once,
    and remembered over batches.
    """
    assessor = _assessor_of(knowledge)
    for batch in batches:
        yield _one_batch(batch, assessor)


def touched(old: Knowledge, new: Knowledge) -> Callable[[pa.RecordBatch], Any] | str:
    """Of two editions of the reference data: which rows (INPUT_SCHEMA) may be assessed otherwise by the newer one, as a
    column of yes and no; or why any may."""
    found = changes(old, new)
    if found.everything:
        return found.everything
    for name in ("rulebook", "countries", "serials"):
        if getattr(old.pack, name) != getattr(new.pack, name):
            return f"the {name} of the reference data differ"
    if old.mac_table != new.mac_table or old.pack.date != new.pack.date:
        return "the registry of addresses, or the day of the reference data, differs"
    touching = Touching(found, old, new)
    firms = bool(found.suppliers or found.brands)

    def rows(batch: pa.RecordBatch) -> Any:
        told: Any = pa.repeat(pa.scalar(False), batch.num_rows)
        for name in CELLS:
            told = pc.or_(told, any_of(batch.column(name), touching.text))
        # a number, and a part by its firm, name a firm in no words of a brand
        for name in (*_NUMBERS, Field.PART) if firms else ():
            told = pc.or_(told, any_of(batch.column(name), _says))
        return told

    return rows


def _one_batch(batch: pa.RecordBatch, assessor: _Assessor) -> pa.RecordBatch:
    told = [whole(batch.column(name)) for name in CELLS]
    numbers = [assessor.seen(name, whole(batch.column(name))) for name in _NUMBERS]
    placed = [whole(batch.column(name)) for name in _PLACED]
    days = _days(whole(batch.column("as_at")))
    keys, places = alike([*told, *numbers, *placed, days])
    columns = dict(zip(Told._fields, assessor.told.columns(keys, places), strict=True))
    for name, kind in _AS_NUMBERS.items():
        columns[name] = columns[name].dictionary.cast(kind).take(columns[name].indices)
    return pa.record_batch([*columns.values(), one_text(assessor.version, batch.num_rows)], schema=OUTPUT_SCHEMA)


def _says(text: str) -> bool:
    return text not in ("", _NO_COLUMN)


#: Stands before a text that was to tell a day and does not.
_NO_DAY = "?"


def _days(column: Any) -> Any:
    """The days of a column, as ISO has them; a text that tells none behind a mark; empty where nothing is told."""
    encoded = column.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    read = pc.strftime(moments(encoded.dictionary), format="%Y-%m-%d").to_pylist()
    told = [day or (f"{_NO_DAY}{text}" if text.strip() else "") for day, text in zip(read, texts, strict=True)]
    return pa.array(told, pa.string()).take(encoded.indices)


#: Digits of an address by which the smallest registered blocks are told.
_BLOCK = max(BLOCK_BITS) // 4


def _blocks(column: Any) -> Any:
    """Of link addresses the digits by which blocks are told; what is none, or is nought, as it stands."""
    bare = pc.replace_substring_regex(column, r"[\s:.\-]", "")
    good: Any = pc.match_substring_regex(bare, "^[0-9a-fA-F]{12}$")
    nought: Any = pc.match_substring_regex(bare, "^0+$")
    blocks = pc.utf8_slice_codeunits(pc.ascii_lower(bare), 0, _BLOCK)
    return pc.if_else(pc.and_(good, pc.invert(nought)), blocks, column)


class _Assessor:
    """Remembers rows that are alike, and the rules of each day and kind of place."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge, self.version = knowledge, knowledge.version
        self.told = Remembered(len(Told._fields), CACHE_ROWS, self._told)
        self._settings: dict[tuple[str, ...], _Setting] = {}

    def seen(self, name: str, column: Any) -> Any:
        """A column of numbers of units with, for each, the first that shows the same of its maker; empty for none."""
        alike_ones = _blocks(column) if name == Field.MAC else column
        encoded = alike_ones.dictionary_encode()
        texts = column.take(firsts_of(encoded)).to_pylist()
        read = from_mac if name == Field.MAC else from_serial
        firsts: dict[tuple[str, str, str | None], str] = {}
        same = []
        for text in texts:
            clue = read(text, self._knowledge) if text else None
            same.append(firsts.setdefault((clue.because.rule, clue.because.text, clue.model), text) if clue else "")
        return pa.array(same, pa.string()).take(encoded.indices)

    def _told(self, key: _Key) -> Told:
        names = (*CELLS, *_NUMBERS)
        there = {str(name): text for name, text in zip(names, key, strict=False) if text != _NO_COLUMN}
        kind, jurisdiction, system, sensitive, day = key[len(names) :]
        setting = self._setting((kind.strip(), jurisdiction.strip(), system.strip(), sensitive.strip().lower(), day))
        return setting.told({name: text for name, text in there.items() if text}, frozenset(there))

    def _setting(self, key: tuple[str, ...]) -> _Setting:
        found = self._settings.get(key)
        if found is None:
            if len(self._settings) >= 256:
                self._settings.clear()
            found = self._settings[key] = _Setting(self._knowledge, *key)
        return found


@lru_cache(maxsize=4)
def _assessor_of(knowledge: Knowledge) -> _Assessor:
    return _Assessor(knowledge)


_ONE = Source(Path("table"), system="system", body="body", site="site")


@dataclass(frozen=True, slots=True)
class _Day:
    """What is the same for all devices of a day."""

    attributor: Attributor
    faults: Vulnerabilities


class _Setting:
    """A kind of body at a place, a kind of system, and a day: what the rules are asked for."""

    def __init__(
        self, knowledge: Knowledge, kind: str, jurisdiction: str, system: str, sensitive: str, day: str
    ) -> None:
        told_day = day and not day.startswith(_NO_DAY)
        self._day = date.fromisoformat(day) if told_day else knowledge.pack.date
        problems = []
        if day and not told_day:
            problems.append(f"{day[1:41]!r} is no day: assessed for {self._day.isoformat()}")
        try:
            kind_of_body(kind, knowledge.pack.rulebook)
        except BadInput as error:
            kind = ""
            problems.append(error.what)
        self._problem = "; ".join(problems)
        told = True if sensitive in _YES else False if sensitive in _NO else None
        sites = {} if told is None else {"site": Site("site", "", told)}
        bodies = {"body": Body("body", "", kind, jurisdiction)}
        systems = {"system": System("system", "", system)}
        estate = Estate("", (_ONE,), bodies=bodies, systems=systems, sites=sites)
        shared = _day_of(self._day, knowledge)
        resolver = _resolver_of(knowledge)
        self._context = Context(
            estate, knowledge, resolver, shared.attributor, self._day, {}, {}, {}, shared.faults, SiteIndex({})
        )
        self._bench = Bench(estate, knowledge, self._day, Ruling())

    def told(self, cells: dict[str, str], columns: frozenset[str]) -> Told:
        """What is told of a row with these cells. `columns`: those that its table has."""
        row = Sighting("table", "", 0, 0, RowKind.DEVICE, cells, (), columns)
        device = build(Unit("", [row]), self._context)
        month = self._day.isoformat()[:7]
        if isinstance(device, Dropped):
            return Told(month, device.reason, problem=self._problem or None)
        (device,) = self._bench.rule([replace(device, body="body")])
        return _told(device, month, self._problem)


@lru_cache(maxsize=64)
def _day_of(day: date, knowledge: Knowledge) -> _Day:
    nobody = Vulnerabilities((), Makers((), ()), day)  # known faults are told of an estate, and not in tables
    return _Day(Attributor(_resolver_of(knowledge), knowledge, day), nobody)


@lru_cache(maxsize=4)
def _resolver_of(knowledge: Knowledge) -> Any:
    @lru_cache(maxsize=CACHE_ROWS)
    def resolver(text: str) -> Any:
        return resolve_text(text, knowledge)

    return resolver


def _told(device: Device, month: str, problem: str) -> Told:
    found = device.attribution
    reached = [said for said in device.measures if said["reaches"] == Answer.YES.value]
    unsure = [said for said in device.measures if said["reaches"] == Answer.UNKNOWN.value]
    asked = [said for said in reached if asks_the_body(str(said["force"]), bool(said["addressed"]))]
    others = [] if found.oem else [item.supplier for item in found.candidates]
    return Told(
        month,
        None,
        "yes" if device.live else "no",
        str(device.quantity),
        found.brand,
        found.model,
        found.device_type,
        str(found.status),
        str(found.confidence),
        str(found.reason) if found.reason else None,
        found.oem,
        ";".join(dict.fromkeys(others)) or None,
        _listed(reached),
        _listed(unsure),
        _listed(asked),
        _json(device.measures),
        _json([maker_object(item) for item in found.candidates]),
        _json([evidence_object(item) for item in found.because]),
        problem or None,
    )


def _listed(said: Sequence[Mapping[str, object]]) -> str | None:
    return ";".join(f"{one['id']}={one['force']}" for one in said) or None


def _json(told: object) -> str:
    return compact(told).decode()
