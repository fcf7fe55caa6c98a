"""Rules nobody has seen: an invented law, list, exception and withdrawal in an own pack, in both times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.estate.rule_flows import what_if
from custodes.estate.ruling import Ruling
from custodes.knowledge import load_pack
from custodes.measures.answer import Rules
from custodes.measures.origin import origin
from custodes.measures.reach import Reach
from custodes.measures.subject import Asked, Firms, Subject
from custodes.model.days import begun, is_day
from custodes.model.errors import BadInput, KnowledgeError
from custodes.model.rules import AllOf, Answer, AnyOf, Not, RuleBook, Told

SUPPLIERS = """
- {id: zorb, name: Zorblax, country: ZZ}
- {id: quux, name: Quux, country: ZY, owners: [{owner: zorb, kind: parent, since: '2020-01-01'}]}
"""
BRANDS = """
- {id: zorblax, name: Zorblax, supplier: zorb, aliases: [Zorblax]}
- {id: quuxcam, name: Quuxcam, supplier: quux, aliases: [Quuxcam]}
"""
LAWS = "- {id: zz-data-law, name: Data Law of ZZ, countries: [ZZ], source: ours, date: '2026-01-01', certainty: high}"
LISTS = """
- id: zy-list
  name: List of ZY
  editions:
  - {date: '2021-03-01', members: [quux], complete: true}
  - {date: '2022-03-01', members: [zorb], dropped: [quux]}
  - {date: '2023-03-01', members: [quux], complete: true, withdrawn: '2023-03-02', withdrawn_recorded: '2023-03-05'}
"""
MEASURES = """
- id: zz-rule
  name: Rule of ZZ
  jurisdiction: UK
  force: binds
  since: '2021-06-01'
  recorded: '2021-05-01'
  when: {class: [video-surveillance], made_by: {laws: [zz-data-law], affiliates: true}}
  actions: [{do: remove, by: '2025-01-01'}]
  addresses: [council]
  exceptions:
  - {id: old-stock, text: bought before 2019, claim: true, until: '2024-01-01'}
  amendments:
  - {since: '2023-01-01', recorded: '2023-06-01', text: for sensitive sites only,
     when: {class: [video-surveillance], made_by: {laws: [zz-data-law]}, site: sensitive}}
  withdrawn: {day: '2024-06-01', recorded: '2024-07-15', text: taken back}
- id: zy-rule
  name: Rule of ZY
  jurisdiction: UK
  force: funding condition
  since: '2021-01-01'
  when: {made_by: {lists: [zy-list]}}
  addresses: [council]
