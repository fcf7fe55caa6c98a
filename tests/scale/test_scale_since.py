"""Newer reference data: what a change cannot touch is carried over; the files are those of a run from the beginning."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from test_scale_jobs import bytes_of

from custodes.attribution import batch as texts_of
from custodes.estate import wire
from custodes.estate.tables import devices
from custodes.knowledge import Knowledge, files, knowledge
from custodes.model.errors import BadInput, BadUsage
from custodes.scale.engines import Here
from custodes.scale.flow import Summary, run_job
from custodes.scale.job import Job, inputs
from custodes.scale.knowledge_file import knowledge_of
from custodes.scale.results import work
from custodes.scale.supervised import Supervised

LONG = bool(os.environ.get("CUSTODES_LONG"))
REPLIES = Path(__file__).parent.parent / "survey" / "foi_replies.jsonl"
Row = dict[str, Any]


def rows(kind: str) -> dict[str, Row]:
    """Rows of the bundled pack as they are written."""
    return {key: dict(raw.row) for key, raw in files.merged(files.layers(()), kind).items()}


def pack(folder: Path, **kinds: Sequence[Row]) -> Path:
    """A pack of one's own with some rows."""
    folder.mkdir(parents=True)
    for kind, told in kinds.items():
        (folder / kind).mkdir()
        text = yaml.safe_dump(list(told), allow_unicode=True)
        (folder / kind / "own.yaml").write_text(text, encoding="utf-8")
    return folder


def corpus(chance: random.Random) -> list[str]:
    """Texts that people wrote, texts that name makes, and texts of their words and codes in disorder."""
    replies = [json.loads(line)["text"] for line in REPLIES.read_text(encoding="utf-8").splitlines()]
    names = [name for row in rows("brands").values() for name in row.get("aliases", ())]
    codes = [text for row in rows("models").values() for text in (row.get("examples") or {}).get("match", ())]
    words = ["camera", "dome", "with", "no", "bridge", "vision", "street", "4MP", "removed", "Ltd"]
    words += ["zorbatron", "ZORBATROX1234"]
    pool = [*names, *codes, *words * 20, *(name.replace("i", "y") for name in names[:400])]
    mixed = [" ".join(map(str, chance.choices(pool, k=chance.randint(1, 5)))) for _ in range(3_000 if LONG else 900)]
    return [*replies[:: 1 if LONG else 6], *map(str, names[::3]), *map(str, codes[::5]), *mixed]


def batch_of(texts: Sequence[str]) -> pa.RecordBatch:
    told = [pa.array(texts, pa.string()), pa.array([""] * len(texts), pa.string())]
    return pa.record_batch(told, schema=texts_of.INPUT_SCHEMA)


def replies_of(texts: Sequence[str]) -> pa.RecordBatch:
    """The texts as titles, whole answers and labels of devices; and the fingerprints' own examples."""
    told = [("http.title", "text", text) for text in texts[::3]]
    told += [
        ("http", "text", f"HTTP/1.1 200 OK\r\nServer: {text[:80]}\r\n\r\n<title>{text[:60]}</title>")
        for text in texts[1::3]
    ]
    told += [(rule.fields[0], "text", one.text) for rule in knowledge().fingerprints for one in rule.samples]
    columns = [pa.array(column, pa.string()) for column in zip(*told, strict=True)]
    return pa.record_batch(columns, schema=wire.INPUT_SCHEMA)


def devices_of(texts: Sequence[str]) -> pa.RecordBatch:
    """The texts as makes, models and notes of devices, with addresses."""
    told = {
        "make": texts[::2],
        "model": [text[:40] for text in texts[1::2]] + [""] * (len(texts) % 2),
        "mac": [("44:19:b6:00:00:01", "", "3c:ef:8c:00:00:02")[place % 3] for place in range(len(texts[::2]))],
        "kind": ["us-federal-contractor"] * len(texts[::2]),
        "part": [("HiSilicon Hi3519", "", "", "Ingenic T31")[place % 4] for place in range(len(texts[::2]))],
    }
    columns = {"make": "make", "model": "model", "mac": "mac", "body_kind": "kind", "part": "part"}
    job = Job("", "", "", columns)
    return inputs(job, devices.INPUT_SCHEMA, pa.record_batch(pa.table(told).to_batches()[0].columns, names=list(told)))


