"""Bytes, endpoints and whose they are, in captures whose answer is known by construction."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import pyarrow as pa
import pytest
import wire_made as made
from hypothesis import given
from hypothesis import strategies as st

from custodes.evidence.captures.reading import read_capture
from custodes.evidence.captures.ways import Key, Table, Way
from custodes.model.captures import Observed, Station
from custodes.model.errors import BadInput
from custodes.model.registers import Limits


def read(path: Path) -> Observed:
    return read_capture(path, Limits())


def station(seen: Observed, mac: str = made.CAMERA) -> Station:
    return next(one for one in seen.stations if one.mac == mac)


def ends(one: Station) -> dict[str, tuple[int, int]]:
    return {f"{peer.ip}:{peer.port}/{peer.proto}": (peer.up.bytes, peer.down.bytes) for peer in one.external}


PLAIN = [
    made.out(made.udp(5_000, 9_000, b"x" * 100)),
    made.back(made.udp(9_000, 5_000, b"y" * 30)),
    made.out(made.udp(5_000, 9_000, b"")),
    made.out(made.tcp(40_000, 443, 1, flags=made.SYN), made.TCP),
    made.out(made.tcp(40_000, 443, 1, flags=made.SYN), made.TCP),
]
WANTED = {
    "93.184.216.34:9000/udp": (142 + 60, 72),
    "93.184.216.34:443/tcp": (60 + 60, 0),
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_every_kind(tmp_path: Path, order: str, nano: bool) -> None:
    seen = read(made.pcap(tmp_path / "c", PLAIN, order=order, nano=nano))
    assert ends(station(seen)) == WANTED
    assert (seen.coverage.packets, seen.coverage.bytes) == (5, 142 + 60 + 72 + 120)
    assert (seen.coverage.first, seen.coverage.last) == (1_750_000_000_000_000_000, 1_750_000_000_004_000_000)
    assert not seen.coverage.truncated
    assert ends(station(seen, made.GATEWAY)) == {}


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_several_interfaces(tmp_path: Path, order: str) -> None:
    seen = read(made.pcapng(tmp_path / "c", PLAIN, order=order, links=(1, 1), lost=3))
    assert ends(station(seen)) == WANTED
    assert seen.coverage.dropped == 3
    assert seen.coverage.last == 1_750_000_000_004_000_000


@pytest.mark.parametrize("pack", [gzip.compress, lambda raw: pa.compress(raw, "zstd", asbytes=True)])
def test_packed_captures(tmp_path: Path, pack: object) -> None:
    plain = made.pcap(tmp_path / "c", PLAIN).read_bytes()
    (tmp_path / "p").write_bytes(pack(plain))  # type: ignore[operator]
    assert ends(station(read(tmp_path / "p"))) == WANTED


def test_a_packed_capture_that_breaks_off_gives_what_it_had(tmp_path: Path) -> None:
    dice = random.Random(1)
    frames = [made.out(made.udp(5_000, 9_000, dice.randbytes(400))) for _ in range(400)]
    packed = gzip.compress(made.pcap(tmp_path / "c", frames).read_bytes())
    (tmp_path / "p").write_bytes(packed[: len(packed) // 2])
    seen = read(tmp_path / "p")
    assert 100 < seen.coverage.packets < 300
    assert seen.coverage.truncated
    assert "breaks off" in seen.coverage.problem


def test_frames_stored_short_count_as_they_were(tmp_path: Path) -> None:
    seen = read(made.pcap(tmp_path / "c", PLAIN, snap=64))
    assert ends(station(seen)) == WANTED
    assert seen.coverage.cut == 2


@pytest.mark.parametrize("tags", [(5,), (5, 6), (1, 2, 3)])
def test_tags_count_and_are_looked_behind(tmp_path: Path, tags: tuple[int, ...]) -> None:
    frame = made.out(made.udp(5_000, 9_000, b"x" * 100), tags=tags)
    assert ends(station(read(made.pcap(tmp_path / "c", [frame])))) == {
        "93.184.216.34:9000/udp": (142 + 4 * len(tags), 0)
    }


def test_ipv6_with_addresses_of_the_internet_on_both_sides(tmp_path: Path) -> None:
    options = b"\x11\0\x01\x04\0\0\0\0"
    up = made.ether(
        made.CAMERA, made.GATEWAY, made.ipv6(made.HOME_6, made.SERVER_6, made.UDP, made.udp(5_000, 53, b"q"), options)
    )
    down = made.ether(
        made.GATEWAY, made.CAMERA, made.ipv6(made.SERVER_6, made.HOME_6, made.UDP, made.udp(53, 5_000, b"q" * 90))
    )
    more = made.ether(made.CAMERA, made.GATEWAY, made.ipv6(made.HOME_6, "2a03:2880::1", made.TCP, made.tcp(1, 443, 1)))
    seen = read(made.pcap(tmp_path / "c", [up, down, more]))
    assert ends(station(seen)) == {
        "2606:4700::1111:53/udp": (len(up), len(down)),
        "2a03:2880::1:443/tcp": (len(more), 0),
    }
    assert ends(station(seen, made.GATEWAY)) == {}
    assert station(seen).ips == (made.HOME_6,)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_fragments_count_to_their_datagrams_end_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    whole = made.udp(5_000, 53, made.query("long-name.fragments.example") + b"z" * 40)
    cuts = [(0, whole[:16]), (16, whole[16:48]), (48, whole[48:])]
    frames = []
    for place, part in cuts:
        flags = place // 8 | (0 if place == 48 else 0x2000)
        frames.append(
            made.ether(
                made.CAMERA, made.GATEWAY, made.ipv4(made.HOME, made.SERVER, made.UDP, part, identity=9, flags=flags)
            )
        )
    seen = read(made.pcap(tmp_path / "c", [frames[place] for place in order]))
    assert ends(station(seen)) == {"93.184.216.34:53/udp": (sum(map(len, frames)), 0)}
    assert list(station(seen).notes.dns) == ["long-name.fragments.example"]


def test_a_piece_without_its_first_counts_to_the_address_alone(tmp_path: Path) -> None:
    frame = made.ether(made.CAMERA, made.GATEWAY, made.ipv4(made.HOME, made.SERVER, made.UDP, b"z" * 80, flags=10))
    one = station(read(made.pcap(tmp_path / "c", [frame])))
    assert one.external == []
    assert [(peer.ip, peer.port, peer.up.bytes) for peer in one.portless] == [(made.SERVER, None, len(frame))]


def test_headers_quoted_in_errors_are_no_traffic(tmp_path: Path) -> None:
    quoted = made.ipv4(made.HOME, made.OTHER, made.UDP, made.udp(1_234, 53, b""))
    error = made.back(b"\x03\x03\0\0\0\0\0\0" + quoted, 1)
    one = station(read(made.pcap(tmp_path / "c", [error])))
    assert one.external == []
    assert [(peer.ip, peer.proto, peer.down.bytes) for peer in one.portless] == [(made.SERVER, "icmp", len(error))]


def test_traffic_of_the_site_is_not_external(tmp_path: Path) -> None:
    frame = made.ether(
        made.CAMERA, made.PHONE, made.ipv4(made.HOME, made.PHONE_IP, made.UDP, made.udp(1, 2, b"v" * 900))
    )
    wide = made.ether(
        made.CAMERA, made.EVERYONE, made.ipv4(made.HOME, "255.255.255.255", made.UDP, made.udp(1, 2, b""))
    )
    group = made.ether(
        made.CAMERA, "01:00:5e:00:00:fb", made.ipv4(made.HOME, "224.0.0.251", made.UDP, made.udp(1, 2, b""))
    )
    seen = read(made.pcap(tmp_path / "c", [frame, wide, group]))
    assert station(seen).external == []
    assert [(peer.ip, peer.up.bytes) for peer in station(seen).local] == [(made.PHONE_IP, 942)]
    assert [(peer.ip, peer.down.bytes) for peer in station(seen, made.PHONE).local] == [(made.HOME, 942)]


def test_links_without_addresses_give_devices_by_address(tmp_path: Path) -> None:
    up = made.ipv4(made.HOME, made.SERVER, made.UDP, made.udp(1, 2, b"x"))
    down = made.ipv4(made.SERVER, made.HOME, made.UDP, made.udp(2, 1, b"yy"))
    (one,) = read(made.pcap(tmp_path / "c", [up, down], link=101)).stations
    assert (one.mac, one.ips) == ("", (made.HOME,))
    assert ends(one) == {"93.184.216.34:2/udp": (len(up), len(down))}


def test_a_link_with_the_senders_address_alone(tmp_path: Path) -> None:
    head = struct.pack(">HHH6s2xH", 0, 1, 6, made.mac(made.CAMERA), 0x0800)
    gate = struct.pack(">HHH6s2xH", 0, 1, 6, made.mac(made.GATEWAY), 0x0800)
    up = head + made.ipv4(made.HOME, made.SERVER, made.UDP, made.udp(1, 2, b"x"))
    down = gate + made.ipv4(made.SERVER, made.HOME, made.UDP, made.udp(2, 1, b"yy"))
    seen = read(made.pcap(tmp_path / "c", [up, down], link=113))
    assert ends(station(seen)) == {"93.184.216.34:2/udp": (len(up), len(down))}


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04 and more", b"\x1f\x8b" + b"x" * 50, b"\x0a\x0d"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(BadInput):
            read(tmp_path / "x")


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_frame_is_read_or_passed_over(noise: bytes, place: int) -> None:
    from tempfile import TemporaryDirectory

    frame = made.out(made.udp(5_353, 5_353, made.reply("a.example", made.SERVER)))
    spoilt = frame[:place] + noise + frame[place + len(noise) :]
    with TemporaryDirectory() as folder:
        for link in (0, 1, 9, 12, 101, 113, 276, 147):
            seen = read(made.pcap(Path(folder) / "c", [spoilt, noise], link=link))
            assert seen.coverage.packets == 2


@given(st.lists(st.tuples(st.integers(0, 5_000_000_000), st.integers(1, 2_000)), min_size=1, max_size=80))
def test_a_ways_course_adds_up_to_its_bytes(steps: list[tuple[int, int]]) -> None:
    way, time = Way(Key(b"", b"", b"", b"", 17, 1, 2), 0, opened=True), 0
    for gap, size in steps:
        time += gap
        way.bytes += size
        if time >= way.turn:
            way.roll(time)
    assert sum(way.course()) == way.bytes
    assert len(way.course()) <= 65


def test_ways_that_are_forgotten_stay_counted() -> None:
    table = Table()
    for number in range(100):
        for key in (
            Key(b"a" * 6, b"b" * 6, b"\x0a\0\0\1", b"\x5d\xb8\xd8\x22", 6, 1_000 + number, 443),
            Key(b"b" * 6, b"a" * 6, b"\x5d\xb8\xd8\x22", b"\x0a\0\0\1", 6, 443, 1_000 + number),
        ):
            way = table.way(key, number)
            way.bytes, way.frames = 10, 1
        if number % 10 == 9:
            table.settle(number)
    sums = dict(table.close())
    assert sorted((total.bytes, total.frames) for total in sums.values()) == [(1_000, 100), (1_000, 100)]


@pytest.mark.parametrize("size", [0, 4, 8, 9, 23, 24])
def test_a_question_for_neighbours_that_breaks_off_binds_nothing(tmp_path: Path, size: int) -> None:
    asked = (b"\x87\0\0\0\0\0\0\0" + bytes.fromhex("fe800000000000000000000000000042"))[:size]
    frame = made.ether(made.CAMERA, "33:33:ff:00:00:42", made.ipv6("::", "ff02::1:ff00:42", 58, asked))
    seen = read(made.pcap(tmp_path / "asked.pcap", [frame]))
    assert [one.ips for one in seen.stations] == [("fe80::42",) if size == 24 else ()]
