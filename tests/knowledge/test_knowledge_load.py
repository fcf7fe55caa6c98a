"""Loading packs: errors that name file and row, overlays that change exactly what they say."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodes.attribution.batch import makers_of
from custodes.attribution.text import resolve_text
from custodes.evidence.registers.formats import load
from custodes.knowledge import Knowledge, compile_pack, files, knowledge, load_pack
from custodes.knowledge.load import _brand
from custodes.model.errors import CustodesError, KnowledgeError
from custodes.model.vocab import Status

Write = Callable[[Mapping[str, str]], Path]

SUPPLIERS = """
- {id: zorb, name: Zorblax Works, country: ZZ}
- id: quux
  name: Quux
  country: ZY
  owners: [{owner: zorb, kind: parent, since: '2020-01-01'}]
"""
BRANDS = """
- id: zorblax
  name: Zorblax
  supplier: zorb
  aliases: [Zorblax, Zorbie Eye, ゾルブラ]
  makers:
  - {supplier: zorb, kind: own, scope: default, certainty: high, source: a catalogue, date: '2026-01-01'}
  - {supplier: quux, kind: relabel, scope: line, lines: [Vantor], since: '2015', until: '2019',
     certainty: high, source: a teardown, date: '2026-01-01'}
"""
MODELS = """
- {id: zorb-zqx, brand: zorblax, device_type: camera, prefixes: [ZQX], pattern: 'ZQX[0-9]{4}[A-Z]{0,3}',
   certainty: high, source: a catalogue, date: '2026-01-01'}
