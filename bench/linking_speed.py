"""Linking the records of an estate to devices, beside Splink, on the same cleaned records in one run.

    python bench/linking_speed.py [--size 10000] [--seed 1] [--data FOLDER] --peers BIN

`--data`: a folder that `bench/estate.py` wrote (with `truth.json`); without it one is made. `--peers`: the folder of
programs of the environment that Splink is installed in. Both are scored on pairs of records of one device against the
truth before any time is told. Splink is given the fields that we compare, cleaned as we clean them, the same signs to
block on, a model trained on the records themselves (u by random sampling, m by expectation maximisation in three
passes), and the best of several thresholds, chosen by the truth, which only a bench has; groups are its connected
components (its other way, single best links, filled 70 GB of disk on 36,000 records and did not end). CPU seconds are
those of the whole process for Splink without its imports, and of the linking for us.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from made_estate.scoring import Linked, Record, records, score

KINDS = ("register", "handover", "vms", "scan")
#: Columns that Splink compares to the signs that we do.
SIGNS = {"mac": "M", "serial": "S", "position": "P", "full": "N", "address": "A"}


def read(folder: Path) -> tuple[Any, Any]:
    """The estate and its records."""
    from custodes.estate.config import load_estate
    from custodes.estate.flows import scans_of
    from custodes.estate.sightings import read_sources
    from custodes.knowledge import knowledge
    from custodes.model.registers import Limits

    estate = load_estate(folder)
    return estate, read_sources(estate.sources, Limits(), (), lambda _: None, scans_of(knowledge())).sightings


def ours(folder: Path) -> tuple[float, dict[Record, str]]:
    """CPU seconds to link, and each record's device."""
    from custodes.estate.uniting import unite
    from custodes.knowledge import knowledge

    estate, sightings = read(folder)
    started = time.process_time()
    units = unite(sightings, estate, knowledge()).units
    took = time.process_time() - started
    return took, {(one.file, one.row): unit.id for unit in units for one in unit.sightings}


def cleaned(folder: Path, out: Path) -> float:
    """Write the records as both compare them: one Parquet file for each kind of source. CPU seconds of the cleaning,
    without reading and writing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from custodes.attribution.identifiers import normal_mac
    from custodes.estate.linking import serial_of
    from custodes.estate.marking import Marker, Numbers, Wording
    from custodes.model.vocab import Field

    estate, sightings = read(folder)
    started = time.process_time()
    marker = Marker(estate, Wording())
    tables: dict[str, list[dict[str, str | None]]] = {kind: [] for kind in KINDS}
    for one, body in zip(sightings, marker.bodies(sightings), strict=True):
        mac = normal_mac(one.cells.get(Field.MAC, "")).replace(":", "")
        serial = serial_of(one)
        marks = marker.marks((one,), (Numbers(mac, serial, mac, serial, shared=True),), body)
        by_kind = {sign[0]: sign[1:] for sign in sorted(marks.signs)}
        columns = {name: by_kind.get(sign) for name, sign in SIGNS.items()}
        for name, values in (
            ("site", marks.sites),
            ("model", marks.models),
            ("make", marks.makes),
            ("name", marks.names),
        ):
            columns[name] = next(iter(values), None)
        row = {"body": marks.body, **columns}
        kind = one.file.split("-")[0].split(".")[0]
        if kind in tables:  # the units of known faults are one row each, which there is nothing to link to
            tables[kind].append({"unique_id": f"{one.file}|{one.row}", **row})
    took = time.process_time() - started
    for kind, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), out / f"{kind}.parquet")
    return took


PEER = """
import json, sys, time
import duckdb, splink
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

folder, kinds = sys.argv[1], sys.argv[2].split(",")
def cpu():
    return time.process_time()
started = cpu()
db = duckdb.connect()
api = DuckDBAPI(connection=db)
tables = []
for kind in kinds:
    db.execute(f"create table {kind} as select *, '{kind}' as source_dataset from '{folder}/{kind}.parquet'")
    tables.append(api.register(kind))
