"""Builds the pack's tables of networks: whose an address is, where it is registered, where it may stand.

Run by `make assets`, which fetches the tables named here from the npm registry by name. IPv6 is kept by halves of an
address (its first 64 bits): a half that several ranges share is left out, so it is not known.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import maxminddb
import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).parent.parent / "src/custodes/knowledge/pack/networks"
SOURCE = "https://github.com/sapics/ip-location-db"
NRO = "Number Resource Organization (nro.net), CC BY 4.0"
#: What each table says, and whom its licence has us name.
TABLES = {
    "asn": ("origin", "Route Views (routeviews.org), DB-IP (db-ip.com) and " + NRO),
    "asn-country": ("registered", NRO),
    "geo-whois-asn-country": ("hosting", "OpenGeoFeed, HostByBelle and " + NRO),
    "dbip-country": ("hosting", "IP Geolocation by DB-IP (db-ip.com), CC BY 4.0"),
}
Range = tuple[int, int, str]


def ranges(path: Path, *, six: bool) -> list[Range]:
    """The ranges of a table, none inside another, neighbours of one value in one. Of IPv6 the first halves."""
    rows: list[Range] = []
    with path.open(encoding="utf-8", newline="") as lines:
        for first, last, value, *_ in csv.reader(lines):
            low, high = int(first), int(last)
            if six:
                low, high = -(-low >> 64), ((high + 1) >> 64) - 1
            if low <= high:
                rows.append((low, high, value))
    rows.sort(key=lambda row: (row[0], -row[1]))
    joined: list[Range] = []
    for low, high, value in flat(rows):
        if joined and joined[-1][2] == value and joined[-1][1] + 1 == low:
            joined[-1] = (joined[-1][0], high, value)
        else:
            joined.append((low, high, value))
    return joined


def flat(rows: Iterable[Range]) -> Iterator[Range]:
    """Ranges without those inside others: of an address that several hold, the one that begins last counts."""
    open_: list[Range] = []
    place = 0
    for row in (*rows, None):
        while open_ and (row is None or open_[-1][1] < row[0]):
            _, high, value = open_.pop()
            if place <= high:
                yield place, high, value
                place = high + 1
        if row is not None:
            if open_ and place < row[0]:
                yield place, row[0] - 1, open_[-1][2]
            place = row[0]
            open_.append(row)


def write(name: str, columns: dict[str, Any], told: dict[str, str]) -> None:
    """One table, packed small: numbers by their differences, values once."""
    encoding = {key: "DELTA_BINARY_PACKED" for key in ("first", "last") if key in columns}
    plain: Any = [key for key in columns if key not in encoding]
    path = OUT / f"{name}.parquet"
    table = pa.table(columns).replace_schema_metadata(told)
    pq.write_table(
        table, path, compression="zstd", compression_level=19, use_dictionary=plain, column_encoding=encoding
    )
    print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size} bytes")


def edition(package: Path) -> tuple[str, str]:
    """A package's version, and the day in it on which its tables were made."""
    version = str(json.loads((package / "package.json").read_text())["version"])
    day = version.rpartition(".")[2]
    return version, f"{day[:4]}-{day[4:6]}-{day[6:8]}"


def build(folder: Path, table: str) -> None:
    """The two tables of ranges of one package."""
    says, credit = TABLES[table]
    version, date = edition(folder / table)
    for family, six in (("ipv4", False), ("ipv6", True)):
        rows = ranges(folder / table / f"{table}-{family}-num.csv", six=six)
        number = pa.uint64() if six else pa.uint32()
        values = [value for _, _, value in rows]
        columns = {
            "first": pa.array([row[0] for row in rows], number),
            "last": pa.array([row[1] for row in rows], number),
            "value": pa.array(values).dictionary_encode(),
        }
        told = {"id": f"{table} {version}", "says": says, "date": date, "source": SOURCE, "credit": credit}
        write(f"{table}-{family}", columns, told)


def systems(folder: Path) -> None:
    """Autonomous systems: their organisation, and the country that most of their ranges are told to be of."""
    names: dict[int, str] = {}
    countries: dict[int, Counter[str]] = {}
    with maxminddb.open_database(folder / "iptoasn-country-mmdb" / "iptoasn-country.mmdb") as told:
        for family in ("ipv4", "ipv6"):
            with (folder / "asn" / f"asn-{family}.csv").open(encoding="utf-8", newline="") as lines:
                for first, _, number, name in csv.reader(lines):
                    names.setdefault(int(number), name)
                    found = told.get(ipaddress.ip_address(first))
                    if isinstance(found, dict) and found.get("country_code"):
                        countries.setdefault(int(number), Counter())[str(found["country_code"])] += 1
    numbers = sorted(names)
    columns: dict[str, Any] = {
        "asn": pa.array(numbers, pa.uint32()),
        "organisation": pa.array([names[number] for number in numbers]),
        "country": pa.array(
            [countries[number].most_common(1)[0][0] if number in countries else "" for number in numbers]
        ),
    }
    version, date = edition(folder / "iptoasn-country-mmdb")
    credit = "IPtoASN (iptoasn.com), PDDL; names by DB-IP (db-ip.com), CC BY 4.0"
    write("systems", columns, {"id": f"iptoasn {version}", "date": date, "source": SOURCE, "credit": credit})


def main(folder: str) -> None:
    """Write every table. `folder`: where the packages lie, each in a folder of its name."""
    OUT.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        build(Path(folder), table)
    systems(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1])
