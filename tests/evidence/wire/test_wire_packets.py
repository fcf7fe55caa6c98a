"""Discovery replies built by hand from the published layouts, and bytes that are none."""

from __future__ import annotations

import json
import struct
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.discovery.messages import questions
from custodes.evidence.wire.documents import read_document
from custodes.evidence.wire.names import read_mdns
from custodes.evidence.wire.read import ENCODINGS, read_bytes, read_reply, read_text
from custodes.model.wire import Part, Reply

MAC = bytes.fromhex("02ab34cd56ef")
SHOWN = "02:ab:34:cd:56:ef"
ADDRESS = bytes((192, 0, 2, 7))


def _field(text: str, width: int) -> bytes:
    return text.encode().ljust(width, b"\0")


def _at(size: int, *pieces: tuple[int, bytes]) -> bytes:
    raw = bytearray(size)
    for place, piece in pieces:
        raw[place : place + len(piece)] = piece
    return bytes(raw)


def _dhip(body: dict) -> bytes:
    text = json.dumps(body).encode()
    return struct.pack("<II8xI4xI4x", 0x20, 0x50494844, len(text), len(text)) + text


def _entries(form: str, *entries: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(form, kind, len(value)) + value for kind, value in entries)


DEVICE = {"DeviceType": "ABC-12", "Version": "1.2.3", "SerialNo": "S1", "Vendor": "Zork", "DeviceClass": "IPC"}
PACKETS = {
    "dhip": (
        _dhip({"mac": SHOWN, "method": "client.notifyDevInfo", "params": {"deviceInfo": DEVICE}}),
        {"label": "Zork", "model": "ABC-12", "firmware": "1.2.3", "serial": "S1", "mac": SHOWN, "class": "IPC"},
    ),
    "dh-5050": (
        _at(0x78, (0, b"\xb3"), (2, bytes([29])), (4, b"\x58"), (0x14, struct.pack("<H", 13)), (0x38, ADDRESS))
        + _field(SHOWN, 17)
        + _field("IPC-HF1", 12)
        + b"SerialNo:9Z\r\n",
        {"model": "IPC-HF1", "mac": SHOWN, "serial": "9Z", "address": "192.0.2.7"},
    ),
    "mhed-23456": (
        _at(
            240,
            (0, b"MHED"),
            (4, b"\x07\0"),
            (12, b"Gate"),
            (32, MAC),
            (40, ADDRESS),
            (56, struct.pack("<I", 20240131)),
            (64, struct.pack("<I", 3)),
            (196, b"TD-3316"),
        ),
        {"name": "Gate", "mac": SHOWN, "model": "TD-3316", "firmware": "build 20240131", "class": "NVR"},
    ),
    "dvrip": (
        struct.pack("<BB2xIIBBHI", 0xFF, 1, 0, 0, 0, 0, 1531, 0)
        + json.dumps({"NetWork.NetCommon": {"HostName": "LocalHost", "SN": "5a", "MAC": SHOWN}}).encode()
        + b"\n\0",
        {"name": "LocalHost", "serial": "5a", "mac": SHOWN},
    ),
    "ipin-7711": (
        _at(0x106, (0, b"\x0b"), (0x13, SHOWN.encode()), (0x25, b"192.0.2.7"), (0x6D, b"XNV-6080R")),
        {"mac": SHOWN, "address": "192.0.2.7", "model": "XNV-6080R"},
    ),
    "rcp-1758": (_at(32, (0, b"\x99\x39\xa4\x27"), (8, MAC), (0x10, ADDRESS)), {"mac": SHOWN, "address": "192.0.2.7"}),
    "easyip-10670": (
        _at(53, (0, b"\x00\x01"), (6, MAC))
        + _entries(">HH", (0x20, ADDRESS), (0xA7, b"WV-X15\0"), (0xA8, b"WV-X15700")),
        {"model": "WV-X15700", "mac": SHOWN, "address": "192.0.2.7"},
    ),
    "enq-2380": (
        b"\x02MODEL:SNC-EB600\xffSERIAL:0007\xffMAC:" + SHOWN.encode() + b"\xffSOFTVERSION:2.8\xff\x03",
        {"model": "SNC-EB600", "serial": "0007", "mac": SHOWN, "firmware": "2.8"},
    ),
    "drm-10000": (
        b"\x17\x4a\x5d\x8f\x1c"
        + _entries("BB", (1, b"Network Camera"), (2, MAC), (3, ADDRESS))
        + b"\x04\x01"
        + _entries("BB", (9, b"FD9187")),
        {"model": "FD9187", "mac": SHOWN, "address": "192.0.2.7"},
    ),
    "moi-10000": (
        _at(
            0x60, (0, b"MO_I"), (0x17, b"C0FFEE000001"), (0x24, b"Door"), (0x39, ADDRESS), (0x4D, bytes((1, 11, 2, 3)))
        ),
        {"serial": "C0FFEE000001", "name": "Door", "address": "192.0.2.7", "firmware": "1.11.2.3"},
    ),
    "dh44-8600": (
        _at(
            0x110,
            (0, b"DH\x01\x08"),
            (4, b"192.0.2.7"),
            (0x54, MAC),
            (0x5C, b"VSTA1"),
            (0x7C, b"IPCAM"),
            (0xCC, b"48.2"),
        ),
        {"address": "192.0.2.7", "mac": SHOWN, "serial": "VSTA1", "name": "IPCAM", "firmware": "48.2"},
    ),
    "nice-2007": (
        _at(0x60, (0, b"NICE"), (0x0A, MAC), (0x10, ADDRESS), (0x4A, b"SVR-8")),
        {"mac": SHOWN, "address": "192.0.2.7", "model": "SVR-8"},
    ),
    "discover-3600": (
        f"DISCOVER TYPE=PREDATOR KEY='{SHOWN}' ID=1234\r\n".encode(),
        {"model": "PREDATOR", "mac": SHOWN, "serial": "1234"},
    ),
    "ubnt-10001": (
        b"\x02\x06" + struct.pack(">H", 21) + _entries(">BH", (2, MAC + ADDRESS), (0x15, b"UVC12")),
        {"mac": SHOWN, "model": "UVC12"},
    ),
    "tdp-20002": (
        struct.pack(">BBHHBxII", 2, 0, 1, 0, 17, 0, 0)
        + json.dumps({"result": {"device_model": "C200(EU)", "device_type": "SMART.IPCAMERA", "mac": SHOWN}}).encode(),
        {"model": "C200", "class": "SMART.IPCAMERA", "mac": SHOWN},
    ),
    "gige-vision": (
        _at(256, (0, b"\0\0\0\3"), (18, MAC), (80, b"Zork"), (112, b"M1"), (144, b"2.0"), (224, b"77")),
        {"label": "Zork", "model": "M1", "firmware": "2.0", "mac": SHOWN, "serial": "77"},
    ),
    "baichuan": (b"\xf0\xde\xbc\x0a" + bytes(20), {}),
    "pppp": (b"\xf1\x41\x00\x04ABCD", {}),
}