"""
PACK = {"suppliers.yaml": SUPPLIERS, "brands.yaml": BRANDS, "laws.yaml": LAWS, "lists.yaml": LISTS}
Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(pack: Mapping[str, str]) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for name, text in pack.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return put


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "r.csv").write_text("Name,Make,Site\na,Zorblax,Depot\nb,Quuxcam,Depot\nc,Axis,Depot\nd,,Depot\n")
    (folder / "custodes.toml").write_text(
        '[[body]]\nid = "b"\nkind = "council"\n[[site]]\nid = "d"\nname = "Depot"\nsensitive = false\n'
        '[[system]]\nid = "s"\nkind = "external-cctv"\nbody = "b"\n[[source]]\nfile = "r.csv"\nsystem = "s"\n'
    )
    return folder


def says(pack: Path, estate: Path, day: str, rule: str, known: str = "") -> dict[str, str]:
    ruling = Ruling((rule,), "", known)
    done = assess(load_estate(estate), Options(date.fromisoformat(day), (pack,), ruling=ruling)).assessment
    return {device.name: str(device.measures[0]["reaches"]) for device in done.devices}


NO = {"a": "no", "b": "no", "c": "no", "d": "no"}


@pytest.mark.parametrize(
    ("day", "known", "want"),
    [
        ("2021-05-31", "", NO),
        ("2021-06-01", "", {"a": "yes", "b": "yes", "c": "no", "d": "unknown"}),
        ("2023-02-01", "", NO),
        ("2023-02-01", "2023-05-31", {"a": "yes", "b": "yes", "c": "no", "d": "unknown"}),
        ("2021-06-01", "2021-04-30", NO),
        ("2024-06-02", "", NO),
    ],
)
def test_a_law_an_amendment_and_a_withdrawal_in_both_times(
    write: Write, estate: Path, day: str, known: str, want: dict[str, str]
) -> None:
    """The amendment of January 2023 (sensitive sites only) became known in June; this site is not sensitive."""
    assert says(write({**PACK, "measures.yaml": MEASURES}), estate, day, "zz-rule", known) == want


def test_a_withdrawal_counts_from_the_day_it_was_known(write: Write, estate: Path) -> None:
    pack = write({**PACK, "measures.yaml": MEASURES.replace("  amendments:", "  x:").split("  x:")[0] + _WITHDRAWN})
    assert says(pack, estate, "2024-06-02", "zz-rule", "2024-07-01")["a"] == "yes"
    assert says(pack, estate, "2024-06-02", "zz-rule", "2024-07-15")["a"] == "no"


_WITHDRAWN = "  withdrawn: {day: '2024-06-01', recorded: '2024-07-15'}\n"


@pytest.mark.parametrize(
    ("day", "known", "on_it"),
    [
        ("2021-02-28", "", set()),
        ("2021-03-01", "", {"b"}),
        ("2022-03-01", "", {"a"}),
        ("2023-03-01", "2023-03-04", {"b"}),
        ("2023-03-02", "2023-03-04", {"b"}),
        ("2023-03-02", "", {"a"}),
    ],
)
def test_editions_of_a_list(write: Write, estate: Path, day: str, known: str, on_it: set[str]) -> None:
    found = says(write({**PACK, "measures.yaml": MEASURES}), estate, day, "zy-rule", known)
    assert {name for name, answer in found.items() if answer == "yes"} == on_it


def test_an_exception_counts_only_if_claimed_and_only_until_its_day(write: Write, estate: Path) -> None:
    pack = write({**PACK, "measures.yaml": MEASURES.split("  amendments:")[0]})
    assert says(pack, estate, "2022-01-01", "zz-rule")["a"] == "yes"
    config = estate / "custodes.toml"
    claimed = 'kind = "council"\nexceptions = ["zz-rule/old-stock"]'
    config.write_text(config.read_text().replace('kind = "council"', claimed))
    assert says(pack, estate, "2022-01-01", "zz-rule")["a"] == "no"
    assert says(pack, estate, "2024-01-01", "zz-rule")["a"] == "yes"


def test_owners_count_from_the_day_they_held(write: Write, estate: Path) -> None:
    text = MEASURES.split("  amendments:")[0].replace("since: '2021-06-01'", "since: '2018-01-01'")
    pack = write({**PACK, "measures.yaml": text.replace("recorded: '2021-05-01'", "recorded: '2017-01-01'")})
    assert says(pack, estate, "2019-12-31", "zz-rule")["b"] == "no"
    assert says(pack, estate, "2020-01-01", "zz-rule")["b"] == "yes"


def test_five_readings_for_any_country(write: Write, estate: Path) -> None:
    ruling = Ruling(country="ZZ")
    options = Options(date(2022, 1, 1), (write(PACK),), ruling=ruling)
    done = assess(load_estate(estate), options).assessment
    told = {device.name: dict(device.origin) for device in done.devices}
    assert told["a"] == {
        "brand": "yes",
        "maker": "yes",
        "owner": "unknown",
        "component": "unknown",
        "assembled": "unknown",
    }
    assert told["b"] == {"brand": "no", "maker": "no", "owner": "yes", "component": "unknown", "assembled": "unknown"}
    assert set(told["d"].values()) == {"unknown"}


def test_every_reading_is_its_own() -> None:
    firms = Firms({"a": "AA", "b": "BB", "c": "CC", "d": "DD"}, {})
    subject = Subject("a", True, "b", (), ("c",), None, "d", "EE")
    for place, reading in zip(
        ("AA", "BB", "CC", "DD", "EE"), ("brand", "maker", "owner", "component", "assembled"), strict=True
    ):
        assert [key for key, value in origin(subject, firms, place).items() if value == "yes"] == [reading]


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        ("- {id: x, jurisdiction: UK, force: binds, when: {made_by: {suppliers: [nobody]}}}", "nobody"),
        ("- {id: x, jurisdiction: UK, force: binds, when: {made_by: {lists: [no-list]}}}", "no-list"),
        ("- {id: x, jurisdiction: UK, force: banned, when: {site: sensitive}}", "banned"),
        ("- {id: x, jurisdiction: UK, force: binds, since: '2023-02-30', when: {site: sensitive}}", "2023-02-30"),
        ("- {id: x, jurisdiction: UK, force: binds, since: soon, when: {site: sensitive}}", "soon"),
        ("- {id: x, jurisdiction: UK, force: binds, addresses: [martians], when: {site: sensitive}}", "martians"),
        ("- {id: x, jurisdiction: UK, force: binds, when: {colour: red}}", "colour"),
        ("- {id: x, jurisdiction: UK, force: binds, actions: [melt], when: {site: sensitive}}", "melt"),
        ("- {id: x, jurisdiction: UK, force: binds, when: {site: sensitive}, exceptions: [{id: e}]}", "exception"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_and_line(write: Write, measures: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said) as caught:
        load_pack([write({**PACK, "measures.yaml": f"# mine\n\n{measures}\n"})])
    assert "measures.yaml line 3 row 'x'" in str(caught.value)


@pytest.mark.parametrize(
    ("editions", "said"),
    [
        ("[{date: '2021-01-01', members: [zorb]}, {date: '2021-01-01', members: [quux]}]", "overlap"),
        ("[{date: '2021-01-01', until: '2022-06-01', members: [zorb]}, {date: '2022-01-01', members: []}]", "overlap"),
        ("[{date: '2021-01', members: [zorb]}]", "day"),
        ("[{date: '2021-01-01', members: [nobody]}]", "nobody"),
    ],
)
def test_a_faulty_list_is_refused_with_file_and_line(write: Write, editions: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said) as caught:
        load_pack([write({**PACK, "lists.yaml": f"- id: bad\n  name: Bad\n  editions: {editions}\n"})])
    assert "lists.yaml line 1 row 'bad'" in str(caught.value)


def test_what_if_counts_with_bounds(write: Write, estate: Path, tmp_path: Path) -> None:
    proposed = tmp_path / "proposed.yaml"
    proposed.write_text(
        "{id: bill-7, name: Bill 7, jurisdiction: UK, force: proposed, when: {made_by: {countries: [ZZ]}}}"
    )
    found = what_if(proposed, load_estate(estate), Options(date(2026, 1, 1), (write(PACK),)))
    assert (found.yes, found.unknown, found.no) == (1, 1, 2)
    assert found.missing == (("make and model", 1),)
    proposed.write_text("{id: bill-7, jurisdiction: UK, force: proposed, when: {made_by: {suppliers: [nobody]}}}")
    with pytest.raises(KnowledgeError, match=r"proposed.yaml line 1"):
        what_if(proposed, load_estate(estate), Options(date(2026, 1, 1), (write(PACK),)))


def test_an_unknown_rule_and_kind_of_body_are_refused(estate: Path) -> None:
    with pytest.raises(BadInput, match="no-such-rule"):
        assess(load_estate(estate), Options(date(2026, 1, 1), ruling=Ruling(("no-such-rule",))))
    config = estate / "custodes.toml"
    config.write_text(config.read_text().replace('"council"', '"martians"'))
    with pytest.raises(BadInput, match="martians"):
        assess(load_estate(estate), Options(date(2026, 1, 1)))


FACTS = ("p", "q", "r")
LEAF = st.sampled_from(FACTS).map(lambda name: Told(name, "true"))
TREE: Any = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=8,
)
EMPTY = RuleBook({}, {}, {}, {}, {}, {}, {}, {}, {}, "", {}, {}, {})


def value(tree: Any, world: Mapping[str, str]) -> Answer:
    reach = Reach(EMPTY, Firms({}, {}), Asked("2026-01-01"))
    return reach.ask(tree, Subject(facts=tuple(world.items()))).answer


@given(
    TREE,
    st.fixed_dictionaries({name: st.sampled_from(["true", "false"]) for name in FACTS}),
    st.sets(st.sampled_from(FACTS)),
)
def test_what_is_said_with_less_known_stays_true_with_more(tree: Any, world: dict[str, str], hidden: set[str]) -> None:
    """A yes or no given while facts are missing never changes when they are told."""
    less = value(tree, {name: told for name, told in world.items() if name not in hidden})
    more = value(tree, world)
    assert more is not Answer.UNKNOWN
    assert less in (Answer.UNKNOWN, more)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_a_bare_year_or_month_is_unknown_only_inside_itself(since: date, day: date) -> None:
    assert begun(since.isoformat(), day.isoformat()) is (Answer.YES if day >= since else Answer.NO)
    month = begun(since.isoformat()[:7], day.isoformat())
    same = (since.year, since.month) == (day.year, day.month)
    assert (month is Answer.UNKNOWN) is same
    assert same or month is (Answer.YES if day > since else Answer.NO)


def test_days_that_the_calendar_does_not_have() -> None:
    assert [is_day(text) for text in ("2023", "2023-02", "2023-02-28", "2023-02-30", "2023-13", "23-01-01", "")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip


def test_equal_devices_are_asked_once(write: Write) -> None:
    book = load_pack([write({**PACK, "measures.yaml": MEASURES})]).rulebook
    rules = Rules(book, Firms({}, {}), Asked("2026-01-01", kind="council"))
    one, two = Subject(maker="axis", label_known=True), Subject(maker="axis", label_known=True)
    assert rules.of(one) is rules.of(two)
    assert rules.of(Subject(maker="zorb", label_known=True)) is not rules.of(one)
