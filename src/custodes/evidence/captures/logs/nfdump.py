"""Flows as nfdump prints them (`-o csv`), in the form up to version 1.7.1 and the one since."""

from __future__ import annotations

from pathlib import Path

from custodes.evidence.captures.logs.book import Book, Side, proto_of, sum_of
from custodes.evidence.captures.logs.duck import LONGEST_ROW, OUTSIDE, query
from custodes.evidence.captures.logs.kinds import HEAD
from custodes.evidence.captures.logs.noting import time_of

#: Columns of the two forms: times, ends, protocol, link addresses, packets and bytes each way.
_OLD = ("ts", "te", "sa", "da", "sp", "dp", "pr", "ismc", "odmc", "ipkt", "ibyt", "opkt", "obyt")
_NEW = (
    "firstSeen",
    "",
    "srcAddr",
    "dstAddr",
    "srcPort",
    "dstPort",
    "proto",
    "inSrcMac",
    "outDstMac",
    "packets",
    "bytes",
)
_NOTHING = "00:00:00:00:00:00"


def read_nfdump(path: Path, name: str, book: Book) -> None:
    """Write a log of flows down: each row is one direction. Raises BadInput if it cannot be read."""
    with path.open("rb") as file:
        lines = file.read(HEAD).decode("utf-8", "replace").splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith(("ts,te,", "firstSeen,")))
    columns = [column.strip() for column in lines[place].split(",")]
    names = _OLD if columns[0] == "ts" else _NEW
    held = {column: f"c{number}" for number, column in enumerate(columns)}
    first, last, source, target, sport, dport, proto, mac, other, *counts = (
        f"trim({held[column]})" if column in held else "null" for column in names
    )
    frames, size, frames_back, back = (*counts, "null", "null")[:4]
    # a flow has packets of its own: where its first count is none, as those of nfpcapd 1.7.1, they stand in the second
    own = f"coalesce(try_cast({frames} as bigint), 0) > 0"
    sums = ", ".join(
        f"sum(case when {own} then try_cast({one} as bigint) else try_cast({other} as bigint) end)"
        for one, other in ((frames, frames_back), (size, back), (frames_back, frames), (back, size))
    )
    declared = ", ".join(f"'{column}': 'VARCHAR'" for column in held.values())
    caller = f"try_cast({sport} as integer) < 1024 or {OUTSIDE.format(source)}"
    sql = f"""
select {mac}, {source}, case when {caller} then try_cast({sport} as integer) end,
  {other}, {target}, try_cast({dport} as integer), {proto}, {sums}, min({first}),
  max(coalesce({last}, {first})), count(*)
from read_csv(?, delim=',', header=false, quote='', escape='', all_varchar=true, null_padding=true, ignore_errors=true,
  strict_mode=false, auto_detect=false, skip={place + 1}, max_line_size={LONGEST_ROW}, columns={{{declared}}})
where {proto} is not null group by all
"""  # noqa: S608 - made of names of columns by their places
    for row in query(sql, [str(path)], name):
        _flow(row, book)


def _flow(row: tuple[object, ...], book: Book) -> None:
    mac, source, sport, other, target, dport, proto, frames, size, frames_back, back, first, last, count = row
    book.rows += int(str(count))
    # times are those of the machine that printed them; they are taken for UTC
    begin, end = time_of(f"{first or ''}+00:00"), time_of(f"{last or ''}+00:00")
    book.flow(
        Side(_mac(mac), _text(source), _number(sport)),
        Side(_mac(other), _text(target), _number(dport)),
        proto_of(str(proto)),
        sum_of(_number(size) or 0, _number(frames) or 0, begin, end),
        sum_of(_number(back) or 0, _number(frames_back) or 0, begin, end),
    )


def _mac(value: object) -> str:
    return "" if value is None or str(value) == _NOTHING else str(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