@pytest.mark.parametrize("family", PACKETS)
def test_a_packet_is_read_by_its_layout(family: str) -> None:
    raw, expected = PACKETS[family]
    reply = read_bytes("", raw)
    assert reply.family == family
    told: dict[str, str] = {}
    for part, text in reply.parts:
        told.setdefault(str(part), text)
    assert {key: told.get(key) for key in expected} == expected


@pytest.mark.parametrize("family", PACKETS)
def test_a_packet_that_breaks_off_is_no_other_device(family: str) -> None:
    raw, _ = PACKETS[family]
    for size in range(len(raw)):
        assert read_bytes("", raw[:size]).family in ("", family)


def test_packets_of_other_devices_are_none_of_these() -> None:
    for text in (b"\0\0\0\xf7" + bytes(12), b"TEMP\0\1" + bytes(40), b"M-SEARCH * HTTP/1.1\r\n\r\n", bytes(300)):
        assert read_bytes("", text).family == ""


QUESTIONS = [item.payload for item in questions(UUID(int=7))]


@pytest.mark.parametrize("raw", QUESTIONS)
def test_a_question_is_no_answer(raw: bytes) -> None:
    """Programs that look for cameras send these; whoever asks is not thereby a camera."""
    reply = read_bytes("", raw)
    assert reply.family in ("", "ws-discovery")
    assert not any(family in reply.family for family in ("sadp", "dhip", "onvif"))
    assert reply.parts == ()


