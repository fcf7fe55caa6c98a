"""Captures that can be given away: the same devices, names and bytes are in them; payloads and people are gone."""

from __future__ import annotations

import random
import struct
from itertools import pairwise
from pathlib import Path

import pytest
import wire_made as made
from hypothesis import given
from hypothesis import strategies as st
from test_captures_counts import read, station

from custodes.evidence.captures.keeping import Connections, kept_of_datagram, masked
from custodes.evidence.captures.sanitise import sanitise
from custodes.model.captures import Station
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

SECRET = b"KNOWN-PAYLOAD-BYTES-7f3a"
PEOPLE = [b"Smith", b"hunter2", b"c2VjcmV0OnB3", b"5551234567", b"session=abcdef"]


def cleaned(path: Path, out: Path) -> Path:
    sanitise(path, out, Limits(), lambda _: None)
    return out


def told(one: Station) -> object:
    ends = [(peer.ip, peer.port, peer.proto, peer.up.bytes, peer.down.bytes) for peer in one.external]
    notes = one.notes
    asked = [(request.method, request.host, request.uri, request.agent) for request in notes.requests]
    return one.mac, one.ips, ends, list(notes.dns), list(notes.sni), list(notes.http_hosts), asked, set(notes.heard)


def frames() -> list[bytes]:
    get = (
        b"GET /fw.bin?ver=5&pwd=hunter2 HTTP/1.1\r\nHost: updates.example\r\nUser-Agent: cam/1\r\n"
        b"Cookie: session=abcdef\r\nAuthorization: Basic c2VjcmV0OnB3\r\n\r\n" + SECRET
    )
    answer = (
        b'HTTP/1.1 401 no\r\nServer: thttpd\r\nWWW-Authenticate: Basic realm="DCS-1"\r\nX-Owner: Smith\r\n\r\n' + SECRET
    )
    sip = (
        b"REGISTER sip:34020000001320000001@3402000000 SIP/2.0\r\nFrom: <sip:5551234567@x>;tag=1\r\n"
        b"User-Agent: IPC\r\nContact: Smith <sip:5551234567@10.0.0.7>\r\n\r\n" + SECRET
    )
    hello = made.record(made.hello("cloud.example"))
    return [
        made.arp(made.CAMERA, made.HOME),
        made.out(made.udp(5_000, 53, made.query("cloud.example")), target="8.8.8.8"),
        made.back(made.udp(53, 5_000, made.reply("cloud.example", made.SERVER)), source="8.8.8.8"),
        made.out(made.tcp(40_001, 443, 1, flags=made.SYN), made.TCP),
        made.out(made.tcp(40_001, 443, 2, hello[:60]), made.TCP),
        made.out(made.tcp(40_001, 443, 62, hello[60:] + b"\x17\x03\x03\x00\x20" + SECRET), made.TCP),
        made.out(made.tcp(40_002, 80, 1, flags=made.SYN), made.TCP),
        made.out(made.tcp(40_002, 80, 2, get[:9]), made.TCP),
        made.out(made.tcp(40_002, 80, 11, get[9:]), made.TCP),
        made.back(made.tcp(80, 40_002, 1, answer), made.TCP),
        made.out(made.udp(5_060, 5_060, sip)),
        made.out(made.udp(9_000, 9_001, SECRET * 30)),
        made.out(made.tcp(40_003, 8_000, 1, SECRET * 20), made.TCP),
        made.out(struct.pack(">BBHI", 3, 1, 0, 0) + SECRET * 2, 1),
    ]


def test_nothing_of_payloads_or_people_is_left_and_all_else_reads_the_same(tmp_path: Path) -> None:
    before = made.pcap(tmp_path / "a.pcap", frames())
    after = cleaned(before, tmp_path / "b.pcap")
    data = after.read_bytes()
    assert [found for found in (SECRET, *PEOPLE) if found in data] == []
    whole, rest = read(before), read(after)
    camera, same = station(whole), station(rest)
    assert told(camera)[:6] == told(same)[:6]  # type: ignore[index]
    assert [request.uri[:5] for request in same.notes.requests] == ["/fw.b"]
    assert (whole.coverage.packets, whole.coverage.bytes) == (rest.coverage.packets, rest.coverage.bytes)
    assert (whole.coverage.first, whole.coverage.last) == (rest.coverage.first, rest.coverage.last)
    assert rest.coverage.cut > 0
    assert {one.kind for one in same.notes.objects} == set()


@pytest.mark.parametrize("tags", [(), (100,), (100, 200)])
def test_frames_with_tags_fragments_and_ipv6(tmp_path: Path, tags: tuple[int, ...]) -> None:
    first = made.ipv4(made.HOME, made.SERVER, made.UDP, made.udp(1, 2, SECRET * 60)[:800], flags=0x2000)
    later = made.ipv4(made.HOME, made.SERVER, made.UDP, SECRET * 20, flags=100)
    six = made.ipv6(made.HOME_6, made.SERVER_6, made.UDP, made.udp(1, 2, SECRET * 8))
    told = [
        made.ether(made.CAMERA, made.GATEWAY, packet, tags=tags, kind=kind)
        for packet, kind in ((first, 0x0800), (later, 0x0800), (six, 0x86DD))
    ]
    before = made.pcap(tmp_path / "a.pcap", told)
    after = cleaned(before, tmp_path / "b.pcap")
    assert SECRET[:8] not in after.read_bytes()
    assert read(before).coverage.bytes == read(after).coverage.bytes
    assert station(read(before)).external == station(read(after)).external


