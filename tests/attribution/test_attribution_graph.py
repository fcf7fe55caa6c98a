"""From a brand to who built it and who owns that: periods, lines, several makers, dated owners."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from custodes.attribution import graph
from custodes.knowledge import Knowledge, compile_pack, load_pack

AS_AT = date(2026, 1, 1)

SUPPLIERS = """
- {id: quell, name: Quell, country: QA}
- {id: rovo, name: Rovo, country: QB}
- {id: holder, name: Holder, country: QC}
- {id: second, name: Second, country: QD}
- {id: top, name: Top, country: QE}
- {id: saver, name: Saver, country: QF}
- id: owned
  name: Owned
  country: QG
  owners:
  - {owner: holder, kind: parent, since: '2010-03', until: '2015-06-30'}
  - {owner: second, kind: parent, since: '2015-06-30'}
  - {owner: saver, kind: minority, since: '2012'}
- {id: inner, name: Inner, owners: [{owner: owned, kind: parent}]}
- {id: ring-a, name: Ring A, owners: [{owner: ring-b, until: '2015'}]}
- {id: ring-b, name: Ring B, owners: [{owner: ring-a, since: '2015'}]}
"""
CITED = "source: https://example.org/edges, date: '2026-01-01', certainty: high"
BRANDS = f"""
- id: plainmark
  name: Plainmark
  source: https://example.org/edges
  certainty: high
  makers: [{{supplier: quell, kind: relabel, scope: all, {CITED}}}]
- id: periodmark
  name: Periodmark
  makers:
  - {{supplier: quell, kind: relabel, scope: all, until: '2018', {CITED}}}
  - {{supplier: rovo, kind: relabel, scope: all, since: '2019-02', {CITED}}}
- id: twomark
  name: Twomark
  makers:
  - {{supplier: quell, kind: relabel, scope: all, {CITED}}}
  - {{supplier: rovo, kind: relabel, scope: all, {CITED}}}
- id: linemark
  name: Linemark
  supplier: rovo
  makers:
  - {{supplier: rovo, kind: own, scope: default, {CITED}}}
  - {{supplier: quell, kind: relabel, scope: line, lines: [Vantor Gold], {CITED}}}
  - {{supplier: quell, kind: relabel, scope: models, models: [LM-440, LM-9xx], {CITED}}}
- id: somemark
  name: Somemark
  makers: [{{supplier: quell, kind: relabel, scope: some, {CITED}}}]
- id: saidmark
  name: Saidmark
  makers: [{{supplier: quell, kind: alleged, scope: all, {CITED}}}]
- id: guessmark
  name: Guessmark
  makers: [{{supplier: quell, scope: all, source: a forum, date: "2026-01-01", certainty: low}}]
