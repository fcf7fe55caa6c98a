"""Large tables: the same bytes from every engine, however often a run was killed, and whatever ends its processes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import strange  # the folder of a test is on its path

from custodes.model.errors import BadInput, BadUsage
from custodes.scale import engines, knowledge_file, results
from custodes.scale.engines import Engine, Here
from custodes.scale.estimate import estimate
from custodes.scale.flow import Summary, run_job
from custodes.scale.job import Job
from custodes.scale.pieces import cut, look
from custodes.scale.places import Place, alone
from custodes.scale.records import manifest_of
from custodes.scale.supervised import Supervised, WorkersRefused

HERE = Path(__file__).parent
UPPER = "strange:upper"
ROWS = 5_000
KILLS = 20 if os.environ.get("CUSTODES_LONG") else 3


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watched processes find the functions of this folder; the pack is not what is tried here."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files of several row groups; texts, a body, a day, a number."""
    place = tmp_path_factory.mktemp("source")
    write(place, [f"text {number % 700} é" for number in range(ROWS)])
    return place


def write(place: Path, texts: list[str], files: int = 3) -> None:
    place.mkdir(exist_ok=True)
    each = -(-len(texts) // files)
    for file in range(files):
        held = texts[file * each : (file + 1) * each]
        numbers = range(file * each, file * each + len(held))
        table = pa.table(
            {
                "words": held,
                "number": pa.array(numbers, pa.int64()),
                "body": [None if one % 11 == 0 else f"body/{one % 3} ." for one in numbers],
                "day": [f"2026-11-0{one % 2 + 1}" for one in numbers],
            }
        )
        pq.write_table(table, place / f"part {file}.parquet", row_group_size=400)


def job(source: Path, out: Path, **more: object) -> Job:
    told = Job(UPPER, str(source), str(out), {"text": "words"}, keep=("number",), batch_rows=300, piece_rows=1_000)
    return replace(told, **more)  # type: ignore[arg-type]


def done(told: Job, engine: Engine | None = None) -> Summary:
    return run_job(told, engine or Here(), (), lambda _: None)


def bytes_of(out: Path) -> dict[str, str]:
    """Every file, hidden ones too, by its hash."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def rows_of(out: Path) -> list[dict[str, object]]:
    found = ds.dataset(out / "data", partitioning="hive").to_table()
    return sorted(found.to_pylist(), key=lambda row: row["number"])


@pytest.mark.parametrize("more", [{}, {"keep": ("number",), "partition": ("body", "day")}], ids=["", "in folders"])
def test_every_engine_gives_the_same_bytes(source: Path, tmp_path: Path, more: dict[str, object]) -> None:
    made: dict[str, Engine] = {
        "here": Here(), "duckdb": engines.duck(), "one": engines.workers(1), "three": engines.workers(3)
    }  # fmt: skip
    found = {}
    for name, engine in made.items():
        summary = done(job(source, tmp_path / name, **more), engine)
        assert (summary.rows, summary.quarantined) == (ROWS, ())
        found[name] = bytes_of(tmp_path / name)
    assert len(found["here"]) > 8
    assert all(one == found["here"] for one in found.values())
    rows = rows_of(tmp_path / "here")
    assert [row["number"] for row in rows] == list(range(ROWS))
    for row in rows:
        text = f"text {row['number'] % 700} é"
        assert (row["upper"], row["length"]) == (text.upper(), len(text))
        if more:
            number = row["number"]
            assert row["body"] == (None if number % 11 == 0 else f"body/{number % 3} .")
            assert row["day"] == f"2026-11-0{number % 2 + 1}"


def test_without_a_kept_column_the_results_stand_alone(source: Path, tmp_path: Path) -> None:
    assert done(job(source, tmp_path / "out", keep=())).rows == ROWS
    found = ds.dataset(tmp_path / "out/data").to_table()
    assert found.column_names == ["upper", "length"] and found.num_rows == ROWS


def test_arrow_files_are_read_as_parquet_ones_are(source: Path, tmp_path: Path) -> None:
    place = tmp_path / "arrow"
    place.mkdir()
    for path in source.iterdir():
        table = pq.read_table(path)
        with pa.ipc.new_file(str(place / f"{path.stem}.arrow"), table.schema) as stream:
            stream.write_table(table, max_chunksize=400)
    done(job(source, tmp_path / "one"))
    done(job(place, tmp_path / "two"))
    parts = [
        {name: held for name, held in bytes_of(tmp_path / one).items() if "part" in name} for one in ("one", "two")
    ]
    assert parts[0] == parts[1] and parts[0]


class Killed(BaseException):
    """Stands for the end of a process: nothing handles it."""


def test_killed_at_any_write_it_goes_on_to_the_same_bytes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every file that is put: before it, between writing and moving it, behind it; the last one too."""
    whole = tmp_path / "whole"
    puts: list[str] = []
    real = Place.put

    def counted(self: Place, data: bytes) -> None:
        puts.append(self.path)
        real(self, data)

    monkeypatch.setattr(Place, "put", counted)
    done(job(source, whole))
    assert puts[-1].endswith("manifest.json") and len(puts) > 10
    moments = [(number, moment) for number in range(len(puts)) for moment in ("before", "between", "behind")]
    for number, moment in moments:
        out = tmp_path / f"{number}-{moment}"
        monkeypatch.setattr(Place, "put", killing(real, number, moment))
        with pytest.raises(Killed):
            done(job(source, out))
        monkeypatch.setattr(Place, "put", real)
        done(job(source, out))
        assert bytes_of(out) == bytes_of(whole), (number, moment)


def killing(real: Callable[[Place, bytes], None], number: int, moment: str) -> Callable[[Place, bytes], None]:
    left = [number]

    def put(self: Place, data: bytes) -> None:
        left[0] -= 1
        if left[0] >= 0:
            real(self, data)
            return
        if moment == "between":
            target = Path(self.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.with_name(f".{target.name}.coming").write_bytes(data[: len(data) // 2])
        if moment == "behind":
            real(self, data)
        raise Killed

    return put


def test_what_was_only_needed_on_the_way_is_taken_away_by_the_next_run(source: Path, tmp_path: Path) -> None:
    """Killed behind the manifest, before the marks were gone."""
    done(job(source, tmp_path / "one"))
    marks = tmp_path / "one" / results.DONE
    marks.mkdir()
    (marks / "00000000.json").write_text("{}")
    summary = done(job(source, tmp_path / "one"))
    assert summary.resumed == ROWS and not marks.exists()


def test_killed_by_a_signal(tmp_path: Path) -> None:
    """The command itself with its processes, at moments drawn by chance."""
    place, chance = tmp_path / "source", random.Random(os.environ.get("CUSTODES_SEED", "1"))
    write(place, [f"Hikvision DS-2CD21{number:04}-I" for number in range(6_000)])
    words = [
        sys.executable, "-m", "custodes.cli.main", "resolve", "--in", str(place), "--column", "text=words",
        "--keep", "number", "--piece-rows", "400", "--workers", "2", "--out",
    ]  # fmt: skip
    begun = time.monotonic()
    subprocess.run([*words, str(tmp_path / "whole")], check=True, capture_output=True)
    needed = time.monotonic() - begun
    killed = 0
    for kill in range(KILLS):
        out = tmp_path / f"out {kill}"
        process = subprocess.Popen(
            [*words, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(0.3, 1.1) * needed)
        killed += process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        told = subprocess.run([*words, str(out)], check=True, capture_output=True, text=True)
        assert json.loads(told.stdout)["rows"] == 6_000
        assert bytes_of(out) == bytes_of(tmp_path / "whole")
    assert killed, "no run was killed in the middle"


def test_a_batch_that_ends_its_process_is_left_out_alone(tmp_path: Path) -> None:
    """Twice tried, then kept as it came and told; all else is there."""
    texts = [f"text {number}" for number in range(ROWS)]
    texts[1_234] = "die"
    texts[3_456] = "fail"
    place, out = tmp_path / "source", tmp_path / "out"
    write(place, texts)
    summary = done(job(place, out), engines.workers(2))
    first, second = summary.quarantined
    assert first.why == "its process ended by signal 9" and second.why.startswith("ValueError in _obey")
    left = [one for told in (first, second) for one in pa.ipc.open_file(out / told.file).read_all().to_pylist()]
    assert {"die", "fail"} <= {row["words"] for row in left} and len(left) == first.rows + second.rows <= 600
    there = {row["number"] for row in rows_of(out)}
    assert there | {row["number"] for row in left} == set(range(ROWS)) and len(there) == ROWS - len(left)
    done(job(place, tmp_path / "again"), engines.workers(1))
    assert bytes_of(out) == bytes_of(tmp_path / "again")


def test_a_process_that_ends_once_loses_nothing(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(ROWS)]
    texts[1_234] = f"die-once {tmp_path / 'died'}"
    write(tmp_path / "source", texts)
    summary = done(job(tmp_path / "source", tmp_path / "out"), engines.workers(2))
    assert (tmp_path / "died").exists()
    assert summary.quarantined == () and len(rows_of(tmp_path / "out")) == ROWS


def test_a_process_that_is_silent_is_ended(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(ROWS)]
    texts[1_234] = "sleep"
    write(tmp_path / "source", texts)
    summary = done(job(tmp_path / "source", tmp_path / "out"), Supervised(2, patience=2))
    (left,) = summary.quarantined
    assert left.why == "nothing for 2 seconds" and len(rows_of(tmp_path / "out")) == ROWS - left.rows


def test_what_a_library_prints_disturbs_nothing(tmp_path: Path) -> None:
    write(tmp_path / "source", ["print", *(f"text {number}" for number in range(ROWS))])
    assert done(job(tmp_path / "source", tmp_path / "out"), engines.workers(2)).rows == ROWS + 1


def test_processes_that_do_not_begin_are_given_up(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = job(source, tmp_path / "out")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # they do not find the function
    with pytest.raises(WorkersRefused, match="end before they begin"):
        done(told, engines.workers(2))


def test_what_goes_wrong_outside_the_batches_is_no_fault_of_theirs(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results that cannot be written end the run with one message, and none of the rows is left out for it."""
    long = tmp_path / "long"
    write(long, ["a"] * 900)
    table = pq.read_table(long / "part 0.parquet").append_column("huge", pa.array(["x" * 300] * 300))
    pq.write_table(table, long / "part 0.parquet")
    (long / "part 1.parquet").unlink()
    (long / "part 2.parquet").unlink()
    for engine in (Here(), engines.workers(2)):
        out = tmp_path / type(engine).__name__
        with pytest.raises((BadInput, OSError)) as error:
            done(job(long, out, partition=("huge",), keep=("number", "huge")), engine)
        assert "too long" in str(error.value) and not list((out / "quarantine").glob("*"))


def test_a_piece_of_which_nothing_is_left_is_done_all_the_same(tmp_path: Path) -> None:
    write(tmp_path / "source", ["die"] * 30, files=1)
    told = job(tmp_path / "source", tmp_path / "out", keep=("number", "body"), partition=("body",))
    summary = done(told, engines.workers(1))
    assert [one.rows for one in summary.quarantined] == [30]


def test_bytes_that_are_no_text_are_replaced(tmp_path: Path) -> None:
    """A column of bytes, and one that says it is text and is none."""
    place = tmp_path / "source"
    place.mkdir()
    raw = pa.array([b"one", b"\xff\xfe two", None, b"three"], pa.binary())
    texts = pa.Array.from_buffers(pa.string(), 4, raw.buffers())
    for name, column in (("bytes", raw), ("texts", texts)):
        pq.write_table(pa.table({"words": column, "number": range(4)}), place / f"{name}.parquet")
    for engine in (Here(), engines.workers(1)):
        out = tmp_path / type(engine).__name__
        told = job(place, out, function="custodes.attribution.batch:attribute")
        summary = done(told, engine)
        assert (summary.rows, summary.quarantined) == (8, ())


def test_every_file_must_have_the_columns(source: Path, tmp_path: Path) -> None:
    place = tmp_path / "source"
    write(place, ["a"] * 900)
    pq.write_table(pa.table({"other": ["x"]}), place / "part 9.parquet")
    pq.write_table(pa.table({"nothing": pa.array([], pa.string())}), place / "part .parquet")  # no rows: no matter
    with pytest.raises(BadInput, match=r"part 9\.parquet: this file has no column 'words', as others have"):
        done(job(place, tmp_path / "out"))
    (place / "part 9.parquet").unlink()
    assert done(job(place, tmp_path / "out")).rows == 900
    lists = tmp_path / "lists"
    lists.mkdir()
    pq.write_table(pa.table({"words": [["a"]], "number": [1]}), lists / "a.parquet")
    with pytest.raises(BadInput, match="which is no string"):
        done(job(lists, tmp_path / "out 2"))


def test_other_rows_in_the_same_files_are_another_job(tmp_path: Path) -> None:
    place = tmp_path / "source"
    write(place, [f"one {number:04}" for number in range(900)])
    done(job(place, tmp_path / "out"))
    write(place, [f"two {number:04}" for number in range(900)])
    with pytest.raises(BadUsage, match="files that were others then"):
        done(job(place, tmp_path / "out"))


def test_one_run_at_a_time(source: Path, tmp_path: Path) -> None:
    with alone(Place.of(str(tmp_path / "out"))), pytest.raises(BadUsage, match="another run is at work"):
        done(job(source, tmp_path / "out"))
    assert done(job(source, tmp_path / "out")).rows == ROWS
    with pytest.raises(BadUsage, match="among the tables"):
        done(job(source, source / "found"))


def test_kept_columns_are_the_same_from_every_engine(tmp_path: Path) -> None:
    """Types that DuckDB does not have, an encoded column, and row groups that no batch fits."""
    place = tmp_path / "source"
    place.mkdir()
    many = 3_000
    table = pa.table(
        {
            "words": pa.array([f"w {number % 17}" for number in range(many)]).dictionary_encode(),
            "number": pa.array(range(many), pa.int16()),
            "at": pa.array(range(many), pa.timestamp("s")),
            "half": pa.array([float(number) for number in range(many)], pa.float32()),
            "code": pa.array([b"%04d" % number for number in range(many)], pa.binary(4)),
            "kind": pa.array([f"k {number % 5}" for number in range(many)]).dictionary_encode(),
        }
    )
    pq.write_table(table, place / "a.parquet", row_group_size=700)
    found = []
    for engine in (Here(), engines.duck(), engines.workers(2)):
        out = tmp_path / f"out {len(found)}"
        done(job(place, out, keep=("number", "at", "half", "code", "kind"), batch_rows=400, piece_rows=1_400), engine)
        found.append(bytes_of(out))
    assert found[0] == found[1] == found[2]


def test_nothing_of_the_folder_that_one_stands_in_is_run(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = job(source, tmp_path / "out")
    (tmp_path / "pyarrow.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert done(told, engines.workers(1)).rows == ROWS


def test_a_function_that_gives_other_rows_is_a_fault(source: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="other rows than it was given"):
        done(job(source, tmp_path / "out", function="strange:shorter"))


def test_another_job_in_the_same_folder_is_refused(source: Path, tmp_path: Path) -> None:
    done(job(source, tmp_path / "out"))
    for other in (job(source, tmp_path / "out", keep=()), job(source, tmp_path / "out", piece_rows=700)):
        with pytest.raises(BadUsage, match="another job"):
            done(other)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").write_text("x")
    with pytest.raises(BadUsage, match="holds something else"):
        done(job(source, tmp_path / "full"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"columns": {"text": "word"}}, "did you mean 'words'"),
        ({"columns": {}}, "no column of the table is the 'text'"),
        ({"columns": {"texts": "words"}}, "no input column 'texts'"),
        ({"keep": ("place",)}, "no column 'place'"),
        ({"partition": ("number",), "piece_rows": 5_000}, "folders"),
    ],
)
def test_what_does_not_fit_is_told_with_what_to_do(
    source: Path, tmp_path: Path, more: dict[str, object], told: str
) -> None:
    if "partition" in more:
        write(tmp_path / "many", [f"{number}" for number in range(5_000)], files=1)
        source = tmp_path / "many"
    with pytest.raises(BadUsage) as error:
        done(job(source, tmp_path / "out", **more))
    assert told in str(error.value)


def test_damaged_tables_are_named(source: Path, tmp_path: Path) -> None:
    place = tmp_path / "source"
    write(place, ["a"] * 900)
    (place / "part 1.parquet").write_bytes(b"PAR1 this is none")
    with pytest.raises(BadInput, match=r"part 1\.parquet: this is no table"):
        done(job(place, tmp_path / "out"))
    with pytest.raises(BadInput, match="there is nothing"):
        done(job(tmp_path / "nowhere", tmp_path / "out"))
    with pytest.raises(BadInput, match="no results here"):
        manifest_of(str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="not finished"):
        manifest_of(str(place))


def test_pieces_hold_every_row_once(source: Path) -> None:
    for rows in (1, 399, 400, 1_000, 10_000):
        pieces = cut(look(Place.of(str(source))), rows)
        assert sum(one.rows for one in pieces) == ROWS
        assert [one.number for one in pieces] == list(range(len(pieces)))
        for before, after in pairwise(pieces):
            assert after.start == (before.start + before.rows if after.file == before.file else 0)


def test_the_reference_data_travels_as_a_file(tmp_path: Path, source: Path) -> None:
    """An invented brand of an own pack is known to every process, and the version stands in every row."""
    own = tmp_path / "own"
    (own / "suppliers").mkdir(parents=True)
    (own / "brands").mkdir()
    cite = "certainty: high\n  source: invented\n  date: '2026-01-01'\n"
    (own / "suppliers/zorblatt.yaml").write_text(f"- id: zorblatt\n  name: Zorblatt Optics\n  country: XX\n  {cite}")
    (own / "brands/zorblatt.yaml").write_text(
        f"- id: zorblatt\n  name: Zorblatt\n  supplier: zorblatt\n  aliases: [Zorblatt]\n  makers: []\n  {cite}"
    )
    assert knowledge_file.packed((own,)) == knowledge_file.packed((own,)) != knowledge_file.packed(())
    place = tmp_path / "source"
    write(place, ["Zorblatt camera", "Axis M3045"] * 50)
    out = tmp_path / "out"
    told = job(place, out, function="custodes.attribution.batch:attribute")
    run_job(told, engines.workers(2), (own,), lambda _: None)
    rows = rows_of(out)
    assert [json.loads(row["mentions"])[0]["brand"] for row in rows] == ["zorblatt", "axis"] * 50
    assert len({row["knowledge"] for row in rows}) == 1 and "+" in rows[0]["knowledge"]


def test_strange_functions_are_those_of_this_folder() -> None:
    assert Path(strange.__file__).parent == HERE


def test_an_estimate_looks_into_the_whole_table_and_writes_nothing(source: Path, tmp_path: Path) -> None:
    told = job(source, tmp_path / "out", batch_rows=100, piece_rows=400)
    found = estimate(told, ())
    # three files of about 1,667 rows, five pieces each; of the five looked into, one is the 67 rows at a file's end
    assert (found.rows, found.pieces, found.sample) == (ROWS, 15, 4 * 100 + 67)
    assert found.cpu > 0 and found.out > 0 and found.memory > 1 << 24
    assert found.wall(1) > found.wall(4) >= found.start
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadUsage, match="no column"):
        estimate(replace(told, columns={"text": "nothing"}), ())
