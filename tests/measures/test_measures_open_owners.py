"""Owners, exceptions and parts of which something is not known: the answer stays open. Invented firms and rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.estate.rule_flows import what_if
from custodes.estate.ruling import Ruling
from custodes.knowledge import knowledge
from custodes.model.errors import KnowledgeError

SUPPLIERS = """
- {id: zmaker, name: Zmaker, country: GB, owners: [%s]}
- {id: zhold, name: Zhold, country: ZZ}
- {id: zother, name: Zother, country: GB}
- {id: znowhere, name: Znowhere}
"""
BRANDS = "- {id: zmaker, name: Zmaker, supplier: zmaker, makers: [{supplier: zmaker, kind: own, scope: all}]}\n"
WHEN = {
    "z-owned": "owned_by: {countries: [ZZ]}",
    "z-affil": "made_by: {suppliers: [zhold], affiliates: true}",
    "z-not": "not: {owned_by: {countries: [ZZ]}}",
    "z-part": "part_from: {suppliers: [zhold]}",
}
HEAD = 'force: binds, addresses: [police-force], since: "2020-01-01"'
RULES = "".join(f"- {{id: {key}, {HEAD}, when: {{{when}}}}}\n" for key, when in WHEN.items())


def pack(folder: Path, owners: str, rules: str = RULES) -> Path:
    for kind, text in (("suppliers", SUPPLIERS % owners), ("brands", BRANDS), ("measures", rules)):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "z.yaml").write_text(text, encoding="utf-8")
    return folder


def answers(tmp_path: Path, owners: str, day: str, rules: str = RULES) -> dict[str, str]:
    register = tmp_path / "SYNTHETIC_r.csv"
    register.write_text("Ref,Make\n1,Zmaker\n", encoding="utf-8")
    folder = pack(tmp_path / "z", owners, rules)
    ids = tuple(knowledge((folder,)).pack.rulebook.rules)
    wanted = tuple(one for one in ids if one.startswith("z-"))
    ruling = Ruling(wanted, "ZZ", body_kind="police-force")
    done = assess(load_estate(register), Options(date.fromisoformat(day), (folder,), ruling=ruling)).assessment
    (device,) = done.devices
    assert device.attribution.oem == "zmaker"
    return {str(one["id"]): str(one["reaches"]) for one in device.measures} | {"owner": device.origin["owner"]}


SURE, OPEN_END = (
    '{owner: zhold, kind: controlling, since: "2015-01-01"}',
    '{owner: zhold, kind: controlling, until: "2026"}',
)


@pytest.mark.parametrize(
    ("owners", "day", "wanted"),
    [
        (SURE, "2026-06-22", {"z-owned": "yes", "z-affil": "yes", "z-not": "no", "owner": "yes"}),
        (OPEN_END, "2025-06-22", {"z-owned": "yes", "z-affil": "yes", "z-not": "no", "owner": "yes"}),
        (OPEN_END, "2026-06-22", {"z-owned": "unknown", "z-affil": "unknown", "z-not": "unknown", "owner": "unknown"}),
        (OPEN_END, "2027-06-22", {"z-owned": "unknown", "z-affil": "no", "owner": "unknown"}),
        (
            "{owner: znowhere, kind: controlling}",
            "2026-06-22",
            {"z-owned": "unknown", "z-affil": "no", "z-not": "unknown", "owner": "unknown"},
        ),
        (
            f"{SURE}, {{owner: zother, kind: controlling}}",
            "2026-06-22",
            {"z-owned": "yes", "z-affil": "yes", "owner": "yes"},
        ),
    ],
)
def test_what_is_open_about_owners_stays_open(owners: str, day: str, wanted: dict[str, str], tmp_path: Path) -> None:
    found = answers(tmp_path, owners, day)
    assert {key: found[key] for key in wanted} == wanted


def test_a_part_that_nobody_looked_at_is_no_nought(tmp_path: Path) -> None:
    assert answers(tmp_path, SURE, "2026-06-22")["z-part"] == "unknown"
    rule = tmp_path / "rule.yaml"
    rule.write_text("id: z-new\nforce: binds\nwhen: {part_from: {suppliers: [zhold]}}\n", encoding="utf-8")
    found = what_if(rule, load_estate(tmp_path / "SYNTHETIC_r.csv"), Options(date(2026, 6, 22), (tmp_path / "z",)))
    assert (found.yes, found.unknown) == (0, 1)


@pytest.mark.parametrize(("day", "reaches"), [("2025-12-31", "no"), ("2026-06-01", "unknown"), ("2027-01-01", "yes")])
def test_an_exception_that_ends_in_a_bare_year(day: str, reaches: str, tmp_path: Path) -> None:
    rule = """
- id: z-ex
  force: binds
  addresses: [police-force]
  since: "2020-01-01"
  when: {made_by: {suppliers: [zmaker]}}
  exceptions: [{id: ex, text: old stock, when: {made_by: {suppliers: [zmaker]}}, until: "2026"}]
"""
    assert answers(tmp_path, SURE, day, rule)["z-ex"] == reaches


BASE = 'id: z, force: binds, since: "2020-01-01", when: {made_by: {suppliers: [zmaker]}}'


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"{BASE}, excepions: [{{id: a, claim: true}}]", "excepions"),
        (f"{BASE}, exceptions: [{{id: a, claim: true, untill: '2026'}}]", "untill"),
        (f"{BASE}, amendments: [{{since: '2021-01-01', forc: advice}}]", "forc"),
        (f"{BASE}, exceptions: [{{id: a, claim: true}}, {{id: a, claim: true}}]", "two exceptions have the id 'a'"),
        (f"{BASE}, until: '2019'", "before it begins"),
        (
            f"{BASE}, amendments: [{{since: '2025-01-01', force: advice}}, {{since: '2022-01-01', force: binds}}]",
            "stands behind 2025-01-01",
        ),
        ("id: z, force: binds, when: {made_by: {countries: [CHN]}}", "'CHN' is no country"),
        ("id: z, force: binds, when: {made_by: {suppliers: []}}", "names none"),
        ('id: z, force: binds, when: {made_by: {suppliers: [zmaker], affiliates: "yes"}}', "true or false"),
        ("id: z, force: binds, when: {purpose: [public-safty]}", "did you mean 'public-safety'"),
        ("id: z, force: binds, when: {system: [internal-cctvx]}", "did you mean 'internal-cctv'"),
        ("id: z, force: binds, when: {fact: {core-netwrk: true}}", "did you mean 'core-network'"),
        ("id: z, force: binds, when: {bought: {since: soon}}", "is no date"),
    ],
)
def test_a_rule_that_would_lose_what_it_says_is_refused_at_load(row: str, message: str, tmp_path: Path) -> None:
    folder = pack(tmp_path / "z", SURE, f"- {{{row}}}\n")
    with pytest.raises(KnowledgeError) as error:
        _ = knowledge((folder,)).pack.rulebook
    assert message in str(error.value)
    assert "z.yaml line" in str(error.value)