def _name(*labels: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def test_services_in_an_mdns_answer() -> None:
    service = _name("_axis-video", "_tcp", "local")
    instance = bytes([len("AXIS P1 - 02AB34CD56EF")]) + b"AXIS P1 - 02AB34CD56EF" + b"\xc0\x0c"
    text = b"\x17macaddress=02AB34CD56EF"
    raw = struct.pack(">6H", 0, 0x8400, 0, 2, 0, 0)
    raw += service + struct.pack(">HHIH", 12, 1, 0, len(instance)) + instance
    raw += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 0, len(text)) + text
    reply = read_mdns(raw)
    assert reply is not None
    assert ("mdns.name", "_axis-video._tcp AXIS P1 - 02AB34CD56EF") in reply.texts
    assert reply.first(Part.MAC) == "02AB34CD56EF"


def test_a_name_that_points_to_itself_ends() -> None:
    raw = struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0) + b"\xc0\x0c" + bytes(10)
    assert read_mdns(raw) is None


@given(st.binary(max_size=400))
def test_any_bytes_give_a_reply(raw: bytes) -> None:
    assert isinstance(read_bytes("", raw), Reply)


@given(st.sampled_from(list(PACKETS)), st.data())
def test_any_damaged_packet_gives_a_reply(family: str, data: st.DataObject) -> None:
    raw = bytearray(PACKETS[family][0])
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(read_bytes("", bytes(raw)), Reply)


@given(st.text(max_size=200), st.sampled_from(ENCODINGS), st.text(max_size=30))
def test_any_text_gives_a_reply(text: str, encoding: str, protocol: str) -> None:
    assert isinstance(read_reply(protocol, encoding, text), Reply)


HOSTILE = {
    "deep": "<a>" * 100_000,
    "wide": "<r><device>" + "<x/>" * 200_000,
    "laughs": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><root><device>&c;</device></root>',
    "outside": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><root><device>&b;</device></root>',
    "banner": "HTTP/1.1 200 OK\r\n" + "Server: x\r\n" * 1_000_000,
    "headers": "HTTP/1.1 401 X\r\nWWW-Authenticate: " + "realm=" * 1_000_000,
    "page": "HTTP/1.1 200 OK\r\n\r\n" + "<title" * 1_000_000,
    "json": "[" * 1_000_000,
    "object": '{"params":' * 200_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_reply_takes_little_time(kind: str) -> None:
    began = time.process_time()
    reply = read_text("", HOSTILE[kind])
    assert time.process_time() - began < 1.0
    assert "root:" not in str(reply)
    assert sum(len(text) for _, text in reply.texts) < 200_000


def test_xml_that_breaks_off_gives_what_came_before() -> None:
    reply = read_document(b"<ProbeMatch><DeviceDescription>DS-1</DeviceDescription><DeviceSN>S2</Devi")
    assert reply is not None
    assert (reply.first(Part.MODEL), reply.first(Part.SERIAL)) == ("DS-1", "S2")
    assert "cannot be read to its end" in reply.problem


def test_elements_without_the_one_around_them_are_read() -> None:
    raw = b"<Manufacturer>Acme</Manufacturer><Model>A 1</Model><FirmwareVersion>2.0</FirmwareVersion>"
    reply = read_bytes("onvif.GetDeviceInformation", raw)
    assert (reply.family, dict(reply.parts)) == (
        "onvif",
        {Part.LABEL: "Acme", Part.MODEL: "A 1", Part.FIRMWARE: "2.0"},
    )
    assert read_bytes("http.body", b"<Manufacturer>Acme</Manufacturer><p>about us</p>").family == ""
