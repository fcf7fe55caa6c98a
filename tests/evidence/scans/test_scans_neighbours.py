"""Tables of neighbours as systems write them, with what makes them hard to read."""

from __future__ import annotations

from pathlib import Path

from custodes.evidence.scans import open_scan
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
