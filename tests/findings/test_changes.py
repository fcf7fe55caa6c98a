"""What differs between two assessments, put down to why: made-up devices as the machine output gives them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodes.estate.differing import differences
from custodes.model.changes import Cause

RULE = {"id": "rule-1", "force": "binds", "reaches": "unknown", "action": "use", "by": "", "version": "1"}


def device(key: str, **more: Any) -> dict[str, Any]:
    """A device; keys of its attribution begin with a_."""
    made = {"brand_name": "Brand", "model": "M1", "oem_name": None, "status": "asserted", "maker_status": "review"}
    made |= {name[2:]: more.pop(name) for name in list(more) if name.startswith("a_")}
    told = {"device": key, "name": key, "site": "HQ", "mac": "", "serial": "", "firmware": "1"}
    told |= {"quantity": 1, "live": True}
    return told | {"attribution": made, "measures": [RULE], "findings": []} | more


def told(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[Cause, str, str, str]]:
    return [(one.cause, one.field, one.old, one.new) for one in differences(old, new)]


def finding(kind: str, text: str, fault: str = "") -> dict[str, str]:
    return {"kind": kind, "text": text} | ({"fault": fault} if fault else {})


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"firmware": "2"}, [(Cause.EQUIPMENT, "firmware", "1", "2")]),
        ({"live": False}, [(Cause.EQUIPMENT, "live", "yes", "no")]),
        ({"a_oem_name": "Maker"}, [(Cause.KNOWLEDGE, "oem_name", "", "Maker")]),
        ({"a_status": "unknown", "a_brand_name": None}, [(Cause.KNOWLEDGE, "brand_name", "Brand", ""),
                                                        (Cause.KNOWLEDGE, "status", "asserted", "unknown")]),
        ({"measures": [RULE | {"reaches": "yes"}]},
         [(Cause.RULES, "measure", "reaches: unknown, binds, use", "reaches: yes, binds, use")]),
        ({"measures": []}, [(Cause.RULES, "measure", "reaches: unknown, binds, use", "")]),
        ({"findings": [finding("vulnerability", "CVE-1: bad", "CVE-1")]},
         [(Cause.KNOWLEDGE, "finding", "", "CVE-1: bad")]),
        ({"findings": [finding("deadline-passed", "its day was")]}, [(Cause.RULES, "finding", "", "its day was")]),
        ({"findings": [finding("bound-by-rule", "only in words what the rule says")]}, []),
    ],
)  # fmt: skip
def test_each_thing_is_put_down_to_why(change: dict[str, Any], wanted: list[Any]) -> None:
    assert told([device("a")], [device("a", **change)]) == wanted


def test_a_rule_that_reaches_because_the_maker_is_known_now_is_knowledge() -> None:
    new = device("a", a_oem_name="Maker", measures=[RULE | {"reaches": "yes"}])
    assert {cause for cause, *_ in told([device("a")], [new])} == {Cause.KNOWLEDGE}


def test_a_rule_in_a_new_version_is_the_rules_doing_whatever_else_is_known() -> None:
    new = device("a", a_oem_name="Maker", measures=[RULE | {"reaches": "yes", "version": "2"}])
    assert [cause for cause, field, *_ in told([device("a")], [new]) if field == "measure"] == [Cause.RULES]


def test_a_mended_fault_goes_with_the_firmware() -> None:
    old = device("a", findings=[finding("vulnerability", "CVE-1: bad", "CVE-1")])
    assert {cause for cause, *_ in told([old], [device("a", firmware="2")])} == {Cause.EQUIPMENT}


def test_units_come_go_and_are_replaced() -> None:
    old = [device("door", serial="AAAA1111"), device("yard")]
    new = [device("other", serial="BBBB2222") | {"name": "door"}, device("roof")]
    assert told(old, new) == [
        (Cause.EQUIPMENT, "replaced", "Brand M1 AAAA1111", "Brand M1 BBBB2222"),
        (Cause.EQUIPMENT, "device", "", "Brand M1"),
        (Cause.EQUIPMENT, "device", "Brand M1", ""),
    ]


KEYS = st.lists(st.sampled_from("abcdef"), unique=True)


@settings(max_examples=200, deadline=None)
@given(KEYS, KEYS, st.sampled_from(["1", "2"]))
def test_what_is_the_same_is_not_told_and_each_way_mirrors_the_other(
    one: list[str], two: list[str], version: str
) -> None:
    old, new = [device(key) for key in one], [device(key, firmware=version) for key in two]
    assert told(old, old) == []
    there, back = differences(old, new), differences(new, old)
    assert {(row.device, row.old, row.new) for row in there} == {(row.device, row.new, row.old) for row in back}