@pytest.mark.parametrize(
    ("port", "parts"),
    [
        (21, [b"USER ", b"joe-hunter2\r\n", b"PASS ", b"hunter2\r\n"]),
        (23, [b"ADMIN\n", b"hunter2\n"]),
        (143, [b"LOGIN", b" joe hunter2\r\n"]),
        (53, [b"POST / HTTP/1.1\r\nCookie: hunter2\r\n\r\nhunter2"]),
        (554, [b"DESCRIBE rtsp://joe:p@hunter2@cam/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"]),
        (554, [b"DESCRIBE rtsp://joe:hunter2", b"hunter2@cam/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"]),
        (80, [b"HTTP/1.1 302 Found\r\nLocation: http://joe:hunter2@x/?token=hunter2\r\n\r\n"]),
        (80, [b"GET /a?next=/b?password=hunter2&p%61ssword=hunter2;x=hunter2 HTTP/1.1\r\nHost: x\r\n\r\n"]),
        (80, [b"GET /a;jsessionid=hunter2?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"]),
        (80, [b"GET / HTTP/1.1\rAuthorization: Basic hunter2\r\n\r\n"]),
        (80, [b"HTTP/1.1 200\0binary hunter2"]),
        (80, [b"POST /l HTTP/1.1\r\nHost: x\r\n", b"\r\nhunter2: joe\nServer: hunter2\n"]),
        (5060, [b"INVITE sip:joe;x=hunter2@h SIP/2.0\r\nFrom: hunter2\r\n\r\n"]),
        (8000, [b"\x16\x03\x01\xff\xffXjoe:hunter2", b"body hunter2"]),
    ],
)
def test_secrets_in_odd_shapes_are_gone(tmp_path: Path, port: int, parts: list[bytes]) -> None:
    told, place = [], 1_000
    for part in parts:
        told.append(made.out(made.tcp(40_000, port, place, part), made.TCP))
        place += len(part)
    assert b"hunter2" in made.pcap(tmp_path / "a.pcap", told).read_bytes() or len(parts) > 1
    assert b"hunter2" not in cleaned(tmp_path / "a.pcap", tmp_path / "b.pcap").read_bytes()


@pytest.mark.parametrize(
    ("port", "data"),
    [
        (37_020, b'<?xml version="1.0"?><Probe><Types>update</Types><Password>hunter2</Password></Probe>'),
        (53, made.query("a.example") + b"hunter2"),
        (123, b"hunter2" * 6 + b"hunter"),
        (67, b"hunter2" * 70),
        (32_108, b"\xf1\x41\0\x14hunter2hunter2hunter"),
        (69, b"\0\1a\0octet\0hunter2"),
    ],
)
def test_datagrams_that_hold_secrets_are_cut_or_covered(port: int, data: bytes) -> None:
    assert b"hunter2" not in kept_of_datagram(40_000 if port != 67 else 68, port, data)


def test_the_input_and_other_files_beside_it_are_left_alone(tmp_path: Path) -> None:
    source = made.pcap(tmp_path / "x.pcap.part", frames())
    before = source.read_bytes()
    cleaned(source, tmp_path / "x.pcap")
    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.pcap", "x.pcap.part"]


@given(st.binary(max_size=400), st.integers(0, 65_535), st.integers(0, 65_535))
def test_what_is_not_known_is_left_out_and_nothing_is_made_up(data: bytes, sport: int, dport: int) -> None:
    kept = kept_of_datagram(sport, dport, data)
    assert len(kept) <= len(data)
    assert len(Connections().kept_of_segment(b"way", sport, dport, 1, data)) <= len(data)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6))
def test_a_head_in_pieces_gives_no_more_than_the_head_in_one(parts: list[bytes]) -> None:
    """Values of heads that are not on the list never pass, wherever a segment ends."""
    value = random.Random(1).randbytes(30).hex().encode()
    head = b"GET /a?pwd=" + value + b" HTTP/1.1\r\nHost: a.example\r\nCookie: " + value + b"\r\nUser-Agent: x\r\n"
    whole = head + b"X-Folded: one\r\n " + value + b"\r\n" + value + b"\r\n\r\n"
    cuts = sorted({min(len(part) * 11 % len(whole), len(whole)) for part in parts} | {0, len(whole)})
    held, kept = Connections(), b""
    for start, end in pairwise(cuts):
        kept += held.kept_of_segment(b"w", 40_000, 80, start, whole[start:end])
    assert not any(value[place : place + 12] in kept for place in range(len(value) - 12))
    assert masked(whole).count(b"x" * len(value)) == 4
    assert len(masked(whole)) == len(whole)


def test_real_captures_read_the_same(shared_data: Path, tmp_path: Path) -> None:
    paths = sorted((shared_data / "pcap" / "iot_sentinel").glob("*.pcap"))
    assert len(paths) > 20
    for number, path in enumerate(paths):
        whole, rest = read(path), read(cleaned(path, tmp_path / f"{number}.pcap"))
        for one, same in zip(whole.stations, rest.stations, strict=True):
            assert told(one)[:6] == told(same)[:6], path.name  # type: ignore[index]


def test_refused(tmp_path: Path) -> None:
    capture = made.pcap(tmp_path / "a.pcap", frames())
    with pytest.raises(BadInput, match="there already"):
        sanitise(capture, capture, Limits(), lambda _: None)
    (tmp_path / "text").write_text("no capture")
    with pytest.raises(BadInput, match="no capture"):
        sanitise(tmp_path / "text", tmp_path / "out", Limits(), lambda _: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pcap", "text"]
