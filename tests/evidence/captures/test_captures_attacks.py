"""Captures that were made to mislead or to end the reader: each was once read wrongly."""

from __future__ import annotations

import gzip
import hashlib
import struct
import time
from pathlib import Path

import pytest
import wire_made as made
from test_captures_counts import ends, read, station
from test_captures_names import FILE, HASH, notes, opened

ASKED = made.get("/fw.bin", "a.example")


def _objects(tmp_path: Path, frames: list[bytes]) -> list[str]:
    return [one.sha256 for one in notes(tmp_path, frames).objects]


def test_frames_cut_behind_their_headers(tmp_path: Path) -> None:
    frames = made.talk(ASKED, made.answer(FILE))[2:]
    seen = read(made.pcap(tmp_path / "c", frames, snap=54))
    assert ends(station(seen))[f"{made.SERVER}:80/tcp"][0] > 0
    assert station(seen).notes.http_hosts == {}


@pytest.mark.parametrize(
    "uri", ["//[x", "http://[bad/", "/?" + "&".join(["a=1"] * 300), "/\u2100".encode().decode("latin-1")]
)
def test_addresses_of_any_form(tmp_path: Path, uri: str) -> None:
    assert list(notes(tmp_path, made.talk(made.get(uri, "a.example"))).http_hosts) == ["a.example"]


def test_a_length_that_is_no_number(tmp_path: Path) -> None:
    told = b"HTTP/1.1 200 OK\r\nContent-Length: \xc2\xb2\r\n\r\n"
    assert _objects(tmp_path, made.talk(ASKED, told)) == []


def test_a_file_whose_last_piece_is_missing_or_comes_behind_the_end(tmp_path: Path) -> None:
    frames = made.talk(ASKED, made.answer(FILE, length=False), size=1_400)
    last, fin, rest = frames[-3], frames[-2], frames[:-3]
    assert _objects(tmp_path, [*rest, fin, frames[-1]]) == []
    assert _objects(tmp_path, [*rest, fin, last, frames[-1]]) == [HASH]


def test_members_of_gzip_one_behind_another(tmp_path: Path) -> None:
    packed = gzip.compress(FILE[:9_000]) + gzip.compress(FILE[9_000:])
    told = made.answer(packed, "application/octet-stream", "Content-Encoding: gzip")
    assert _objects(tmp_path, made.talk(ASKED, told)) == [HASH]


@pytest.mark.parametrize(
    ("more", "sent", "wanted"),
    [
        ("Content-Range: bytes 0-39999/40000", 40_000, [HASH]),
        ("Content-Range: bytes 0-39999/40000", 100, []),
        ("Content-Range: bytes 0-99/40000", 100, []),
    ],
)
def test_a_part_is_no_whole_file(tmp_path: Path, more: str, sent: int, wanted: list[str]) -> None:
    told = made.answer(FILE[:sent], "application/octet-stream", more).replace(b"200 OK", b"206 Partial Content", 1)
    assert _objects(tmp_path, made.talk(ASKED, told)) == wanted


def test_bare_line_ends_end_a_head(tmp_path: Path) -> None:
    body = b"\r\n\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    asked = b"POST / HTTP/1.1\nHost: true.example\nContent-Length: %d\n\n" % len(body) + body
    assert list(notes(tmp_path, made.talk(asked)).http_hosts) == ["true.example"]


def test_answers_behind_a_hole_are_of_no_request(tmp_path: Path) -> None:
    asked = [made.get(f"/{name}.bin", "a.example") for name in "abc"]
    told = [made.answer(bytes([number]) * 400) for number in range(3)]
    frames = made.talk(b"".join(asked), b"".join(told), size=len(told[0]))
    answers = [frame for frame in frames if frame[:6] == made.mac(made.CAMERA)]
    found = notes(tmp_path, [frame for frame in frames if frame != answers[2]])  # the second answer is lost
    assert [one.url for one in found.objects] == ["http://a.example/a.bin"]


