"""MAC addresses and serial numbers: spellings, addresses that say nothing, blocks of module makers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.attribution.device import Attributor
from custodes.attribution.identifiers import from_mac, from_serial, normal_mac
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.mac import is_universal, parse_mac
from custodes.model.assessment import Attribution
from custodes.model.vocab import Field, Reason, Status

AS_AT = date(2026, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "44:19:B6:00:00:01",
        "44:19:b6:00:00:01",
        "44-19-B6-00-00-01",
        "4419.b600.0001",
        "4419b6000001",
        "4419B6000001",
        "44 19 B6 00 00 01",
        " 44:19:B6:00:00:01 ",
    ],
)
def test_every_spelling_is_one_address(bundled: Knowledge, text: str) -> None:
    assert normal_mac(text) == "44:19:b6:00:00:01"
    clue = from_mac(text, bundled)
    assert clue is not None and clue.supplier == "hikvision" and clue.whole
    assert "44:19:B6" in clue.because.text
    assert "00:00:01" not in clue.because.text, "the whole address is not repeated"


@pytest.mark.parametrize(
    "text",
    [
        "46:19:b6:00:00:01",
        "01:00:5e:00:00:01",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "44:19:B6",
        "44:19:B6:00:00:0g",
        "44:19:B6:00:00:01:02",
        "4419b600000",
        "not recorded",
        "",
        "-",
        "44:19:B6:xx:xx:xx",
    ],
)
def test_local_group_and_broken_addresses_say_nothing(bundled: Knowledge, text: str) -> None:
    assert from_mac(text, bundled) is None
    assert normal_mac(text) == ""


@given(st.integers(0, (1 << 48) - 1), st.sampled_from([":", "-", " ", "", "."]), st.booleans())
def test_parsing_gives_back_the_number(address: int, mark: str, upper: bool) -> None:
    digits = f"{address:012x}"
    step = 4 if mark == "." else 2
    text = mark.join(digits[place : place + step] for place in range(0, 12, step))
    assert parse_mac(text.upper() if upper else text) == address
    assert is_universal(address) == (address != 0 and not (address >> 40) & 3)


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    from custodes.knowledge import knowledge

    loaded = knowledge()
    from_mac(text, loaded)
    from_serial(text, loaded)


def addresses_of(loaded: Knowledge, wanted: set[str]) -> dict[str, str]:
    """A first address of a block for each supplier of `wanted` that holds any."""
    found: dict[str, str] = {}
    for bits, blocks in loaded.mac_table.blocks.items():
        for value, index in blocks.items():
            supplier = loaded.registrants.supplier(loaded.mac_table.organisations[index])
            if supplier in wanted and supplier not in found:
                digits = f"{value << (48 - bits) | 1:012x}"
                text = ":".join(digits[place : place + 2] for place in range(0, 12, 2))
                if normal_mac(text):
                    found[supplier] = text
    return found


def attributed(loaded: Knowledge, **cells: str) -> Attribution:
    record = {Field(name): text for name, text in cells.items()}
    mapped = frozenset(record)
    return Attributor(lambda text: resolve_text(text, loaded), loaded, AS_AT).of([record], mapped)


def test_blocks_of_module_makers_never_contradict_a_label(bundled: Knowledge) -> None:
    modules = {
        supplier.id
        for supplier in bundled.pack.suppliers.values()
        if supplier.roles and all(role in ("soc", "isp", "cellular module", "p2p cloud") for role in supplier.roles)
    }
    addresses = addresses_of(bundled, modules)
    assert addresses, "no module maker holds a block: the test would test nothing"
    for supplier, address in addresses.items():
        plain = attributed(bundled, make="Axis", model="P3245-LVE")
        found = attributed(bundled, make="Axis", model="P3245-LVE", mac=address)
        assert found.status is Status.ASSERTED, supplier
        assert found.reason is not Reason.CONTRADICTION, supplier
        assert found.oem == plain.oem, supplier


def test_a_module_makers_block_alone_proposes_nothing(bundled: Knowledge) -> None:
    modules = {
        supplier.id for supplier in bundled.pack.suppliers.values() if set(supplier.roles) <= {"soc", "cellular module"}
    }
    for supplier, address in addresses_of(bundled, modules).items():
        found = attributed(bundled, mac=address)
        assert found.status is Status.UNKNOWN, supplier
        assert found.brand is None, supplier


def test_an_identifier_alone_never_asserts(bundled: Knowledge) -> None:
    found = attributed(bundled, mac="44:19:B6:00:00:01")
    assert found.status is Status.REVIEW
    assert found.maker_status is not Status.ASSERTED


def test_a_block_of_another_camera_maker_contradicts(bundled: Knowledge) -> None:
    found = attributed(bundled, make="Axis", mac="44:19:B6:00:00:01")
    assert found.maker_status is not Status.ASSERTED
    assert found.oem is None
