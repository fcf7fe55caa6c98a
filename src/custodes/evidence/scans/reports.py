"""Reports of Shadowserver in CSV: recorders that answered an internet-wide search by DHIP, and devices told by name.

Columns: https://github.com/certtools/intelmq intelmq/tests/bots/parsers/shadowserver/testdata/scan_dvr_dhcpdiscover.csv
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from custodes.evidence.scans.files import ScanFile
from custodes.model.scans import Heard, Host

_WANTED = ("timestamp", "ip", "device_vendor", "device_model")
#: How a report says that its row is an answer of DHIP.
_METHOD = "client.notifyDevInfo"


def sniff(head: bytes, _: str) -> float:
    """How surely this is such a report."""
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").replace('"', "").strip().lower().split(",")
    return 0.95 if all(name in first for name in _WANTED) else 0.0


def read(file: ScanFile) -> Iterator[Host]:
    """A host for each row; a row of another length is refused by itself."""
    csv.field_size_limit(file.limits.max_cell_chars * 4)
    with io.TextIOWrapper(file.open(), encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip().lower() for name in next(reader, [])]
        for row, cells in enumerate(reader, 1):
            if len(cells) != len(header):
                yield Host(row, refused=f"{len(cells)} cells where the header has {len(header)}")
            else:
                yield _host(row, dict(zip(header, cells, strict=True)))


def _host(row: int, told: Mapping[str, str]) -> Host:
    device = {
        "Vendor": told["device_vendor"],
        "Manufacturer": told.get("manufacturer", ""),
        "DeviceType": told["device_model"],
        "DeviceClass": told.get("device_type", ""),
        "Version": told.get("device_version", ""),
        "SerialNo": told.get("device_serial", ""),
    }
    heard: tuple[Heard, ...] = ()
    if told.get("method") == _METHOD:
        whole = {"mac": told.get("mac_address", ""), "method": _METHOD, "params": {"deviceInfo": device}}
        heard = (Heard("dhip", json.dumps(whole), "json", f"{told.get('protocol', '')}/{told.get('port', '')}"),)
    elif told["device_vendor"] or told["device_model"]:
        heard = (Heard("scan.product", f"{told['device_vendor']} {told['device_model']}".strip()),)
    return Host(row, told["ip"], told.get("mac_address", ""), told.get("hostname", ""), heard)
