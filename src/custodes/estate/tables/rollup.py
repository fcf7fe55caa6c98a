"""Sums over assessed tables, kept up to date: body x supplier x rule x month, each with what is sure and what may be.

    CUBE/parts/SHA256-….parquet  the sums of one file of results: made once, since a file of that hash never changes
    CUBE/cube.parquet            all of them together
    CUBE/rollup.json             of which results, with which reference data

Three kinds of rows, which answer three questions and are not to be added to one another: `body` (how many devices),
`supplier` (of which maker), `rule` (which rule reaches them, by maker). `least` counts devices of which it is
established, `most` also those of which it may be so: a device that one of three firms may have made is in the `most`
of all three. Devices of which no maker is proposed at all are in `least` and `most` of the supplier "" alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from custodes.model.errors import BadInput, BadUsage, did_you_mean
from custodes.scale.duck import duck
from custodes.scale.parting import NULL
from custodes.scale.places import Place
from custodes.scale.records import DATA, JOB, Done, manifest_of
from custodes.scale.results import packed_rows

#: Megabytes that DuckDB holds at most.
_MEMORY = 600
PARTS, CUBE, ABOUT = "parts", "cube.parquet", "rollup.json"
DIMENSIONS = ("body", "month", "supplier", "rule", "force")
#: Which kind of rows answers a question, by the most telling dimension that it asks for.
KINDS = (("rule", "rule"), ("force", "rule"), ("supplier", "supplier"))
#: What is counted of one file of results. A device that is not in use counts nowhere.
_SUMS = """
    WITH d AS (SELECT {body} AS body, coalesce(month, '') AS month, quantity AS q, coalesce(maker, '') AS maker,
                      coalesce(candidates, '') AS candidates, coalesce(reached, '') AS reached,
                      coalesce(open, '') AS open
               FROM read_parquet(?) WHERE live = 'yes'),
         who AS (SELECT *, maker AS supplier, q AS sure FROM d WHERE maker <> '' OR candidates = ''
                 UNION ALL SELECT *, unnest(string_split(candidates, ';')), 0 FROM d
                 WHERE maker = '' AND candidates <> ''),
         -- a rule is counted once a device, under its maker where one is established
         ruled AS (SELECT body, month, maker AS supplier, q, unnest(string_split(reached, ';')) AS said, q AS sure
                   FROM d WHERE reached <> ''
                   UNION ALL SELECT body, month, maker, q, unnest(string_split(open, ';')), 0 FROM d WHERE open <> '')
    SELECT 'body' AS kind, body, month, '' AS supplier, '' AS rule, '' AS force, sum(q)::BIGINT AS least,
           sum(q)::BIGINT AS most FROM d GROUP BY ALL
    UNION ALL SELECT 'supplier', body, month, supplier, '', '', sum(sure)::BIGINT, sum(q)::BIGINT FROM who GROUP BY ALL
    UNION ALL SELECT 'rule', body, month, supplier, split_part(said, '=', 1), split_part(said, '=', 2),
                     sum(sure)::BIGINT, sum(q)::BIGINT FROM ruled GROUP BY ALL
    ORDER BY ALL
"""
_ALL = """
    SELECT kind, body, month, supplier, rule, force, sum(least)::BIGINT AS least, sum(most)::BIGINT AS most
    FROM read_parquet(?) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: files of results summed now, files that had been before, sums that were taken away, and the
    rows of all sums together. `left_out`: rows of the tables that are in no results, and in no sum."""

    new: int
    held: int
    removed: int
    rows: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file of results. `column`: which names the body; `body`: what its folder says, None where it is in the file."""

    place: Place
    digest: str
    column: str
    body: str | None

    @property
    def name(self) -> str:
        """Under which its sums lie: its hash, and how the body was told, which the hash does not say."""
        told = json.dumps([self.column, self.body])
        return f"{self.digest}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.parquet"


def update(results: Sequence[str], cube: Path, body: str = "body") -> Updated:
    """Brings the sums up to date with finished results of `assess` over tables. What was summed is not read again.

    `body`: the column, or the folders, that name the body. Raises BadInput, BadUsage.
    """
    done = {told: manifest_of(told) for told in results}
    _refuse_twice(results)
    listed = _listed(done, body)
    wanted = {one.name: one for one in listed}
    parts = cube / PARTS
    _refuse_others(cube)
    parts.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in parts.iterdir()}
    new = sorted(wanted.keys() - there)
    with duck(_MEMORY) as engine:
        for name in new:
            one = wanted[name]
            with one.place.copied() as path:
                _write(engine, _summed(engine, one, path), [path], parts / name)
        for name in there - wanted.keys():
            (parts / name).unlink()
        # two files of the same bytes are two files: their sums count twice
        rows = _write(engine, _ALL, [sorted(str(parts / one.name) for one in listed)], cube / CUBE)
    told = {"results": sorted(map(str, results)), "parts": sorted(wanted), "rows": rows}
    Place.of(str(cube / ABOUT)).put(json.dumps(told, indent=1).encode())
    left_out = sum(one.rows for pieces in done.values() for piece in pieces for one in piece.quarantined)
    return Updated(len(new), len(wanted) - len(new), len(there - wanted.keys()), rows, left_out)


