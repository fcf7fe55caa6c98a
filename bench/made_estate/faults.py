"""Units with a fault that is listed as exploited, and their mended twins: the camera-related entries of the list of
2025-08-25, each with a version in the range of its NVD record and one that is not."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BODY, FILE, DATED = "workshop", "faults.csv", "2026-10-01"
_HEAD = ("Camera Name", "Manufacturer", "Model", "Firmware", "Notes")

#: Make, model, a version in the range of the NVD record, one that is not; where the record tells none, none.
KEV = [
    ("CVE-2021-36260", "Hikvision", "DS-2CD2143G0-I", "V5.5.53 build 180730", "V5.5.800 build 210628"),
    ("CVE-2021-33044", "Dahua", "IPC-HFW5442T-ASE", "2.800.0000000.16.R.210301", "2.820.0000000.18.R.210705"),
    ("CVE-2021-33045", "Dahua", "NVR5216-4KS2", "4.001.0000000.0.R.200101", "4.001.0000000.0.R.210710"),
    ("CVE-2018-14933", "NUUO", "NVRmini", "", ""),
    ("CVE-2022-23227", "NUUO", "NVRmini2", "3.9.1", "3.11.1"),
    ("CVE-2024-8956", "PTZOptics", "PT30X-SDI", "6.3.34", "6.3.40"),
    ("CVE-2024-8957", "PTZOptics", "PT30X-SDI", "6.3.34", "6.3.40"),
    ("CVE-2019-20085", "TVT", "NVMS-1000", "", ""),
    ("CVE-2020-5735", "Amcrest", "IP2M-841", "V2.420.AC00.18.R.20190101", "V2.420.AC00.18.R.20200217"),
    ("CVE-2021-40407", "Reolink", "RLC-410W", "3.0.0.136_20121102", "3.1.0.804_22030808"),
    ("CVE-2019-11001", "Reolink", "RLC-410W", "1.0.227", "1.0.228"),
    ("CVE-2024-6047", "GeoVision", "GV-BX1500", "", ""),
    ("CVE-2024-11120", "GeoVision", "GV-VS12", "", ""),
    ("CVE-2025-1316", "Edimax", "IC-7100", "", ""),
    ("CVE-2020-25078", "D-Link", "DCS-2530L", "1.05.05", "1.06.01"),
    ("CVE-2020-25079", "D-Link", "DCS-2670L", "2.02", "2.03"),
    ("CVE-2022-40799", "D-Link", "DNR-322L", "2.60B15", "2.60B16"),
    ("CVE-2016-11021", "D-Link", "DCS-930L", "2.10", "2.12"),
    ("CVE-2023-47565", "QNAP", "VioStor VS-8148 Pro+", "4.2.0", "5.0.0"),
    ("CVE-2019-7256", "Nice", "Linear eMerge E3", "1.00-06", "1.00-07"),
]
#: Parts inside devices of others, as a record may name them.
PARTS = [
    ("CVE-2014-8361", "Realtek SDK"),
    ("CVE-2021-35394", "Realtek Jungle SDK"),
    ("CVE-2021-35395", "Realtek Jungle SDK"),
    ("CVE-2017-17562", "GoAhead"),
]


def write_faults(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Write the register of a body of its own; gives each unit with its fault, whether it has it, and its row."""
    told = [((cve, True), (make, model, old, "")) for cve, make, model, old, _ in KEV]
    told += [((cve, False), (make, model, new, "")) for cve, make, model, _, new in KEV if new]
    told += [((cve, True), ("", "", "", part)) for cve, part in PARTS]
    chance.shuffle(told)
    found = []
    with (folder / FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEAD)
        for number, ((cve, affected), cells) in enumerate(told, 2):
            writer.writerow((f"Bench {number:03d}", *cells))
            found.append({"cve": cve, "device": f"fault-{number}", "affected": affected, "rows": [(FILE, number)]})
    return found


def configured() -> str:
    """The body of these units, and its register."""
    body = f'[[body]]\nid = "{BODY}"\nname = "{BODY}"\nkind = "police-force"\n'
    return f'{body}\n[[source]]\nfile = "{FILE}"\nbody = "{BODY}"\ndated = "{DATED}"\n'


def misjudged(truth: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Units whose fault is not told, and mended ones of which it is. `told`: the JSON of `custodes assess`."""
    faults = {
        (one["file"], one["row"]): {finding.get("fault") for finding in device["findings"]}
        for device in told["devices"]
        for one in device["sources"]
    }
    missed: set[str] = set()
    wrong: set[str] = set()
    for one in truth["faults"]:
        found = one["cve"] in faults.get(tuple(one["rows"][0]), set())
        if found is not one["affected"]:
            (missed if one["affected"] else wrong).add(f"{one['cve']} {one['device']}")
    return missed, wrong
