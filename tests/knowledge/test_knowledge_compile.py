"""The compiled look-ups, the folding of text, the calibration table, and the pack against its own examples."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import custodes
from custodes.estate.knowledge_flows import check_pack
from custodes.knowledge import Knowledge, knowledge
from custodes.knowledge.text import fold, plain, squash, words
from custodes.model.vocab import Reason, Status


@pytest.fixture(scope="module")
def bundled() -> Knowledge:
    return knowledge()


def test_every_rule_of_the_pack_holds_against_its_examples() -> None:
    assert [f"{fault.kind}/{fault.row}: {fault.what}" for fault in check_pack()] == []


def test_every_rule_has_two_examples_and_a_near_miss(bundled: Knowledge) -> None:
    pack = bundled.pack
    tables = (pack.brands, pack.grammars, pack.serials, pack.others)
    short = [
        row.id
        for table in tables
        for row in table.values()
        if len(row.examples.match) < 2 or not row.examples.near_miss
    ]
    assert short == []


def test_every_row_has_source_date_and_certainty(bundled: Knowledge) -> None:
    pack = bundled.pack
    for table in (pack.suppliers, pack.brands, pack.grammars, pack.serials, pack.others):
        for row in table.values():
            assert row.cited.source and row.cited.certainty, row.id
            assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row.cited.date), (row.id, row.cited.date)


def test_calibration_is_there_and_within_bounds(bundled: Knowledge) -> None:
    table = bundled.pack.calibration
    bands = {str(Status.ASSERTED), str(Status.REVIEW)}
    assert bands <= set(table)
    for key, value in table.items():
        assert 0 < value < 1, key
        assert key.split(":")[0] in {str(status) for status in Status}
    assert table["asserted"] > table["review"]


def test_every_reason_has_a_sentence(bundled: Knowledge) -> None:
    assert {str(reason) for reason in Reason} <= set(bundled.pack.sentences)


def test_every_name_is_found_under_its_key(bundled: Knowledge) -> None:
    keys = [alias.key for alias in bundled.aliases]
    assert len(keys) == len(set(keys))
    for alias in bundled.aliases:
        assert alias.key == squash(alias.shown)
        known = {"other": bundled.pack.others, "brand": bundled.pack.brands, "line": bundled.pack.brands}
        assert alias.target in known.get(alias.kind, (alias.target,))


def test_no_plain_word_is_a_strong_name_on_its_own(bundled: Knowledge) -> None:
    """A word that may stand in any text ("dome", "manager") must not be a brand by itself."""
    strong = {alias.key for alias in bundled.aliases if alias.kind in ("brand", "line") and not alias.weak}
    clash = sorted(word for word, kind in bundled.word_class.items() if word in strong and not kind.startswith("flag"))
    assert clash == []


def test_prefixes_lead_to_their_grammar(bundled: Knowledge) -> None:
    for grammar in bundled.grammars:
        for prefix in grammar.row.prefixes:
            assert re.fullmatch(r"[a-z0-9]{2,}", prefix), (grammar.row.id, prefix)
            assert any(prefix.startswith(key) and grammar in found for key, found in bundled.prefixes.items())


def test_patterns_are_written_for_codes_without_marks(bundled: Knowledge) -> None:
    for grammar in bundled.grammars:
        outside = re.sub(r"\[[^]]*\]|\{[^}]*\}|\\.", "", grammar.row.pattern)
        assert not re.search(r"[-/ _.]", outside), grammar.row.id


def test_no_supplier_or_brand_is_named_in_code(bundled: Knowledge) -> None:
    """Ids and names of the pack stand in no string of the code; sentences of explanation may use one."""
    names = {row.id for row in bundled.pack.suppliers.values()} | {row.id for row in bundled.pack.brands.values()}
    names |= {squash(row.name) for row in bundled.pack.brands.values()}
    quoted = re.compile(r"""(?<!\w)['"]([A-Za-z0-9 _-]{3,40})['"]""")
    found = []
    for path in sorted(Path(custodes.__file__).parent.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = line.split("#", 1)[0]
            found += [f"{path.name}:{number} {text}" for text in quoted.findall(code) if squash(text) in names]
    assert found == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squash(text) == "".join(words(text))
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=40))
def test_composed_and_decomposed_text_are_one(text: str) -> None:
    once = unicodedata.normalize("NFC", text)
    assert words(unicodedata.normalize("NFD", once)) == words(once)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("ＨＩＫＶＩＳＩＯＮ　ｄｏｍｅ", ["hikvision", "dome"]),
        ("Hik\u00advision\u200b", ["hikvision"]),
        ("Straße_7", ["strasse", "7"]),
        ("", []),
    ],
)
def test_cutting_into_words(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_a_code_written_against_an_east_asian_name_is_a_word_of_its_own() -> None:
    assert words("DS-2CD海康")[:2] == ["ds", "2cd"]
    assert squash("DS-2CD海康") == "ds2cd海康"