def test_numbers_of_fragments_used_again_and_by_others(tmp_path: Path) -> None:
    def pieces(mac: str, source: str, port: int) -> list[bytes]:
        whole = made.udp(5_000, port, b"z" * 40)
        cuts = [(0, whole[:24], 0x2000), (24, whole[24:], 3)]
        return [
            made.ether(mac, made.GATEWAY, made.ipv4(source, made.SERVER, made.UDP, part, identity=7, flags=flags))
            for _, part, flags in cuts
        ]

    one, two = pieces(made.CAMERA, made.HOME, 6_000), pieces(made.CAMERA, made.HOME, 7_000)
    seen = read(made.pcap(tmp_path / "c", [*one, *two]))
    assert ends(station(seen)) == {f"{made.SERVER}:{port}/udp": (120, 0) for port in (6_000, 7_000)}
    other = pieces(made.PHONE, made.HOME, 8_000)
    seen = read(made.pcap(tmp_path / "c", [one[0], other[0], one[1], other[1]]))
    assert ends(station(seen)) == {f"{made.SERVER}:6000/udp": (120, 0)}
    assert ends(station(seen, made.PHONE)) == {f"{made.SERVER}:8000/udp": (120, 0)}


def test_ports_used_again_by_a_long_opening_frame(tmp_path: Path) -> None:
    def six(payload: bytes) -> bytes:
        return made.ether(made.CAMERA, made.GATEWAY, made.ipv6(made.HOME_6, made.SERVER_6, made.TCP, payload))

    options = b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + bytes(8) + b"\x01\x03\x03\x07"
    opening = made.tcp(40_000, 443, 900_000, flags=made.SYN)
    opening = opening[:12] + b"\xa0" + opening[13:] + options
    old = [six(made.tcp(40_000, 443, at, b"\x17\x03\x03\0\x20" + b"z" * 900)) for at in range(1, 200_000, 905)]
    new = six(made.tcp(40_000, 443, 900_001, made.record(made.hello("new.example"))))
    assert list(notes(tmp_path, [*old, six(opening), new]).sni) == ["new.example"]


def test_a_connection_whose_opening_comes_behind_its_first_segment(tmp_path: Path) -> None:
    frames = opened(443, (0, made.record(made.hello("late.example"))))
    assert list(notes(tmp_path, frames[::-1]).sni) == ["late.example"]


@pytest.mark.parametrize("banner", [b"220 mail ready\r\n", b"220 mail ESMTP\r\n", b"220 FTP\r\n"])
def test_tls_begun_behind_a_greeting(tmp_path: Path, banner: bytes) -> None:
    frames = [
        *opened(25),
        made.back(made.tcp(25, 40_000, 5_000, flags=made.SYN | made.ACK), made.TCP),
        made.back(made.tcp(25, 40_000, 5_001, banner), made.TCP),
        made.out(made.tcp(40_000, 25, 1_001, b"STARTTLS\r\n"), made.TCP),
        made.out(made.tcp(40_000, 25, 1_011, made.record(made.hello("mail.example"))), made.TCP),
    ]
    assert list(notes(tmp_path, frames).sni) == ["mail.example"]


@pytest.mark.parametrize("method", ["SEARCH", "MKCOL", "PURGE", "X-OWN"])
def test_any_method_is_a_request(tmp_path: Path, method: str) -> None:
    asked = made.get("/", "first.example") + made.get("/", "second.example").replace(b"GET", method.encode())
    assert list(notes(tmp_path, made.talk(asked)).http_hosts) == ["first.example", "second.example"]
    second = made.get("/", "second.example").replace(b"GET", method.encode())
    assert list(notes(tmp_path, made.talk(second, size=1)).http_hosts) == ["second.example"]


def test_questions_that_are_odd_but_asked(tmp_path: Path) -> None:
    message = made.query("odd.example")
    odd = [
        message[:2] + b"\x01\x40" + message[4:],
        message[:4] + b"\0\x02" + message[6:],
        message[:10] + b"\x40\0" + message[12:],
    ]
    for raw in odd:
        assert list(notes(tmp_path, [made.out(made.udp(5_000, 53, raw))]).dns) == ["odd.example"]


def test_frames_too_short_for_their_link(tmp_path: Path) -> None:
    good = struct.pack(">HHH6s2xH", 0, 1, 6, made.mac(made.CAMERA), 0x0800) + made.ipv4(made.HOME, made.SERVER, 17, b"")
    seen = read(made.pcap(tmp_path / "c", [good[:10], good], link=113))
    assert {one.mac for one in seen.stations} == {made.CAMERA}


