"""Tables of neighbours as systems write them, with what makes them hard to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodes.attribution.identifiers import normal_mac
from custodes.evidence.scans import open_scan
from custodes.evidence.scans.neighbours import ABSENT
from custodes.model.registers import Limits


def _hosts(path: Path, text: str) -> list[tuple[str, str, str]]:
    path.write_text(text, encoding="utf-8")
    scan = open_scan(path, Limits())
    assert scan is not None
    return [(host.address, host.mac, host.name) for host in scan.hosts]


def test_a_brace_in_a_name_and_a_lease_that_breaks_off_lose_nothing(tmp_path: Path) -> None:
    told = (
        'lease 192.0.2.5 {\n  uid "\\001}x{";\n  hardware ethernet 44:19:b6:00:00:05;\n'
        '  client-hostname "gate";\n}\n'
        "lease 192.0.2.6 {\n  hardware ethernet 44:19:b6:00:00:06;\n}\n"
        "lease 192.0.2.7 {\n  hardware ethernet 44:19:b6:00:00:07;\n"
    )
    assert _hosts(tmp_path / "dhcpd.leases", told) == [
        ("192.0.2.5", "44:19:b6:00:00:05", "gate"),
        ("192.0.2.6", "44:19:b6:00:00:06", ""),
        ("192.0.2.7", "44:19:b6:00:00:07", ""),
    ]


def test_leading_noughts_left_out_are_put_back(tmp_path: Path) -> None:
    told = "? (192.0.2.5) at 44:19:b6:1:22:3 on en0 ifscope [ethernet]\n"
    assert _hosts(tmp_path / "arp.txt", told) == [("192.0.2.5", "44:19:b6:01:22:03", "")]


@pytest.mark.parametrize(
    ("told", "mac"),
    [
        (
            "Interface : 192.0.2.1 --- 0x3\n  192.0.2.5      44-19-b6-00-00-05     dynamique\n",
            "44:19:b6:00:00:05",
        ),
        (" Port Address Table\n\n  MAC Address   Port  VLAN\n  4419b6-000005 12    1\n", "44:19:b6:00:00:05"),
        ("MAC Address    VLAN/VSI\n4419-b600-0005 20/-/-       GE0/0/5  dynamic\n", "44:19:b6:00:00:05"),
        ("  default   44:19:b6:00:00:05   D     -   ge-0/0/5.0\n", "44:19:b6:00:00:05"),
        (" 0 DC 192.0.2.5     44:19:B6:00:00:05 bridge1\n", "44:19:b6:00:00:05"),
        ("Internet  192.0.2.5   4   4419.b600.0005  ARPA   Vlan20\n", "44:19:b6:00:00:05"),
    ],
)
def test_tables_of_switches_and_of_other_languages_are_read(tmp_path: Path, told: str, mac: str) -> None:
    ((_, found, _),) = _hosts(tmp_path / "t.txt", told)
    assert normal_mac(found) == mac


@pytest.mark.parametrize(
    "line",
    [
        "? (192.0.2.6) at <incomplete> on eth0",
        "192.0.2.6 dev eth0  FAILED",
        "192.0.2.6 dev eth0  INCOMPLETE",
        "? (192.0.2.6) at (incomplete) on en0 ifscope [ethernet]",
        "Internet  192.0.2.6   0   Incomplete      ARPA",
    ],
)
def test_an_address_at_which_nobody_answers_is_accounted_for_and_no_host(tmp_path: Path, line: str) -> None:
    path = tmp_path / "arp.txt"
    path.write_text(f"? (192.0.2.5) at 44:19:b6:00:00:05 [ether] on eth0\n{line}\n", encoding="utf-8")
    scan = open_scan(path, Limits())
    assert scan is not None
    there, absent = scan.hosts
    assert (there.absent, absent.address, absent.absent) == ("", "192.0.2.6", ABSENT)


def test_a_register_of_addresses_in_columns_is_no_neighbour_table(tmp_path: Path) -> None:
    path = tmp_path / "r.tsv"
    path.write_text("ip\tmac\tmake\n192.0.2.5\t44-19-b6-00-00-05\tHikvision\n", encoding="utf-8")
    assert open_scan(path, Limits()) is None
