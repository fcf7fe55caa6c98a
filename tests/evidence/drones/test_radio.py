"""Remote ID and DroneID in captures: every link, broken checksums refused, lengths that lie, places of operators."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import drone_air as air
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.evidence.captures.files import Capture
from custodes.evidence.drones.heard import Heard, listen
from custodes.evidence.drones.links import sent
from custodes.evidence.drones.messages import dji_drone_id, open_drone_id
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

SERIAL = "1581F45T7228200D00A1"
ALL = air.pack(air.basic(SERIAL), air.location(51.5, -0.1), air.system(51.51, -0.11), air.operator("GBR-OP-SYNTHETIC"))
LINKS = {
    "beacon": (air.RADIOTAP, air.radiotap(air.beacon(ALL))),
    "beacon without checksum": (air.RADIOTAP, air.radiotap(air.beacon(ALL), checksum=False)),
    "bare beacon": (air.WIFI, air.beacon(ALL)),
    "nan": (air.RADIOTAP, air.radiotap(air.nan(ALL))),
    "nan with filters": (air.RADIOTAP, air.radiotap(air.nan(ALL, filters=True))),
    "ble": (air.BLE, air.legacy(air.basic(SERIAL))),
    "ble5": (air.BLE, air.extended(ALL)),
    "ble with header": (air.BLE_HEADED, air.headed(air.legacy(air.basic(SERIAL)))),
    "ble5 by Nordic's": (air.NORDIC, air.nordic(air.extended(ALL))),
    "ble by Nordic's, padded": (air.NORDIC, air.nordic(air.legacy(air.basic(SERIAL)), padded=True)),
    "dji": (air.RADIOTAP, air.radiotap(air.dji("SYNTHETIC0000001"))),
}
BROKEN = {
    "beacon": (air.RADIOTAP, air.radiotap(air.beacon(ALL), spoil=True)),
    "nan": (air.RADIOTAP, air.radiotap(air.nan(ALL), spoil=True)),
    "ble": (air.BLE, air.spoilt(air.legacy(air.basic(SERIAL)))),
    "ble5": (air.BLE, air.spoilt(air.extended(ALL))),
    "ble with header": (air.BLE_HEADED, air.headed(air.spoilt(air.legacy(air.basic(SERIAL))), right=False)),
    "ble by Nordic's": (air.NORDIC, air.nordic(air.spoilt(air.legacy(air.basic(SERIAL))), right=False)),
    "ble whose header says so": (air.NORDIC, air.nordic(air.legacy(air.basic(SERIAL)), right=False)),
}


def _heard(path: Path, link: int, *frames: bytes, operator: bool = False) -> Heard:
    return listen(air.pcap(path / "c.pcap", link, frames), Limits(), operator=operator)


@pytest.mark.parametrize("name", LINKS)
def test_every_link_is_read(tmp_path: Path, name: str) -> None:
    link, frame = LINKS[name]
    found = _heard(tmp_path, link, frame, frame, b"\0" * 40)
    (identity,) = found.identities
    assert identity.text == ("SYNTHETIC0000001" if name == "dji" else SERIAL)
    assert (identity.transmitter, identity.kind, identity.frames) == (air.SENDER, "serial-number", 2)
    assert (found.frames, found.carrying, dict(found.refused)) == (3, 2, {})


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_checksum_makes_no_aircraft(tmp_path: Path, name: str) -> None:
    link, frame = BROKEN[name]
    found = _heard(tmp_path, link, frame)
    assert found.identities == []
    assert dict(found.refused) == {"link checksum broken": 1}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (air.pack(*[air.basic(SERIAL)] * 10), "a pack of 10 messages"),
        (air.pack(count=0), "a pack of 0 messages"),
        (air.pack(air.basic(SERIAL), count=3), "a pack that breaks off"),
        (air.pack(air.basic(SERIAL), size=24), "a pack whose message size is not 25"),
        (air.pack(air.basic(b"15\xff1F45T7228")), "an identity that is not ASCII"),
        (air.pack(air.basic(b"15\x071F45T7228")), "an identity that is not ASCII"),
        (air.pack(air.basic(SERIAL, kind=9)), "an identity of the unknown kind 9"),
        (air.pack(air.pack(air.basic(SERIAL))[:25].ljust(25, b"\0")), "a pack within a pack"),
        (air.basic(SERIAL)[:20], "a message that breaks off"),
    ],
)
def test_what_lies_about_itself_is_left_out_and_counted(tmp_path: Path, messages: bytes, reason: str) -> None:
    found = _heard(tmp_path, air.WIFI, air.nan(messages), air.beacon(ALL))
    assert [identity.text for identity in found.identities if identity.text] == [SERIAL]
    assert found.refused[reason] == 1


def test_an_element_longer_than_its_frame_is_counted(tmp_path: Path) -> None:
    found = _heard(tmp_path, air.WIFI, air.beacon(ALL, length=255), air.beacon(ALL)[:-30])
    assert found.identities == []
    assert found.refused["frame breaks off or its lengths lie"] == 2


def test_messages_that_come_one_by_one_belong_to_their_transmitter(tmp_path: Path) -> None:
    frames = [air.legacy(air.location(51.5, -0.1)), air.legacy(air.basic(SERIAL)), air.legacy(air.location(51.6, -0.1))]
    found = _heard(tmp_path, air.BLE, *frames)
    (identity,) = found.identities
    assert (identity.text, identity.frames) == (SERIAL, 1)
    assert [round(place[1], 3) for place in identity.places] == [51.6]
    (alone,) = _heard(tmp_path, air.BLE, frames[0]).identities
    assert (alone.text, alone.frames) == ("", 1)


def test_where_the_operator_stands_is_dropped_unless_asked_for(tmp_path: Path) -> None:
    (identity,) = _heard(tmp_path, air.WIFI, air.beacon(ALL)).identities
    assert (identity.operator, identity.operator_place) == ("", None)
    (asked,) = _heard(tmp_path, air.WIFI, air.beacon(ALL), operator=True).identities
    assert asked.operator == "GBR-OP-SYNTHETIC"
    assert asked.operator_place == pytest.approx((51.51, -0.11))
    path = air.pcap(tmp_path / "c.pcap", air.WIFI, [air.beacon(ALL)])
    told = CliRunner().invoke(app, ["drone", "capture", str(path), "--format", "json"])
    assert "SYNTHETIC" not in told.stdout
    assert "51.51" not in told.stdout


def _rows(*paths: Path) -> list[dict]:
    done = CliRunner().invoke(app, ["drone", "capture", "--format", "jsonl", *map(str, paths)])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_radio_identity_is_never_proof(tmp_path: Path) -> None:
    path = air.pcap(tmp_path / "c.pcap", air.WIFI, [air.beacon(ALL), air.beacon(air.basic("MFG1A0123456789", kind=0))])
    serial, none = _rows(path)
    assert (serial["maker"], serial["model"], serial["status"]) == ("DJI", "Mavic 3", "review")
    assert any("anybody can forge" in item["text"] for item in serial["because"])
    assert (none["serial"], none["maker"], none["status"]) == ("MFG1A0123456789", None, "unknown")


def test_one_serial_number_at_two_places_is_a_contradiction_and_no_second_aircraft(tmp_path: Path) -> None:
    def at(latitude: float, sender: str) -> bytes:
        return air.beacon(air.pack(air.basic(SERIAL), air.location(latitude, -0.1)), sender)

    near = air.pcap(tmp_path / "near.pcap", air.WIFI, [(1_700_000_000, at(51.5, "02:00:00:00:00:01"))])
    far = air.pcap(tmp_path / "far.pcap", air.WIFI, [(1_700_000_010, at(51.8, "02:00:00:00:00:02"))])
    later = air.pcap(tmp_path / "later.pcap", air.WIFI, [(1_700_090_000, at(51.8, "02:00:00:00:00:02"))])
    told = _rows(near, far)
    assert len(told) == 2
    assert all(any("33 km apart" in item["text"] and item["against"] for item in row["because"]) for row in told)
    assert not any(item.get("against") for row in _rows(near, later) for item in row["because"])


@pytest.mark.parametrize("shape", ["micro", "nano", "big", "pcapng", "pcapng big", "pcapng simple", "gzip", "zstd"])
def test_captures_of_every_shape_give_the_same_frames(tmp_path: Path, shape: str) -> None:
    frames = [air.beacon(ALL), b"\0" * 33, air.nan(ALL)]
    path = tmp_path / "c"
    if shape.startswith("pcapng"):
        air.pcapng(path, air.WIFI, frames, big="big" in shape, simple="simple" in shape)
    else:
        air.pcap(path, air.WIFI, frames, big=shape == "big", nano=shape == "nano")
    if shape == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif shape == "zstd":
        path.write_bytes(pa.Codec("zstd").compress(path.read_bytes(), asbytes=True))
    read = list(Capture(path, Limits()).frames)
    assert [(frame.number, frame.link, frame.data) for frame in read] == [
        (number, air.WIFI, frame) for number, frame in enumerate(frames, 1)
    ]
    assert shape == "pcapng simple" or read[0].time // 1_000_000_000 == 1_700_000_000


@given(st.integers(0, 400), st.booleans())
def test_a_capture_that_breaks_off_gives_what_stands_before(cut: int, ng: bool) -> None:
    frames = [air.beacon(ALL), air.nan(ALL)]
    with TemporaryDirectory() as folder:
        path = (air.pcapng if ng else air.pcap)(Path(folder) / "c", air.WIFI, frames)
        whole = path.read_bytes()
        path.write_bytes(whole[: max(len(whole) - cut, 4)])
        capture = Capture(path, Limits())
        read = [frame.data for frame in capture.frames]
    assert read == frames[: len(read)]
    ends = {0, 16 + len(frames[1]), 32 + sum(map(len, frames))}  # where a record of pcap ends, nothing tells of more
    assert capture.problem or ng or cut in ends
    assert not (cut == 0 and (capture.problem or len(read) < 2))


@given(st.sampled_from(sorted({link for link, _ in LINKS.values()})), st.binary(max_size=300))
def test_no_frame_ends_the_program(link: int, data: bytes) -> None:
    marks = (b"", b"\xfa\x0b\xbc\x0d", b"\xfa\xff\x0d", bytes.fromhex("8869199d9209"), b"\x26\x37\x12\x58\x62\x13")
    for mark in marks:
        list(sent(link, data[:40] + mark + data[40:]))


@given(st.sampled_from(sorted(LINKS)), st.data())
def test_no_turned_bit_ends_the_program(name: str, data: st.DataObject) -> None:
    link, frame = LINKS[name]
    place = data.draw(st.integers(0, len(frame) - 1))
    turned = frame[:place] + bytes((frame[place] ^ data.draw(st.integers(1, 255)),)) + frame[place + 1 :]
    list(sent(link, turned[: data.draw(st.integers(0, len(turned)))]))


@given(st.binary(max_size=260))
def test_any_payload_is_read_or_counted(payload: bytes) -> None:
    for told in (open_drone_id(payload, operator=True), dji_drone_id(payload)):
        assert all(text.isascii() and text.isprintable() for _, text in told.ids)


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"\x1f\x8b" + b"x" * 50):
        path = tmp_path / "x"
        path.write_bytes(content)
        with pytest.raises(BadInput):
            listen(path, Limits())


def test_public_captures_are_read_as_their_manifest_says(shared_data: Path) -> None:
    folder = shared_data / "drones"
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    captures = {name: row for name, row in manifest.items() if name.endswith((".pcap", ".pcapng"))}
    assert captures
    for name, row in captures.items():
        found = listen(folder / name, Limits(), operator=True)
        assert (found.frames, found.carrying) == (row["frames"], row["open_drone_id_frames"])
        told = {(one.transmitter, one.text, one.frames) for one in found.identities if one.text}
        wanted = row["open_drone_id_identities_crc_ok"]
        assert told == {(one["transmitter"], one["uas_id"], one["frames"]) for one in wanted}