- id: partmark
  name: Partmark
  components:
  - {{supplier: quell, part: processor, names: [Q9], models: [PM-100], {CITED}}}
  - {{supplier: quell, part: processor, names: [Q7], models: [PM-200], {CITED}}}
  - {{supplier: rovo, part: processor, names: [R1], models: [PM-200], {CITED}}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder: Path = tmp_path_factory.mktemp("pack")
    (folder / "suppliers.yaml").write_text(SUPPLIERS, encoding="utf-8")
    (folder / "brands.yaml").write_text(BRANDS, encoding="utf-8")
    return compile_pack(load_pack([folder]))


def established(made: Knowledge, brand: str, model: str | None = None, text: str = "", bought: str = "") -> list[str]:
    found = graph.makers(made.brand(brand), model, text, bought, AS_AT, made)
    return [item.supplier for item in found if item.established]


def seen(made: Knowledge, brand: str, bought: str) -> set[str]:
    return {item.supplier for item in graph.makers(made.brand(brand), None, "", bought, AS_AT, made)}


def test_one_strong_edge_over_everything_establishes_the_maker(made: Knowledge) -> None:
    assert established(made, "plainmark") == ["quell"]


@pytest.mark.parametrize(
    ("bought", "makers"),
    [
        ("2016", {"quell"}),
        ("2018-12-31", {"quell"}),
        ("2018", {"quell"}),
        ("2019-01-31", set()),
        ("2019-02", {"rovo"}),
        ("2019-02-01", {"rovo"}),
        ("2024-05-06", {"rovo"}),
        ("2019", {"rovo"}),
        ("", {"quell", "rovo"}),
    ],
)
def test_the_day_of_purchase_decides_between_periods(made: Knowledge, bought: str, makers: set[str]) -> None:
    assert seen(made, "periodmark", bought) == makers


@pytest.mark.parametrize(("bought", "sure"), [("2016", ["quell"]), ("2024", ["rovo"]), ("", []), ("2019-01", [])])
def test_a_period_establishes_only_what_was_bought_in_it(made: Knowledge, bought: str, sure: list[str]) -> None:
    assert established(made, "periodmark", bought=bought) == sure


def test_several_established_makers_establish_none(made: Knowledge) -> None:
    found = graph.makers(made.brand("twomark"), None, "", "", AS_AT, made)
    assert {item.supplier for item in found} == {"quell", "rovo"}
    assert not any(item.established for item in found)
    assert all(item.confidence <= 0.5 for item in found)


@pytest.mark.parametrize(
    ("model", "text", "maker"),
    [
        (None, "Linemark dome", "rovo"),
        (None, "Linemark VANTOR-GOLD dome", "quell"),
        ("LM-440", "Linemark LM-440", "quell"),
        ("LM-4401", "Linemark LM-4401", "rovo"),
        ("LM-912", "", "quell"),
        ("LM-812", "", "rovo"),
    ],
)
def test_a_line_or_model_edge_beats_the_default(made: Knowledge, model: str | None, text: str, maker: str) -> None:
    assert established(made, "linemark", model, text) == [maker]


@pytest.mark.parametrize("brand", ["somemark", "saidmark", "guessmark"])
def test_weak_partial_or_alleged_edges_establish_nothing(made: Knowledge, brand: str) -> None:
    found = graph.makers(made.brand(brand), None, "", "", AS_AT, made)
    assert [item.supplier for item in found] == ["quell"]
    assert not found[0].established
    assert found[0].confidence < 0.97


def test_makers_do_not_depend_on_the_order_of_edges(made: Knowledge) -> None:
    import dataclasses

    for brand in ("periodmark", "twomark", "linemark"):
        row = made.brand(brand)
        turned = dataclasses.replace(row, makers=tuple(reversed(row.makers)))
        for bought in ("", "2016", "2024"):
            assert graph.makers(row, "LM-440", "", bought, AS_AT, made) == graph.makers(
                turned, "LM-440", "", bought, AS_AT, made
            )


def chain(made: Knowledge, supplier: str, day: str) -> list[str]:
    return [link.supplier for link in graph.owners(supplier, date.fromisoformat(day), made)]


@pytest.mark.parametrize(
    ("day", "owner"),
    [
        ("2009-12-31", []),
        ("2010-02-28", []),
        ("2010-03-01", ["holder"]),
        ("2015-06-29", ["holder"]),
        ("2015-06-30", ["second"]),
        ("2026-01-01", ["second"]),
    ],
)
def test_owners_follow_the_day_and_minorities_do_not_count(made: Knowledge, day: str, owner: list[str]) -> None:
    assert chain(made, "owned", day) == owner


def test_owners_run_up_the_chain_and_change_places(made: Knowledge) -> None:
    assert chain(made, "inner", "2012-01-01") == ["owned", "holder"]
    assert chain(made, "ring-a", "2012-01-01") == ["ring-b"]
    link = graph.owners("inner", AS_AT, made)[-1]
    assert (link.name, link.country) == ("Second", "QD")


def test_a_component_is_said_of_its_model_only(made: Knowledge) -> None:
    row = made.brand("partmark")
    found = graph.component(row, "PM-100/X")
    assert found is not None and found[0] == "quell"
    assert graph.component(row, "PM-300") is None
    assert graph.component(row, None) is None
    assert graph.component(row, "PM-200") is None, "sightings of two makers name none"


@pytest.mark.parametrize(
    ("supplier", "day", "owner"),
    [
        ("lorex", "2016-06-01", "flir"),
        ("lorex", "2018-02-05", "flir"),
        ("lorex", "2020-06-01", "dahua"),
        ("lorex", "2024-06-01", "skywatch"),
        ("hanwha", "2014-01-01", "samsung"),
        ("hanwha", "2016-01-01", "hanwha-group"),
        ("avigilon", "2017-06-01", None),
        ("avigilon", "2020-06-01", "motorola"),
        ("pelco", "2010-06-01", "schneider"),
        ("pelco", "2021-06-01", "motorola"),
    ],
)
def test_bundled_owners_as_the_public_record_has_them(
    bundled: Knowledge, supplier: str, day: str, owner: str | None
) -> None:
    found = graph.owners(supplier, date.fromisoformat(day), bundled)
    assert (found[0].supplier if found else None) == owner


def test_every_bundled_edge_and_owner_has_a_source_and_a_readable_period(bundled: Knowledge) -> None:
    def readable(text: str) -> bool:
        parts = text.split("-")
        return not text or (len(parts) <= 3 and all(part.isdigit() for part in parts) and len(parts[0]) == 4)

    for brand in bundled.pack.brands.values():
        for edge in brand.makers:
            assert edge.cited.source, brand.id
            assert readable(edge.since) and readable(edge.until), (brand.id, edge.since, edge.until)
    for supplier in bundled.pack.suppliers.values():
        for owner in supplier.owners:
            assert readable(owner.since) and readable(owner.until), (supplier.id, owner)
