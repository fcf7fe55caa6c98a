"""Names, requests and fetched files in captures whose answer is known by construction; public captures as witnesses."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import itertools
import json
import random
import struct
import zlib
from pathlib import Path

import pytest
import wire_made as made
from hypothesis import given
from hypothesis import strategies as st
from test_captures_counts import ends, read, station

from custodes.evidence.captures.bodies import Budget
from custodes.evidence.captures.desk import told_uri
from custodes.evidence.captures.quic import _VERSIONS, Opening, _keys
from custodes.evidence.captures.streams import Stream
from custodes.evidence.captures.tls import Records, hello_of
from custodes.model.captures import Notes

FILE = random.Random(5).randbytes(40_000)
HASH = hashlib.sha256(FILE).hexdigest()


def notes(tmp_path: Path, frames: list[bytes]) -> Notes:
    return station(read(made.pcap(tmp_path / "c", frames))).notes


def opened(port: int, *parts: tuple[int, bytes], start: int = 1_000) -> list[bytes]:
    """A connection opened by the camera, then its segments as given: (place, bytes)."""
    frames = [made.out(made.tcp(40_000, port, start, flags=made.SYN), made.TCP)]
    return frames + [made.out(made.tcp(40_000, port, start + 1 + place, part), made.TCP) for place, part in parts]


@pytest.mark.parametrize("kind", [0x14, 0x17])
def test_a_hello_with_another_record_behind_it_in_one_segment(tmp_path: Path, kind: int) -> None:
    behind = bytes((kind, 3, 3, 0, 1, 1))
    frames = opened(443, (0, made.record(made.hello("early.example")) + behind))
    assert list(notes(tmp_path, frames).sni) == ["early.example"]


@pytest.mark.parametrize("address", [made.SERVER, made.SERVER_6])
def test_what_an_address_is_called_the_other_way_round(tmp_path: Path, address: str) -> None:
    owner = ipaddress.ip_address(address).reverse_pointer
    told = made.name("server-7.provider.example")
    record = b"\xc0\x0c" + struct.pack(">HHIH", 12, 1, 60, len(told)) + told
    answer = struct.pack(">6H", 7, 0x8180, 1, 1, 0, 0) + made.name(owner) + struct.pack(">HH", 12, 1) + record
    seen = notes(tmp_path, [made.back(made.udp(53, 5_000, answer), source="8.8.8.8")])
    assert seen.called == {(made.ip(address), -1): {"server-7.provider.example": "ptr"}}


def test_names_asked_for_over_udp_and_tcp(tmp_path: Path) -> None:
    message = made.query("over-tcp.example")
    framed = struct.pack(">H", len(message)) + message
    frames = [
        made.out(made.udp(5_000, 53, made.query("asked.example"))),
        made.back(made.udp(53, 5_000, made.reply("asked.example", made.SERVER, alias="alias.example"))),
        *opened(53, (0, framed[:9]), (9, framed[9:])),
    ]
    seen = read(made.pcap(tmp_path / "c", frames))
    assert list(station(seen).notes.dns) == ["asked.example", "over-tcp.example"]
    assert station(seen, made.GATEWAY).notes.dns == {}
    (peer, _) = station(seen).external
    assert peer.names == {"asked.example": "dns"}


def test_a_name_in_a_payload_of_another_kind_is_none(tmp_path: Path) -> None:
    body = (
        b"POST /x HTTP/1.1\r\nHost: true.example\r\nContent-Length: 60\r\n\r\n"
        + b"Host: false.example\r\n" * 2
        + b"x" * 18
    )
    frames = [
        *made.talk(body),
        made.out(made.udp(5_000, 9_000, made.query("not-dns.example"))),
        made.back(
            b"\x03\x01\0\0\0\0\0\0"
            + made.ipv4(made.HOME, made.OTHER, 17, made.udp(9, 53, made.query("quoted.example"))),
            1,
        ),
    ]
    found = notes(tmp_path, frames)
    assert list(found.http_hosts) == ["true.example"]
    assert found.dns == {}


HELLO = made.record(made.hello("cam.cloud.example"))


@pytest.mark.parametrize(
    "parts",
    [
        [(0, HELLO)],
        [(0, HELLO[:30]), (30, HELLO[30:])],
        [(30, HELLO[30:]), (0, HELLO[:30])],
        [(0, HELLO[:30]), (0, HELLO[:30]), (10, HELLO[10:50]), (50, HELLO[50:])],
        [(60, HELLO[60:]), (20, HELLO[20:60]), (0, HELLO[:20])],
    ],
)
@pytest.mark.parametrize("start", [1_000, 2**32 - 20])
def test_the_name_in_tls_however_it_is_cut(tmp_path: Path, parts: list[tuple[int, bytes]], start: int) -> None:
    assert list(notes(tmp_path, opened(443, *parts, start=start)).sni) == ["cam.cloud.example"]


def test_the_name_in_tls_in_several_records_on_any_port_without_a_beginning(tmp_path: Path) -> None:
    pieces = made.record(made.hello("cam.cloud.example"), 3)
    turned = opened(8_883, (0, pieces[:25]), (25, pieces[25:]))
    assert list(notes(tmp_path, turned).sni) == ["cam.cloud.example"]
    assert list(notes(tmp_path, turned[1:]).sni) == ["cam.cloud.example"]
    assert list(notes(tmp_path, [turned[2], turned[1]]).sni) == ["cam.cloud.example"]


@pytest.mark.parametrize("version", [1, 0x6B3343CF])
@pytest.mark.parametrize("turned", [False, True])
def test_the_name_in_quic(tmp_path: Path, version: int, turned: bool) -> None:
    datagram = made.quic("quic.cloud.example", version=version, turned=turned)
    seen = read(made.pcap(tmp_path / "c", [made.out(made.udp(5_000, 443, datagram))]))
    assert list(station(seen).notes.sni) == ["quic.cloud.example"]
    assert station(seen).external[0].names == {"quic.cloud.example": "sni"}


def test_keys_of_quic_are_those_of_the_standards() -> None:
    target = bytes.fromhex("8394c8f03e515708")  # RFC 9001 appendix A.1, RFC 9369 appendix A.1
    assert [key.hex() for key in _keys(_VERSIONS[1], target)] == [
        "1f369613dd76d5467730efcbe3b1a22d",
        "fa044b2f42a3fd3b46fb255c",
        "9f50449e04a0e810283a1e9933adedd2",
    ]
    assert [key.hex() for key in _keys(_VERSIONS[0x6B3343CF], target)] == [
        "8b1a0bc121284290a29e0971b5cd045d",
        "91f73e2351d8fa91660e909f",
        "45b95e15235d6f45a6b19cbcb0294ba9",
    ]


def test_requests_one_behind_another_and_answers_of_every_length(tmp_path: Path) -> None:
    asked = (
        made.get("/a.bin", "one.example") + made.get("/b.bin", "two.example:8080") + made.get("/c.bin", "one.example")
    )
    chunks = b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in (FILE[:7_000], FILE[7_000:])) + b"0\r\n\r\n"
    told = made.answer(FILE)
    told += b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-fw\r\n\r\n" + chunks
    told += made.answer(gzip.compress(FILE), "application/octet-stream", "Content-Encoding: gzip")
    found = notes(tmp_path, made.talk(asked, told, port=8_080, size=1_400))
    assert list(found.http_hosts) == ["one.example", "two.example:8080"]
    assert [(one.url, one.size, one.sha256) for one in found.objects] == [
        ("http://one.example/a.bin", 40_000, HASH),
        ("http://two.example:8080/b.bin", 40_000, HASH),
        ("http://one.example/c.bin", 40_000, HASH),
    ]


def test_a_file_that_ends_with_its_connection_and_one_that_was_cut(tmp_path: Path) -> None:
    asked, told = made.get("/fw", "a.example"), made.answer(FILE, length=False)
    frames = made.talk(asked, told, size=1_400)
    assert [one.sha256 for one in notes(tmp_path, frames).objects] == [HASH]
    assert notes(tmp_path, frames[:-2]).objects == []  # its end is not in the capture
    assert notes(tmp_path, frames[:9] + frames[10:]).objects == []  # a piece is missing
    late = [*frames[:9], *frames[10:14], frames[9], *frames[14:]]
    assert [one.sha256 for one in notes(tmp_path, late).objects] == [HASH]


def test_pages_answers_and_pictures_are_no_files(tmp_path: Path) -> None:
    for kind, body in (
        ("text/html", b"<p>"),
        ("application/json", b"{}"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("", b"\xff\xd8\xff"),
    ):
        assert notes(tmp_path, made.talk(made.get("/x", "a.example"), made.answer(body, kind))).objects == []


def test_the_same_ports_used_again(tmp_path: Path) -> None:
    first = made.talk(made.get("/", "first.example"), made.answer(b"<p>", "text/html"))
    second = [
        made.out(made.tcp(40_000, 80, 900_000, flags=made.SYN), made.TCP),
        made.out(made.tcp(40_000, 80, 900_001, made.get("/", "second.example")), made.TCP),
    ]
    assert list(notes(tmp_path, [*first, *second]).http_hosts) == ["first.example", "second.example"]
    third = opened(443, (0, made.record(made.hello("third.example"))), start=77_000)
    silent = [
        made.out(made.tcp(40_000, 443, at, b"\x17\x03\x03\0\x20" + b"z" * 900), made.TCP)
        for at in range(1, 200_000, 905)
    ]
    assert list(notes(tmp_path, [*silent, *third]).sni) == ["third.example"]


def test_credentials_in_the_clear_are_told_and_never_printed(tmp_path: Path) -> None:
    asked = made.get("/cgi?user=admin&pwd=hunter2&model=X", "a.example", "Authorization: Basic aHVudGVyMg==")
    found = notes(tmp_path, made.talk(asked))
    assert list(found.credentials) == [
        f"HTTP Basic to {made.SERVER}",
        f"a password in an HTTP address to {made.SERVER}",
    ]
    assert "hunter2" not in str(found) and "aHVudGVyMg" not in str(found)
    assert found.requests[0].uri == "/cgi?user=…&pwd=…&model=X"


def test_addresses_of_requests_are_told_without_secrets() -> None:
    assert told_uri("http://me:word@host/path?a=1&session_id=3") == "/path?a=1&session_id=…"
    assert told_uri("/plain") == "/plain"
    assert len(told_uri("/" + "x" * 10_000)) == 1_024


def test_a_hole_in_what_was_captured_loses_one_message_alone(tmp_path: Path) -> None:
    asked = made.get("/1", "one.example", "X: " + "x" * 400) + made.get("/2", "two.example")
    cut = len(made.get("/1", "one.example", "X: " + "x" * 400))
    frames = opened(80, (0, asked[:100]), (200, asked[200:cut]), (cut, asked[cut:]))
    assert list(notes(tmp_path, frames).http_hosts) == ["two.example"]


def test_through_a_proxy(tmp_path: Path) -> None:
    connect = b"CONNECT cloud.example:443 HTTP/1.1\r\nHost: cloud.example:443\r\n\r\n"
    granted = b"HTTP/1.1 200 Connection established\r\n\r\n"
    frames = [
        *opened(3_128, (0, connect)),
        made.back(made.tcp(3_128, 40_000, 5_000, flags=made.SYN | made.ACK), made.TCP),
        made.back(made.tcp(3_128, 40_000, 5_001, granted), made.TCP),
        made.out(made.tcp(40_000, 3_128, 1_001 + len(connect), HELLO), made.TCP),
    ]
    found = notes(tmp_path, frames)
    assert list(found.http_hosts) == ["cloud.example:443"]
    assert list(found.sni) == ["cam.cloud.example"]


def test_what_a_device_says_of_itself_and_what_it_is_given(tmp_path: Path) -> None:
    def options(*pairs: tuple[int, bytes]) -> bytes:
        return b"".join(bytes((number, len(raw))) + raw for number, raw in pairs) + b"\xff"

    def dhcp(operation: int, given: str, *pairs: tuple[int, bytes]) -> bytes:
        head = bytes((operation, 1, 6, 0)) + bytes(12) + made.ip(given) + bytes(8) + made.mac(made.CAMERA) + bytes(202)
        return head + b"\x63\x82\x53\x63" + options(*pairs)

    asked = dhcp(1, "0.0.0.0", (53, b"\x01"), (12, b"IPC-SYNTHETIC"), (60, b"udhcp 1.2.3"))
    given = dhcp(2, made.HOME, (53, b"\x05"), (6, made.ip(made.ROUTER) + made.ip("9.9.9.9")))
    frames = [
        made.ether(made.CAMERA, made.EVERYONE, made.ipv4("0.0.0.0", "255.255.255.255", 17, made.udp(68, 67, asked))),
        made.ether(made.GATEWAY, made.CAMERA, made.ipv4(made.ROUTER, made.HOME, 17, made.udp(67, 68, given))),
        made.out(made.udp(5_000, 53, made.query("a.example")), target="8.8.8.8"),
    ]
    found = station(read(made.pcap(tmp_path / "c", frames)))
    assert [(one.protocol, one.raw) for one in found.notes.heard] == [
        ("dhcp.option12", "IPC-SYNTHETIC"),
        ("dhcp.option60", "udhcp 1.2.3"),
    ]
    assert found.ips == (made.HOME,)
    assert (list(found.notes.assigned), list(found.notes.resolvers)) == ([made.ROUTER, "9.9.9.9"], ["8.8.8.8"])


def test_an_answer_to_all_counts_for_the_client_that_it_names(tmp_path: Path) -> None:
    head = b"\x02\x01\x06\0" + bytes(24) + made.mac(made.CAMERA) + bytes(202) + b"\x63\x82\x53\x63\x35\x01\x02\xff"
    frame = made.ether(
        made.GATEWAY, made.EVERYONE, made.ipv4(made.SERVER, "255.255.255.255", 17, made.udp(67, 68, head))
    )
    other = made.ether(made.GATEWAY, made.EVERYONE, made.ipv4(made.SERVER, "255.255.255.255", 17, made.udp(9, 9, b"")))
    assert ends(station(read(made.pcap(tmp_path / "c", [frame])))) == {f"{made.SERVER}:67/udp": (0, len(frame))}
    assert all(one.external == [] for one in read(made.pcap(tmp_path / "d", [other])).stations)


class _Taken:
    def __init__(self) -> None:
        self.data = b""

    def begins(self, data: bytes) -> bool:
        return False

    def feed(self, data: bytes) -> None:
        self.data += data

    def skip(self, size: int) -> None:
        self.data += b"?" * size


@given(st.binary(min_size=1, max_size=200), st.integers(0, 2**32 - 1), st.data())
def test_a_stream_is_put_in_order(data: bytes, start: int, more: st.DataObject) -> None:
    cuts = sorted({0, len(data), *more.draw(st.lists(st.integers(0, len(data)), max_size=6))})
    pieces = [(a, data[a : min(b + more.draw(st.integers(0, 5)), len(data))]) for a, b in itertools.pairwise(cuts)]
    budget, taken = Budget(), _Taken()
    stream = Stream(budget)
    stream.open((start - 1) % 2**32, taken)
    for place, piece in more.draw(st.permutations(pieces + pieces[:2])):
        stream.put((start + place) % 2**32, piece, len(piece), taken)
    assert taken.data == data
    assert budget.held == 0
    assert stream.reached((start + len(data)) % 2**32)


@given(st.binary(max_size=300), st.integers(0, 250))
def test_no_noise_ends_a_reader(noise: bytes, place: int) -> None:
    for whole in (made.hello("a.example")[4:], made.quic("a.example")):
        spoilt = whole[:place] + noise + whole[place + len(noise) :]
        hello_of(1, spoilt)
        list(Records().add(noise))
        Opening().add(spoilt)


@given(st.integers(0, 2_000))
def test_every_piece_of_a_capture_gives_what_it_has(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    folder = tmp_path_factory.mktemp("c")
    whole = made.pcap(folder / "c", made.talk(made.get("/", "a.example"), made.answer(b"x" * 300))).read_bytes()
    size %= len(whole)
    (folder / "part").write_bytes(whole[: max(size, 4)])
    seen = read(folder / "part")
    assert seen.coverage.truncated == bool(seen.coverage.problem)
    assert seen.coverage.packets <= len(whole) // 76


def test_public_captures_are_read_as_a_peer_reads_them(shared_data: Path) -> None:
    """tshark's reading, as the manifest has it. Left out: what differs by rule (both ends on the internet)."""
    folder, compared = shared_data / "pcap", 0
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        seen = read(folder / row["file"])
        assert (seen.coverage.packets, seen.coverage.bytes) == (row["packets"], row["frame_bytes"]), row["file"]
        sent = {one.mac: one.frames for one in seen.stations if one.frames}
        assert sent == {
            mac: told["frames"]
            for mac, told in row["macs"].items()
            if int(mac[:2], 16) % 2 == 0 and mac != "00:00:00:00:00:00"
        }, row["file"]
        names = {name for one in seen.stations for name in one.notes.dns}
        assert {name.lower() for name in names} >= {name.lower() for name in row["dns"]}, row["file"]
        assert {name for one in seen.stations for name in one.notes.sni} == set(row["sni"])
        assert {name for one in seen.stations for name in one.notes.ja3} >= set(row["ja3"]), row["file"]
        found: dict[str, tuple[int, int]] = {}
        for one in seen.stations:
            found |= ends(one)
        wanted = {key: (told["bytes_up"], told["bytes_down"]) for key, told in row["external"].items()}
        if row["file"].startswith("iot_sentinel"):
            traps = set(row["label"].get("trap_icmp_quoted", ()))
            assert found == {key: told for key, told in wanted.items() if key not in traps}, row["file"]
        compared += 1
    assert compared >= 60


def test_public_captures_of_updates_give_the_files_a_peer_gives(shared_data: Path) -> None:
    folder, files = shared_data / "pcap", 0
    for line in (folder / "manifest_firmware.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = {one.sha256 for each in read(folder / row["file"]).stations for one in each.notes.objects}
        assert found == {one["sha256"] for one in row["carved_objects"] if one["elf"]}
        files += len(found)
    assert files >= 6


def test_deflate_is_unpacked_for_the_hash(tmp_path: Path) -> None:
    told = made.answer(zlib.compress(FILE), "application/octet-stream", "Content-Encoding: deflate")
    assert [one.sha256 for one in notes(tmp_path, made.talk(made.get("/f", "a.example"), told)).objects] == [HASH]