def answers(module: Any, batch: pa.RecordBatch, loaded: Knowledge) -> list[tuple[Any, ...]]:
    """What the function of a module makes of each row, but the edition."""
    call = {texts_of: texts_of.attribute_with_evidence, wire: wire.identify, devices: devices.assess}[module]
    (found,) = call(iter([batch]), loaded)
    names = [name for name in found.schema.names if name != "knowledge"]
    return list(zip(*(found.column(name).to_pylist() for name in names), strict=True))


def alias_added(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice(list(rows("brands").values()))
    words = ["zorbatron", "vision", "camera four", "Bridge", "dome vision", "secur", "4MP", "zorba tron x"]
    return pack(tmp, brands=[{**row, "aliases": [*row.get("aliases", ()), chance.choice(words)]}])


def alias_gone(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice([row for row in rows("brands").values() if len(row.get("aliases", ())) > 1])
    aliases = list(row["aliases"])
    aliases.remove(chance.choice(aliases))
    return pack(tmp, brands=[{**row, "aliases": aliases}])


def line_added(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice(list(rows("brands").values()))
    new = {"name": chance.choice(("Zorbaline", "Street", "Vision")), "source": "made up for a test"}
    return pack(tmp, brands=[{**row, "lines": [*row.get("lines", ()), new]}])


def maker_changed(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice([row for row in rows("brands").values() if row.get("makers")])
    makers = [dict(edge) for edge in row["makers"]]
    chance.choice(makers)["certainty"] = "low"
    return pack(tmp, brands=[{**row, "makers": makers}])


def firm_renamed(chance: random.Random, tmp: Path) -> Path:
    wanted = [row["supplier"] for row in rows("brands").values() if row.get("supplier")]
    row = rows("suppliers")[chance.choice(wanted)]
    return pack(tmp, suppliers=[{**row, "name": row["name"] + " Renamed"}])


def numbering_changed(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice([row for row in rows("models").values() if row.get("device_type")])
    return pack(tmp, models=[{**row, "device_type": "recorder" if row["device_type"] != "recorder" else "camera"}])


def firm_owned(chance: random.Random, tmp: Path) -> Path:
    firms = rows("suppliers")
    parts = [part["supplier"] for row in rows("brands").values() for part in row.get("components", ())]
    row = firms[chance.choice([*parts, *firms])]
    edge = {"owner": "huawei", "kind": "parent", "certainty": "high"}
    return pack(tmp, suppliers=[{**row, "owners": [*row.get("owners", ()), edge]}])


def numbering_added(chance: random.Random, tmp: Path) -> Path:
    known = next(row for row in rows("models").values() if row.get("examples"))
    new = {"prefixes": ["zorbatronxy"], "pattern": "zorbatro[a-z]{1,6}[0-9]{3,5}", "id": "zorba-codes"}
    return pack(tmp, models=[{**known, **new, "examples": {"match": ["ZORBATRONXY1234"], "near_misses": ["ZORBA"]}}])


def rule_changed(chance: random.Random, tmp: Path) -> Path:
    row = chance.choice([row for row in rows("fingerprints").values() if row.get("weight")])
    return pack(tmp, fingerprints=[{**row, "weight": 0.7}])


CHANGES: Sequence[Callable[[random.Random, Path], Path]] = (
    *(alias_added, alias_gone, line_added, maker_changed, firm_renamed, firm_owned),
    *(numbering_changed, numbering_added, rule_changed),
)


@pytest.mark.parametrize("seed", range(30 if LONG else 3))
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_what_is_not_touched_is_answered_as_before(change: Callable[..., Path], seed: int, tmp_path: Path) -> None:
    chance = random.Random(f"{change.__name__}-{seed}")
    texts = corpus(chance)
    old, new = knowledge(), knowledge((change(chance, tmp_path / "own"),))
    for module, batch in ((texts_of, batch_of(texts)), (wire, replies_of(texts)), (devices, devices_of(texts))):
        touched = module.touched(old, new)
        assert not isinstance(touched, str), touched
        told = touched(batch).to_pylist()
        before, after = (answers(module, batch, loaded) for loaded in (old, new))
        other = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        missed = [before[place] for place in other if not told[place]]
        assert not missed, f"{module.__name__}: {len(missed)} of {len(other)}: {missed[:2]}"


def test_a_new_name_touches_the_rows_that_hold_it(tmp_path: Path) -> None:
    row = rows("brands")["hikvision"]
    own = pack(tmp_path / "own", brands=[{**row, "aliases": [*row["aliases"], "Zorbatron"]}])
    texts = [*corpus(random.Random(7)), "a ZORBA-TRON dome", "zorbatrons", "x zorbatron", "zorbatrom"]
    told = texts_of.touched(knowledge(), knowledge((own,)))
    assert not isinstance(told, str)
    found = [text for text, yes in zip(texts, told(batch_of(texts)).to_pylist(), strict=True) if yes]
    plain = {text: text.lower().replace("-", "").replace(" ", "") for text in texts}
    holding = [text for text in texts if "zorbatron" in plain[text] or text == "zorbatrom"]
    assert sorted(found) == sorted(holding)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of descriptions with bodies, in two files."""
    place, texts = tmp_path_factory.mktemp("table"), corpus(random.Random(3))
    for number, part in enumerate((texts[::2], texts[1::2])):
        bodies = [f"body-{one % 5}" for one in range(len(part))]
        pq.write_table(pa.table({"text": part, "body": bodies}), place / f"{number}.parquet", row_group_size=200)
    return place


def run(source: Path, out: Path, overlays: tuple[Path, ...] = (), since: Path | None = None, **more: Any) -> Summary:
    told = Job("custodes.attribution.batch:attribute_with_evidence", str(source), str(out), {"text": "text"}, **more)
    engine = more.pop("engine", None) or Here()
    whole = Job(**{**told.__dict__, "since": str(since or "")})
    return run_job(whole, engine, overlays, lambda _: None)


SHAPES: Sequence[Row] = ({"keep": ("body",)}, {"partition": ("body",)}, {})


@pytest.mark.parametrize("shape", SHAPES, ids=("kept", "parted", "bare"))
def test_the_same_bytes_as_from_the_beginning(table: Path, tmp_path: Path, shape: Row) -> None:
    row = rows("brands")["dahua"]
    own = (pack(tmp_path / "own", brands=[{**row, "aliases": [*row["aliases"], "zorbatron"]}]),)
    more = {**shape, "batch_rows": 150, "piece_rows": 400}
    run(table, tmp_path / "old", **more)
    whole = run(table, tmp_path / "whole", own, **more)
    carried = run(table, tmp_path / "carried", own, tmp_path / "old", **more)
    holding = sum("zorbatron" in text.lower() for text in pq.read_table(table, columns=["text"])["text"].to_pylist())
    assert 0 < carried.anew <= holding < whole.anew == whole.rows == carried.rows
    assert bytes_of(tmp_path / "carried") == bytes_of(tmp_path / "whole") != bytes_of(tmp_path / "old")


def test_watched_processes_carry_over_too(table: Path, tmp_path: Path) -> None:
    row = rows("brands")["dahua"]
    own = (pack(tmp_path / "own", brands=[{**row, "aliases": [*row["aliases"], "zorbatron"]}]),)
    more = {"partition": ("body",), "batch_rows": 150, "piece_rows": 400}
    run(table, tmp_path / "old", **more)
    told = Job("custodes.attribution.batch:attribute_with_evidence", str(table), "", {"text": "text"}, **more)
    here = Job(**{**told.__dict__, "out": str(tmp_path / "here"), "since": str(tmp_path / "old")})
    there = Job(**{**told.__dict__, "out": str(tmp_path / "there"), "since": str(tmp_path / "old")})
    first = run_job(here, Here(), own, lambda _: None)
    second = run_job(there, Supervised(2), own, lambda _: None)
    assert first.anew == second.anew < first.rows
    assert bytes_of(tmp_path / "here") == bytes_of(tmp_path / "there")


def test_what_a_newer_table_brings_is_worked_out_whole(table: Path, tmp_path: Path) -> None:
    source, more = tmp_path / "grown", {"keep": ("body",), "piece_rows": 400}
    source.mkdir()
    for path in table.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    run(source, tmp_path / "old", **more)
    new = pa.table({"text": ["Hikvision", "an Axis P3245-V"], "body": ["a", "b"]})
    pq.write_table(new, source / "2.parquet")
    carried = run(source, tmp_path / "carried", (), tmp_path / "old", **more)
    run(source, tmp_path / "whole", **more)
    assert carried.anew == 2
    assert bytes_of(tmp_path / "carried") == bytes_of(tmp_path / "whole")


def test_a_change_that_may_touch_everything_says_so(table: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "vocabulary").mkdir(parents=True)
    path = next(path for path in sorted((files.bundled() / "vocabulary").iterdir()) if path.stem == "words")
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    (own / "vocabulary" / path.name).write_text(yaml.safe_dump(_other_words(told), allow_unicode=True), "utf-8")
    run(table, tmp_path / "old", piece_rows=400)
    carried = run(table, tmp_path / "carried", (own,), tmp_path / "old", piece_rows=400)
    run(table, tmp_path / "whole", (own,), piece_rows=400)
    assert "words" in carried.all_since
    assert carried.anew == carried.rows
    assert bytes_of(tmp_path / "carried") == bytes_of(tmp_path / "whole")


def _other_words(told: Any) -> Any:
    return {**told, "placing": f"{told.get('placing', '')} zorbaplace"} if isinstance(told, dict) else told


def test_results_of_another_question_are_refused(table: Path, tmp_path: Path) -> None:
    run(table, tmp_path / "old", piece_rows=400)
    with pytest.raises(BadUsage, match="another keep"):
        run(table, tmp_path / "new", (), tmp_path / "old", piece_rows=400, keep=("body",))


@pytest.fixture(autouse=True)
def one_edition_at_a_time() -> Iterator[None]:
    """What is remembered of packs in folders that are gone is forgotten."""
    yield
    for held in (texts_of._memory_of, wire._memory_of, wire.matcher_of):
        held.cache_clear()


def test_a_row_that_was_changed_in_the_middle_of_a_file_is_worked_out(tmp_path: Path) -> None:
    texts = [f"camera {place:06}" for place in range(40_000)]
    for name, first in (("old", "Hikvision"), ("new", "Bosch cam")):
        (tmp_path / name).mkdir()
        column = pa.table({"text": [first, *texts]})
        pq.write_table(column, tmp_path / name / "a.parquet", compression="none", use_dictionary=False)
    run(tmp_path / "old", tmp_path / "before")
    run(tmp_path / "new", tmp_path / "carried", (), tmp_path / "before")
    found = pq.read_table(tmp_path / "carried" / "data" / "part-00000000.parquet")["mentions"][0].as_py()
    assert "bosch" in found


def test_what_was_left_out_moves_no_other_row(table: Path, tmp_path: Path) -> None:
    more = {"batch_rows": 10, "piece_rows": 10_000}
    run(table, tmp_path / "old", **more)
    told = Job("custodes.attribution.batch:attribute_with_evidence", str(table), "", {"text": "text"}, **more)
    found = []
    for name, since in (("whole", ""), ("carried", str(tmp_path / "old"))):
        job = Job(**{**told.__dict__, "out": str(tmp_path / name), "since": since})
        run_job(job, Leaves(), (), lambda _: None)
        found.append(bytes_of(tmp_path / name))
    assert found[0] == found[1]


class Leaves(Here):
    """As if the first batch of each piece had ended its process twice."""

    def run(self, job: Job, pieces: Sequence[Any]) -> Iterator[Any]:
        for piece in pieces:
            yield work(job, piece, knowledge_of(job), skip={0: "it ended twice"})


@pytest.mark.parametrize("file", ["job.json", "knowledge.zip", "data/part-00000000.parquet"])
def test_damaged_earlier_results_are_told(table: Path, tmp_path: Path, file: str) -> None:
    run(table, tmp_path / "old", piece_rows=400)
    path = tmp_path / "old" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data) if file != "job.json" else b"{")
    with pytest.raises(BadInput, match="damaged"):
        run(table, tmp_path / "new", (), tmp_path / "old", piece_rows=400)


def test_earlier_results_are_of_another_folder_and_there(table: Path, tmp_path: Path) -> None:
    run(table, tmp_path / "old")
    with pytest.raises(BadUsage, match="another folder"):
        run(table, tmp_path / "old", (), tmp_path / "old")
    with pytest.raises(BadInput, match="no results here"):
        run(table, tmp_path / "new", (), tmp_path / "nowhere")
    assert not (tmp_path / "new" / "job.json").exists()
