"""A user's own table of networks: CSV of ranges or networks, or a MaxMind DB file. It comes before the pack's."""

from __future__ import annotations

import csv
import hashlib
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import maxminddb

from custodes.knowledge.networks import Networks, Origin, Ranges, Says, Table, Told
from custodes.model.errors import BadInput

#: Columns of a table of CSV, and what each says. Beside them stands a `network`, or `first` and `last`.
COLUMNS = {
    "asn": Says.ORIGIN,
    "organisation": Says.ORGANISATION,
    "registered_country": Says.REGISTERED,
    "hosting_country": Says.HOSTING,
    "country": Says.HOSTING,
    "operator": Says.OPERATOR,
}
#: Where a record of MaxMind DB has it: keys in turn. That of other makers is flat.
_KEYS = (
    (Says.ORIGIN, ("autonomous_system_number",)),
    (Says.ORIGIN, ("asn",)),
    (Says.ORGANISATION, ("autonomous_system_organization",)),
    (Says.ORGANISATION, ("as_name",)),
    (Says.REGISTERED, ("registered_country", "iso_code")),
    (Says.HOSTING, ("country", "iso_code")),
    (Says.HOSTING, ("country_code",)),
)
_REMEDY = "give network (or first,last) and some of " + ", ".join(COLUMNS)
#: Rows of a table of CSV that are read.
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class MaxMind:
    """A MaxMind DB file, asked address by address."""

    reader: maxminddb.Reader
    origin: Origin

    def told(self, address: int, version: int) -> Iterator[Told]:
        """What its record says."""
        maker = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        record: Any = None
        with suppress(ValueError, maxminddb.InvalidDatabaseError):  # a table of IPv4 knows nothing of IPv6
            record = self.reader.get(maker(address))
        if isinstance(record, Mapping):
            said: set[Says] = set()
            for says, keys in _KEYS:
                value = _inside(record, keys)
                if value and says not in said:
                    said.add(says)
                    yield Told(says, value, self.origin)


def with_own(networks: Networks, paths: Sequence[Path]) -> Networks:
    """The tables with a user's own before them. Raises BadInput for a file that is none."""
    own: list[Table] = [table for path in paths for table in _own(path)]
    return replace(networks, tables=(*own, *networks.tables), _seen={}) if own else networks


def _own(path: Path) -> Iterable[Table]:
    try:
        stamp = path.stat().st_mtime
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    except OSError as error:
        raise BadInput(f"it cannot be read: {error.strerror}", where=str(path)) from error
    if path.suffix.lower() == ".mmdb":
        return [_maxmind(path, digest)]
    day = datetime.fromtimestamp(stamp, UTC).date().isoformat()
    return _csv(path, Origin(f"{path.name} {digest}", day, path.name, "your own table"))


def _maxmind(path: Path, digest: str) -> MaxMind:
    try:
        reader = maxminddb.open_database(path)
        told = reader.metadata()
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        raise BadInput("it is no MaxMind DB file", where=str(path), remedy="give a .mmdb file or a CSV") from error
    day = datetime.fromtimestamp(told.build_epoch, UTC).date().isoformat()
    return MaxMind(reader, Origin(f"{path.name} {digest}", day, told.database_type, "your own table"))


def _inside(record: Mapping[str, Any], keys: Sequence[str]) -> str:
    found: Any = record
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return str(found).removeprefix("AS") if isinstance(found, (str, int)) and found else ""


def _csv(path: Path, origin: Origin) -> Iterator[Table]:
    """A table a column and family."""
    found: dict[tuple[Says, int], list[tuple[int, int, str]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = {name: COLUMNS[name.strip().lower()] for name in reader.fieldnames or () if _is_column(name)}
            if not columns:
                raise BadInput("it has no column that says anything of networks", where=str(path), remedy=_REMEDY)
            for number, row in enumerate(reader, 2):
                if number > MOST_ROWS:
                    raise BadInput(f"it has more than {MOST_ROWS} rows", where=str(path), remedy="give a .mmdb file")
                version, first, last = _range(row, f"{path} line {number}")
                for name, says in columns.items():
                    value = (row.get(name) or "").strip()
                    if value:
                        kept = _checked(says, value, f"{path} line {number}")
                        found.setdefault((says, version), []).append((first, last, kept))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("it is no CSV in UTF-8", where=str(path), remedy=_REMEDY) from error
    for (says, version), rows in found.items():
        yield _ranges(says, version, rows, origin, path)


def _checked(says: Says, value: str, where: str) -> str:
    """A value as it is told: numbers of systems without AS, countries as codes. Raises BadInput for what is neither."""
    if says is Says.ORIGIN:
        number = value.upper().removeprefix("AS")
        if not re.fullmatch(r"[0-9]{1,10}", number):
            raise BadInput(f"{value[:20]!r} is no number of a system", where=where, remedy="as 64496 or AS64496")
        return number
    if says in (Says.REGISTERED, Says.HOSTING):
        if not re.fullmatch(r"[A-Za-z]{2}", value):
            raise BadInput(
                f"{value[:20]!r} is no code of two letters", where=where, remedy="as ISO 3166-1 has them: GB"
            )
        return value.upper()
    return value


def _is_column(name: str | None) -> bool:
    return (name or "").strip().lower() in COLUMNS


def _range(row: Mapping[str, str | None], where: str) -> tuple[int, int, int]:
    """Version, first and last address of a row."""
    told = {(key or "").strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
    try:
        if told.get("network"):
            network = ipaddress.ip_network(told["network"], strict=False)
            return network.version, int(network.network_address), int(network.broadcast_address)
        first, last = (ipaddress.ip_address(told.get(key, "")) for key in ("first", "last"))
        if first.version == last.version and int(first) <= int(last):
            return first.version, int(first), int(last)
    except ValueError:
        pass
    raise BadInput("it names no network and no range of addresses", where=where, remedy=_REMEDY)


def _ranges(says: Says, version: int, rows: list[tuple[int, int, str]], origin: Origin, path: Path) -> Ranges:
    """Rows as a table. Raises BadInput where two overlap: which of them counts would be a guess."""
    rows.sort()
    for (_, end, _), (begin, _, _) in pairwise(rows):
        if begin <= end:
            maker = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
            raise BadInput(f"two rows overlap at {maker(begin)}", where=str(path), remedy="leave one of them out")
    values = list(dict.fromkeys(value for _, _, value in rows))
    place = {value: index for index, value in enumerate(values)}
    first, last = [row[0] for row in rows], [row[1] for row in rows]
    return Ranges(says, origin, version, first, last, [place[row[2]] for row in rows], values)