"""
WHOLE = {"suppliers.yaml": SUPPLIERS, "brands/own.yaml": BRANDS, "models.yaml": MODELS}
#: What the overlay may change; everything else must stay as it was.
CHANGED = ("Zorblax camera", "ZQX-1234 dome", "Zorbie Eye", "ZORBIE-EYE", "ゾルブラ", "Zorblax ZQX1234AB")
SAME = (
    "Hikvision DS-2CD2143G2-I",
    "Dahua",
    "bracket for Hikvision",
    "Axis P3245-LVE",
    "DJI Mavic 3T",
    "Annke C800",
    "Lorex LNE8950",
    "n/a",
    "ZQ-1234",
    "Zorb",
    "海康威视",
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return make


def loaded(folder: Path) -> Knowledge:
    return compile_pack(load_pack([folder]))


def statuses(text: str, known: Knowledge) -> list[tuple[str, str]]:
    return [(item.brand, str(item.status)) for item in resolve_text(text, known).mentions]


def test_an_overlay_changes_exactly_the_expected_answers(write: Write) -> None:
    before, after = knowledge(), loaded(write(WHOLE))
    for text in CHANGED:
        assert statuses(text, before) == [], text
        assert statuses(text, after) == [("zorblax", "asserted")], text
    for text in SAME:
        assert resolve_text(text, before) == resolve_text(text, after), text
    for text in ("bracket for Zorblax", "not Zorblax", "ex-Zorblax", "fits ZQX-1234", "Zorblax snorkelling"):
        assert not [item for item in statuses(text, after) if item[1] == "asserted"], text


def test_an_overlay_has_its_own_version(write: Write) -> None:
    before, after = knowledge(), loaded(write(WHOLE))
    assert after.version != before.version
    assert after.version.startswith(before.version)


def makers(text: str, known: Knowledge) -> list[tuple[str, bool]]:
    mention = resolve_text(text, known).mentions[0]
    return [(item.supplier, item.established) for item in makers_of(mention, text, known)]


def test_an_edge_for_a_line_and_period_reaches_that_line_only(write: Write) -> None:
    known = loaded(write(WHOLE))
    assert makers("Zorblax camera", known) == [("zorb", True)]
    found = makers("Zorblax Vantor", known)
    assert found == [("quux", False)], "the line is Quux's, but only of some years"
    assert statuses("Zorblax Vantor", known) == [("zorblax", "asserted")], "a line the edge names is a known word"


def test_an_edge_may_be_added_to_a_bundled_brand_without_touching_others(write: Write) -> None:
    folder = write(
        {
            "brands.yaml": (
                "- id: annke\n  name: Annke\n  makers:\n"
                "  - {supplier: axis, scope: all, certainty: high, source: a test, date: '2026-01-01'}\n"
            )
        }
    )
    known = loaded(folder)
    assert makers("Annke C800", known) == [("axis", True)]
    assert resolve_text("Hikvision", known) == resolve_text("Hikvision", knowledge())


def test_the_last_overlay_wins_and_nothing_is_needed_but_id_and_name(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, name in ((one, "Zorblax"), (two, "Snerg")):
        folder.mkdir()
        (folder / "brands.yaml").write_text(f"id: zorblax\nname: {name}\n", encoding="utf-8")
    known = compile_pack(load_pack([one, two]))
    assert known.pack.brands["zorblax"].name == "Snerg"
    assert statuses("Snerg camera", known) == [("zorblax", "asserted")]
    assert statuses("Zorblax camera", known) == []


def test_a_json_file_is_as_good_as_a_yaml_file(write: Write) -> None:
    known = loaded(write({"brands/b.json": '{"id": "zorblax", "name": "Zorblax"}'}))
    assert statuses("Zorblax", known) == [("zorblax", "asserted")]


def test_words_of_an_overlay_are_added_to_the_vocabulary(write: Write) -> None:
    known = loaded(write({"vocabulary/words.yaml": "plain:\n  device: snorkel\n"}))
    assert statuses("Hikvision snorkel", known) == [("hikvision", "asserted")]
    assert statuses("Hikvision camera", known) == [("hikvision", "asserted")]
    assert statuses("bracket for Hikvision", known) == [("hikvision", "unknown")]


def test_a_name_that_an_overlay_makes_another_company_is_not_taken_for_a_brand(write: Write) -> None:
    known = loaded(write({"others.yaml": "- {id: zo, text: Hikvision Bakery, kind: company}\n"}))
    assert statuses("Hikvision Bakery", known) == []
    assert statuses("Hikvision camera", known) == [("hikvision", "asserted")]


ROW_FAULTS = {
    "no id": "name: Zorblax\n",
    "number as id": "id: 12\nname: Zorblax\n",
    "id with blanks": "id: Zorb Lax\nname: Zorblax\n",
    "no name": "id: zorblax\n",
    "misspelt key": "id: zorblax\nnmae: Zorblax\n",
    "list as name": "id: zorblax\nname: [a]\n",
    "mapping as aliases": "id: zorblax\nname: Zorblax\naliases: {a: b}\n",
    "null alias": "id: zorblax\nname: Zorblax\naliases: [null]\n",
    "text as row": "hello\n",
    "list of texts": "- hello\n",
    "broken yaml": "id: [zorblax\nname: Zorblax\n",
    "control character": "id: zorblax\nname: \x01\n",
    "twice": "- {id: zorblax, name: A}\n- {id: zorblax, name: B}\n",
    "unknown scope": "id: zorblax\nname: Zorblax\nmakers: [{supplier: axis, scope: everything}]\n",
    "unknown kind": "id: zorblax\nname: Zorblax\nmakers: [{supplier: axis, kind: cousin}]\n",
    "unknown certainty": "id: zorblax\nname: Zorblax\ncertainty: sure\n",
    "makers as texts": "id: zorblax\nname: Zorblax\nmakers: [axis]\n",
    "makers as a mapping": "id: zorblax\nname: Zorblax\nmakers: {supplier: axis}\n",
    "lines as numbers": "id: zorblax\nname: Zorblax\nlines: [12]\n",
    "examples as a list": "id: zorblax\nname: Zorblax\nexamples: [a]\n",
    "a period that is no date": "id: zorblax\nname: Zorblax\nmakers: [{supplier: axis, since: yesterday}]\n",
}


@pytest.mark.parametrize("text", ROW_FAULTS.values(), ids=ROW_FAULTS.keys())
def test_a_faulty_brand_row_is_refused_with_its_file(write: Write, text: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_pack([write({"brands/own.yaml": text})])
    message = str(caught.value)
    assert "own.yaml" in message
    assert len(message.splitlines()) <= 4


OTHER_FAULTS = {
    "owners as texts": ("suppliers/own.yaml", "id: zorb\nname: Zorblax\nowners: [axis]\n"),
    "owners as a text": ("suppliers/own.yaml", "id: zorb\nname: Zorblax\nowners: axis\n"),
    "owner of no certainty": ("suppliers/own.yaml", "id: z\nname: Z\nowners: [{owner: axis, certainty: sure}]\n"),
    "pattern broken": ("models/own.yaml", "id: z\nbrand: axis\nprefixes: [ZZ]\npattern: 'ZZ('\n"),
    "pattern nested": ("models/own.yaml", "id: z\nbrand: axis\nprefixes: [ZZ]\npattern: 'ZZ([A-Z]{1,9}){1,9}'\n"),
    "no prefix": ("models/own.yaml", "id: z\nbrand: axis\npattern: 'ZQX[0-9]{4}'\n"),
    "no pattern": ("models/own.yaml", "id: z\nbrand: axis\nprefixes: [ZZ]\n"),
    "calibration as a number": ("vocabulary/calibration.yaml", "classes: {asserted: 3}\n"),
    "calibration as a word": ("vocabulary/calibration.yaml", "classes: {asserted: {p: much}}\n"),
    "calibration above one": ("vocabulary/calibration.yaml", "classes: {asserted: {p: 7}}\n"),
    "sentences as a number": ("vocabulary/sentences.yaml", "sentences: 12\n"),
    "vocabulary as a number": ("vocabulary/words.yaml", "plain: 12\n"),
    "a name that is none": ("others/own.yaml", "- {id: zz}\n"),
    "deep json": ("brands/own.json", "[" * 100_000),
    "broken json": ("brands/own.json", '{"id":'),
}


@pytest.mark.parametrize(("name", "text"), OTHER_FAULTS.values(), ids=OTHER_FAULTS.keys())
def test_a_faulty_file_of_another_kind_is_refused_with_its_name(write: Write, name: str, text: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_pack([write({name: text})])
    assert Path(name).name in str(caught.value)


UNKNOWN_IDS = {
    "maker": ("brands.yaml", "id: z\nname: Zorblax\nmakers: [{supplier: nowhere}]\n"),
    "supplier": ("brands.yaml", "id: z\nname: Zorblax\nsupplier: nowhere\n"),
    "component": ("brands.yaml", "id: z\nname: Zorblax\ncomponents: [{supplier: nowhere, models: [A]}]\n"),
    "owner": ("suppliers.yaml", "id: z\nname: Zorblax\nowners: [{owner: nowhere}]\n"),
    "brand": ("models.yaml", "id: z\nbrand: nowhere\nprefixes: [ZQX]\npattern: 'ZQX[0-9]{4}'\n"),
    "serial": ("serials.yaml", "id: z\nsupplier: nowhere\npattern: 'ZQX[0-9]{4}'\n"),
    "registrant": ("mac/registrants.yaml", "- {supplier: nowhere, starts: [Foo]}\n"),
}


@pytest.mark.parametrize(("name", "text"), UNKNOWN_IDS.values(), ids=UNKNOWN_IDS.keys())
def test_an_unknown_id_is_refused(write: Write, name: str, text: str) -> None:
    with pytest.raises(KnowledgeError, match="nowhere"):
        load_pack([write({name: text})])


def test_bytes_that_are_no_text_are_refused(write: Write) -> None:
    folder = write({"brands/own.yaml": ""})
    (folder / "brands" / "own.yaml").write_bytes(b"id: zorblax\nname: caf\xe9\n")
    with pytest.raises(KnowledgeError, match=r"own\.yaml"):
        load_pack([folder])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="not there"):
        load_pack([tmp_path / "missing"])


def test_owners_in_a_circle_are_refused_with_file_and_line(write: Write) -> None:
    text = "# ours\n- {id: za, name: Za, owners: [{owner: zb}]}\n- {id: zb, name: Zb, owners: [{owner: za}]}\n"
    with pytest.raises(KnowledgeError, match=r"za is owned by zb is owned by za") as caught:
        load_pack([write({"suppliers.yaml": text})])
    assert "suppliers.yaml line 2 row 'za'" in str(caught.value)


def test_owners_who_change_places_are_no_circle(write: Write) -> None:
    text = "- {id: za, name: Za, owners: [{owner: zb, until: '2015'}]}\n"
    text += "- {id: zb, name: Zb, owners: [{owner: za, since: '2015'}]}\n"
    assert load_pack([write({"suppliers.yaml": text})]).suppliers["za"].owners


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "supplier", "aliases", "weak_aliases", "lines", "makers", "components", "examples",
    "source", "date", "certainty", "reply",
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=4))
def test_whatever_stands_in_a_row_is_loaded_or_refused(tmp_path_factory: pytest.TempPathFactory, row: object) -> None:
    assert isinstance(row, dict)
    raw = files.Raw(json.loads(json.dumps({"id": "zorblax", "name": "Zorblax", **row})), "own.yaml", True)
    with contextlib.suppress(KnowledgeError):
        _brand(raw)


def test_the_command_line_says_it_in_a_line_and_ends_with_2(write: Write) -> None:
    folder = write({"brands/own.yaml": "id: zorblax\nname: Zorblax\nmakers: [{supplier: nowhere}]\n"})
    command = [sys.executable, "-m", "custodes.cli.main", "resolve", "--pack", str(folder)]
    done = subprocess.run(command, input=b'{"id":1,"text":"DJI"}\n', capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stdout == b""
    assert 0 < len(done.stderr.splitlines()) <= 12
    assert b"Traceback" not in done.stderr


def test_errors_of_the_loader_are_the_users_errors() -> None:
    assert issubclass(KnowledgeError, CustodesError)
    assert KnowledgeError("x").exit_code == 2


def test_nothing_asserted_by_the_bundled_pack_rests_on_a_weak_row() -> None:
    known = knowledge()
    for brand in known.pack.brands.values():
        for text in brand.examples.match:
            for item in resolve_text(text, known).mentions:
                if item.status is Status.ASSERTED:
                    assert known.brand(item.brand).cited.certainty != "low", text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("brandz/a.yaml", "- {id: a, name: A}", "brands"),
        ("brands/a.yaml", "- {id: a, name: A, alias: [B]}", "aliases"),
        ("supplier.yaml", "- {id: a, name: A}", "suppliers"),
    ],
)
def test_what_nothing_reads_is_refused_with_the_right_word(write: Write, name: str, text: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        load_pack([write({name: text})])


def test_an_own_register_format_needs_no_source(write: Write) -> None:
    folder = write({"register_formats/own.yaml": "{id: own, name: Our list, fields: {make: [Kit]}}"})
    assert [one.source for one in load([folder / "register_formats"]).known if one.id == "own"] == [
        "own reference data, register_formats/own.yaml"
    ]
