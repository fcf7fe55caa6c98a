"""What is read of captures beside Debian's tshark: frames, transmitters, messages, broken checksums."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from custodes.evidence.captures.files import Capture
from custodes.evidence.drones.links import CRC, Sent, sent
from custodes.model.registers import Limits

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "evidence" / "drones"))

import drone_air as air  # noqa: E402

pytestmark = pytest.mark.long
SERIAL = "1581F45T7228200D00A1"
PACK = air.pack(air.basic(SERIAL), air.location(51.5, -0.1))


def _tshark(path: Path, *fields: str, only: str = "") -> list[list[str]]:
    assert shutil.which("tshark"), "make long installs tshark"
    chosen = ["-Y", only] if only else []
    command = [
        "tshark",
        "-n",
        "-r",
        str(path),
        *chosen,
        "-T",
        "fields",
        *(part for name in fields for part in ("-e", name)),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in told.splitlines()]


def _ours(path: Path) -> list[tuple[str, str] | str]:
    """Transmitter and messages of each frame, "broken" where its checksum is."""
    found: list[tuple[str, str] | str] = []
    for frame in Capture(path, Limits()).frames:
        for item in sent(frame.link, frame.data):
            if isinstance(item, Sent):
                found.append((item.transmitter, item.payload.hex()))
            elif item == CRC:
                found.append("broken")
    return found


@pytest.mark.parametrize("link", ["air", "headed", "nordic"])
def test_bluetooth_frames_are_read_as_tshark_reads_them(tmp_path: Path, link: str) -> None:
    frames = [air.legacy(air.basic(SERIAL)), air.extended(PACK), air.spoilt(air.legacy(air.basic(SERIAL)))]
    if link == "headed":
        frames = [air.headed(frame, right=place < 2) for place, frame in enumerate(frames)]
    elif link == "nordic":
        frames = [air.nordic(frame, right=place < 2) for place, frame in enumerate(frames)]
    number = {"air": air.BLE, "headed": air.BLE_HEADED, "nordic": air.NORDIC}[link]
    path = air.pcap(tmp_path / "b.pcap", number, frames)
    rows = _tshark(path, "btle.advertising_address", "btcommon.eir_ad.entry.service_data", "_ws.expert.message")
    expected = ["broken" if "Incorrect CRC" in expert else (address, data[4:]) for address, data, expert in rows]
    assert _ours(path) == expected
    assert len(expected) == 3


def test_wireless_frames_are_read_as_tshark_reads_them(tmp_path: Path) -> None:
    frames = [air.nan(PACK), air.nan(PACK, filters=True), air.beacon(PACK)]
    path = air.pcap(tmp_path / "w.pcap", air.RADIOTAP, [air.radiotap(frame) for frame in frames])
    rows = _tshark(path, "wlan.sa", "nan.sda.service_info", "wlan.tag.vendor.data")
    told = [(address, (info.replace("-", "") or data)) for address, info, data in rows]
    assert [(address, text[2:] if text[:2] != "0d" else text[4:]) for address, text in told] == _ours(path)


def test_public_captures_hold_the_same_frames_addresses_and_messages(shared_data: Path) -> None:
    path = shared_data / "drones" / "parrot_anafi4_real.pcapng"
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "drone_speed.py"), "--data", str(path), "--repeat", "1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("frames, transmitters and messages equal")