one_slip = [1]
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.DamerauLevenshteinAtThresholds("mac", one_slip),
        cl.DamerauLevenshteinAtThresholds("serial", one_slip),
        cl.ExactMatch("model"), cl.ExactMatch("make"), cl.ExactMatch("full"), cl.ExactMatch("name"),
        cl.ExactMatch("site"), cl.ExactMatch("body"), cl.ExactMatch("position"), cl.ExactMatch("address"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("mac"), block_on("serial"), block_on("body", "full"), block_on("body", "name", "site"),
        block_on("body", "address"), block_on("body", "position"),
    ],
)
linker = Linker(tables, settings, log_level=40)
linker.training.estimate_probability_two_random_records_match([block_on("mac"), block_on("serial")], recall=0.8)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
for rule in (block_on("mac"), block_on("serial"), block_on("body", "address")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
trained = cpu()
pairs = linker.inference.predict(threshold_match_probability=0.01)
predicted = cpu()
found = []
for threshold in (0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999):
    begun = cpu()
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
    rows = groups.as_duckdbpyrelation().select("unique_id, cluster_id").fetchall()
    found.append({"threshold": threshold, "cpu": predicted - started + cpu() - begun, "rows": rows})
import resource
json.dump({"version": splink.__version__, "train": trained - started, "predict": predicted - trained,
           "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "found": found}, sys.stdout)
"""


def peer(folder: Path, python: Path) -> dict[str, Any]:
    """What Splink finds and takes."""
    with tempfile.TemporaryDirectory() as work:
        cleaning = cleaned(folder, Path(work))
        command = [str(python), "-W", "ignore", "-c", PEER, work, ",".join(KINDS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"splink did not run: {done.stderr[-1500:]}")
    told: dict[str, Any] = json.loads(done.stdout) | {"cleaning": cleaning}
    return told


def _line(name: str, scored: Linked, cpu: float, more: str) -> str:
    return (
        f"{name:<28} F1 {scored.f1:.4f}  precision {scored.precision:.4f}  recall {scored.recall:.4f}  "
        f"wrong across bodies {scored.across:>5}  {cpu:7.2f} CPU s  {more}"
    )


def main() -> None:
    """Score and time both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--data", type=Path, help="a folder that bench/estate.py wrote")
    parser.add_argument("--peers", type=Path, required=True, help="bin folder of the environment that has splink")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = asked.data or Path(work) / "estate"
        if asked.data is None:
            script = Path(__file__).parent / "estate.py"
            order = [sys.executable, str(script), "--seed", str(asked.seed), "--size", str(asked.size), "--out"]
            subprocess.run([*order, str(folder)], check=True)
        truth, body = records(json.loads((folder / "truth.json").read_text(encoding="utf-8")))
        told = peer(folder, asked.peers / "python")
        cpu, found = ours(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    scored = [(score(truth, _devices(one["rows"]), body), one) for one in told["found"]]
    best, which = max(scored, key=lambda item: item[0].f1)
    mine = score(truth, found, body)
    print(f"{platform.python_version()} on {platform.machine()}, {len(truth):,} records")
    print(_line("custodes", mine, cpu, f"{peak} MB with reading"))
    options = f"{told['mb']} MB; threshold {which['threshold']}; training {told['train']:.1f} s"
    print(_line(f"splink {told['version']}", best, which["cpu"], options))
    both = which["cpu"] + told["cleaning"]
    print(f"better by {mine.f1 - best.f1:+.4f} F1, {which['cpu'] / cpu:.1f} times the CPU time")
    print(
        f"with the cleaning of the records ({told['cleaning']:.2f} CPU s), which our time holds too: {both / cpu:.1f}"
    )


def _devices(rows: list[list[str]]) -> dict[Record, str]:
    found = {}
    for unique, cluster in rows:
        file, row = unique.split("-__-")[-1].rsplit("|", 1)
        found[file, int(row)] = cluster
    return found


if __name__ == "__main__":
    main()