def _refuse_twice(results: Sequence[str]) -> None:
    """Raises BadUsage where the same devices would count twice."""
    seen: dict[str, str] = {}
    for told in results:
        question = _question(told)
        if question in seen:
            what = "the same tables were assessed twice for one month, and would count twice"
            raise BadUsage(what, where=f"{seen[question]}, {told}", remedy="give one of them")
        seen[question] = told


def _question(results: str) -> str:
    """Which tables were assessed for which month, as far as one month was told for all rows."""
    told = json.loads((Place.of(results) / JOB).read())
    job = told["job"]
    day = str(job["constants"].get("as_at", ""))[:7]
    return json.dumps([told["files"], job["function"], job["columns"], day], sort_keys=True)


def _listed(done: Mapping[str, Sequence[Done]], body: str) -> list[_File]:
    """Every file of results. Raises BadInput where there is none."""
    files = [
        _File(Place.of(told) / path, digest, body, _body_of(path, body))
        for told, pieces in done.items()
        for piece in pieces
        for path, _, digest in piece.files
    ]
    if not files:
        raise BadInput("these results hold no row", where=", ".join(done))
    return files


def _body_of(path: str, body: str) -> str | None:
    """What the folders of a file say of its body: `body=NAME/`."""
    told = [part.partition("=") for part in path.removeprefix(f"{DATA}/").split("/")[:-1]]
    found = next((unquote(value) for name, _, value in told if name == body), None)
    return "" if found == NULL else found


def _refuse_others(cube: Path) -> None:
    """Raises BadUsage where the folder holds something that is no cube."""
    if cube.exists() and (not cube.is_dir() or (any(cube.iterdir()) and not (cube / PARTS).is_dir())):
        raise BadUsage("this folder holds something else", where=str(cube), remedy="give an empty folder, or a new one")


def _summed(engine: Any, one: _File, path: str) -> str:
    """The question that sums a file of results. Raises BadInput where it is none."""
    columns = {row[0] for row in engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()}
    missing = [name for name in ("month", "live", "quantity", "maker", "candidates", "reached") if name not in columns]
    if missing:
        what = f"there is no column {missing[0]!r}"
        raise BadInput(what, where=one.place.path, remedy="give results of `custodes assess --in`")
    if one.body is not None:
        return _SUMS.format(body="'" + one.body.replace("'", "''") + "'")
    body = one.column
    if body not in columns:
        remedy = f"assess with --keep {body} or --part-by {body}, or say which column it is: --body COLUMN"
        raise BadInput(f"nothing says whose devices these are: no column {body!r}", where=one.place.path, remedy=remedy)
    return _SUMS.format(body='coalesce("' + body.replace('"', '""') + "\"::VARCHAR, '')")


def _write(engine: Any, query: str, params: list[Any], path: Path) -> int:
    """What a question gives, as a file that is there whole or not at all; how many rows."""
    table = engine.sql(query, params=params).to_arrow_table()
    Place.of(str(path)).put(packed_rows(table))
    return int(table.num_rows)


def table(cube: Path, by: Sequence[str], where: Mapping[str, str]) -> list[dict[str, object]]:
    """A table of the sums: a row for each combination of `by`, with `least` and `most`. `where`: dimension to value.

    Raises BadInput, BadUsage: devices of several months are never added up.
    """
    path = cube / CUBE
    if not path.is_file():
        raise BadInput(
            "there are no sums here", where=str(cube), remedy="make them: custodes rollup RESULTS --cube DIR"
        )
    asked = (*by, *where)
    if "force" in asked and "rule" not in asked:
        raise BadUsage("a device counts under each rule that reaches it", remedy="add --by rule, or --where rule=ID")
    for name in asked:
        if name not in DIMENSIONS:
            hint = did_you_mean(name, DIMENSIONS) or f"they are {', '.join(DIMENSIONS)}"
            raise BadUsage(f"the sums are not told by {name[:60]!r}", why=hint)
    kind = next((kind for name, kind in KINDS if name in asked), "body")
    conditions = "".join(f" AND {name} = ?" for name in where)
    columns = ", ".join(dict.fromkeys(by))
    with duck(_MEMORY) as engine:
        months = engine.execute("SELECT DISTINCT month FROM read_parquet(?) ORDER BY ALL", [str(path)]).fetchall()
        if len(months) > 1 and "month" not in asked:
            what = f"the sums are of {len(months)} months, and a device counts in each"
            raise BadUsage(what, remedy=f"add --by month, or --where month={months[-1][0]}")
        query = (
            f"SELECT {columns + ',' if columns else ''} sum(least)::BIGINT AS least, sum(most)::BIGINT AS most "  # noqa: S608 - the names are of DIMENSIONS
            f"FROM read_parquet(?) WHERE kind = ?{conditions} {'GROUP BY ALL ORDER BY ALL' if columns else ''}"
        )
        found = engine.sql(query, params=[str(path), kind, *where.values()]).to_arrow_table()
    rows: list[dict[str, object]] = found.to_pylist()
    return rows
