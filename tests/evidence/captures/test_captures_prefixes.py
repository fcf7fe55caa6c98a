"""Every beginning of twenty small captures gives what it holds and says that it breaks off."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import wire_made as made
from test_captures_counts import PLAIN, read

from custodes.model.errors import BadInput

WEB = made.talk(made.get("/fw.bin", "a.example"), made.answer(b"\x7fELF" + b"x" * 300))
NAMES = [
    made.arp(made.CAMERA, made.HOME),
    made.out(made.udp(5_000, 53, made.query("a.example"))),
    made.back(made.udp(53, 5_000, made.reply("a.example", made.SERVER, alias="b.example"))),
    made.out(made.tcp(1, 443, 1, made.record(made.hello("a.example"))), made.TCP),
]
SIX = [made.ether(made.CAMERA, made.GATEWAY, made.ipv6(made.HOME_6, made.SERVER_6, 17, made.udp(1, 2, b"x" * 90)))]
BARE = [made.ipv4(made.HOME, made.SERVER, 17, made.udp(1, 2, b"x"))] * 4
QUIC = [made.out(made.udp(1, 443, made.quic("a.example")))]
WRITERS: dict[str, Callable[[Path], Path]] = {
    "plain": lambda path: made.pcap(path, PLAIN),
    "big-endian": lambda path: made.pcap(path, PLAIN, order=">"),
    "nano": lambda path: made.pcap(path, PLAIN, nano=True),
    "snapped": lambda path: made.pcap(path, WEB, snap=60),
    "web": lambda path: made.pcap(path, WEB),
    "names": lambda path: made.pcap(path, NAMES),
    "six": lambda path: made.pcap(path, SIX * 3),
    "tagged": lambda path: made.pcap(path, [made.out(made.udp(1, 2, b"x" * 99), tags=(5, 6))] * 4),
    "quic": lambda path: made.pcap(path, QUIC),
    "bare": lambda path: made.pcap(path, BARE, link=101),
    "null": lambda path: made.pcap(path, [b"\x02\0\0\0" + frame for frame in BARE], link=0),
    "empty": lambda path: made.pcap(path, []),
    "ng": lambda path: made.pcapng(path, PLAIN),
    "ng big-endian": lambda path: made.pcapng(path, PLAIN, order=">"),
    "ng two interfaces": lambda path: made.pcapng(path, WEB, links=(1, 1)),
    "ng with losses": lambda path: made.pcapng(path, NAMES, lost=4),
    "ng bare": lambda path: made.pcapng(path, BARE, links=(101,)),
    "ng six": lambda path: made.pcapng(path, SIX),
    "gzip": lambda path: _packed(path, gzip.compress),
    "zstd": lambda path: _packed(path, lambda raw: pa.compress(raw, "zstd", asbytes=True)),
}


def _packed(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(pack(made.pcap(path, WEB + NAMES).read_bytes()))
    return path


@pytest.mark.parametrize("name", WRITERS)
def test_every_beginning_gives_what_it_holds(name: str, tmp_path: Path) -> None:
    whole = WRITERS[name](tmp_path / "whole").read_bytes()
    packed = name in ("gzip", "zstd")
    full, before = read(tmp_path / "whole").coverage, 0
    for size in range(4, len(whole)):
        (tmp_path / "part").write_bytes(whole[:size])
        try:
            found = read(tmp_path / "part").coverage
        except BadInput:  # not even the packing, or the mark of a capture, is whole
            assert before == 0 and (packed or size < 4)
            continue
        assert before <= found.packets <= full.packets
        assert found.bytes <= full.bytes
        assert found.truncated == bool(found.problem)
        assert found.truncated or found.packets < full.packets or found.bytes == full.bytes
        if packed and found.packets < full.packets:
            assert found.truncated
        before = found.packets
    assert not full.truncated