def test_a_network_header_behind_a_length(tmp_path: Path) -> None:
    inner = made.ipv4(made.HOME, made.SERVER, made.UDP, made.udp(1, 2, b"x" * 40))
    frame = (
        made.mac(made.GATEWAY)
        + made.mac(made.CAMERA)
        + struct.pack(">H", len(inner) + 8)
        + b"\xaa\xaa\x03\0\0\0\x08\0"
        + inner
    )
    assert ends(station(read(made.pcap(tmp_path / "c", [frame])))) == {f"{made.SERVER}:2/udp": (len(frame), 0)}


def test_a_site_seen_on_both_sides_of_its_router(tmp_path: Path) -> None:
    isp, own = "02:00:00:00:00:fe", "81.2.69.160"
    lan = made.talk(ASKED, made.answer(b"x"))
    up = made.ether(made.GATEWAY, isp, made.ipv4(own, made.SERVER, made.TCP, made.tcp(40_000, 80, 1)))
    down = made.ether(isp, made.GATEWAY, made.ipv4(made.SERVER, own, made.TCP, made.tcp(80, 40_000, 1)))
    seen = read(made.pcap(tmp_path / "c", [*lan, up, down]))
    assert ends(station(seen, isp)) == {}
    assert ends(station(seen, made.GATEWAY)) == {f"{made.SERVER}:80/tcp": (len(up), len(down))}


@pytest.mark.parametrize("ip", ["192.0.0.8", "192.0.0.100", "198.18.0.1", "240.0.0.1", "203.0.113.9"])
def test_addresses_kept_for_special_uses_are_not_out_on_the_internet(tmp_path: Path, ip: str) -> None:
    assert station(read(made.pcap(tmp_path / "c", [made.out(made.udp(1, 2, b""), target=ip)]))).external == []


@pytest.mark.parametrize(
    "ip", ["fec0::1", "4000::1", "::8.8.8.8", "::ffff:8.8.8.8", "3fff::1", "5f00::1", "2001:db8::1"]
)
def test_addresses_of_ipv6_kept_for_special_uses(tmp_path: Path, ip: str) -> None:
    frame = made.ether(made.CAMERA, made.GATEWAY, made.ipv6("fe80::a", ip, made.UDP, made.udp(1, 2, b"")))
    assert station(read(made.pcap(tmp_path / "c", [frame]))).external == []


def test_many_devices_that_never_were_take_little_time(tmp_path: Path) -> None:
    frames = []
    for number in range(6_000):
        mac = "02:00:00:" + ":".join(f"{byte:02x}" for byte in number.to_bytes(3, "big"))
        payload = made.udp(5_000, 53, made.query(f"n{number}.example"))
        frames.append(made.ether(mac, made.GATEWAY, made.ipv4(made.HOME, "8.8.8.8", made.UDP, payload)))
    path, began = made.pcap(tmp_path / "c", frames), time.process_time()
    seen = read(path)
    assert len(seen.stations) == 6_000
    assert time.process_time() - began < 8


def test_a_body_packed_to_nothing_stops_at_a_bound(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 << 20))
    told = made.answer(bomb, "application/octet-stream", "Content-Encoding: gzip")
    frames = [frame for place in range(8) for frame in made.talk(ASKED, told, size=60_000, source=41_000 + place)]
    found = _objects(tmp_path, frames)
    assert found == [hashlib.sha256(bytes(64 << 20)).hexdigest()] * 4


def test_two_devices_with_the_same_addresses_and_ports(tmp_path: Path) -> None:
    def up(mac: str, name: str) -> bytes:
        payload = made.tcp(40_000, 443, 1, made.record(made.hello(name)))
        return made.ether(mac, made.GATEWAY, made.ipv4(made.HOME, made.SERVER, made.TCP, payload))

    answered = made.back(made.tcp(443, 40_000, 1, b""), made.TCP)
    seen = read(made.pcap(tmp_path / "c", [up(made.CAMERA, "one.example"), answered, up(made.PHONE, "two.example")]))
    assert [list(station(seen, mac).notes.sni) for mac in (made.CAMERA, made.PHONE)] == [
        ["one.example"],
        ["two.example"],
    ]
