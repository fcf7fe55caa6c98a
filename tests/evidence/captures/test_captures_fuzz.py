"""Every dissector under a fuzzer that is guided by what it reaches: 15 seconds each, ten minutes in `make long`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import wire_made as made

HERE = Path(__file__).parent
SEEDS = {
    "dns": [made.query("a.example"), made.reply("a.example", made.SERVER, alias="b.example")],
    "dhcp": [b"\x01\x01\x06\0" + bytes(232) + b"\x63\x82\x53\x63\x0c\x03cam\x35\x01\x01\xff"],
    "http": [
        made.get("/x?y=1", "a.example") + made.answer(b"abc"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
    "tls": [made.record(made.hello("a.example")), made.hello("a.example")[4:]],
    "quic": [made.quic("a.example"), made.quic("a.example", turned=True)],
    "texts": [b"RTSP/1.0 200 OK\r\nServer: x\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", b"220 FTP\r\n"],
    "layers": [made.out(made.udp(1, 2, b"x"), tags=(5,))],
    "frames": [
        b"".join(len(frame).to_bytes(2, "big") + frame for frame in made.talk(made.get("/", "a.example"), size=200))
    ],
    "files": [],
    "kept": [made.get("/x?pwd=y", "a.example"), made.query("a.example"), made.record(made.hello("a.example"))],
    "lines": [
        b"Nov 26 08:00:00 dnsmasq[1]: query[A] a.example from 10.0.0.7\n",
        b"2026-11-26T08:00:01Z gw kernel: IN=a OUT=b SRC=10.0.0.7 DST=192.0.2.1 LEN=84 PROTO=TCP SPT=1 DPT=443 \n",
        b"filterlog[1]: 5,,,1,em1,match,pass,in,4,0x0,,64,0,0,DF,6,tcp,84,10.0.0.7,192.0.2.1,1,443,0,S\n",
        b"date=2026-11-26 time=08:00:01 srcip=10.0.0.7 dstip=192.0.2.1 proto=6 sentbyte=84\n",
    ],
    "mud": [
        b'{"ietf-mud:mud":{"from-device-policy":{"access-lists":{"access-list":[{"name":"a"}]}}},'
        b'"ietf-access-control-list:acls":{"acl":[{"name":"a","aces":{"ace":[{"matches":{"ipv4":{"protocol":6}},'
        b'"actions":{"forwarding":"accept"}}]}}]}}'
    ],
}


@pytest.mark.timeout(1_000)
@pytest.mark.parametrize("target", sorted(SEEDS))
def test_no_input_ends_a_dissector(target: str, tmp_path: Path, fuzz: Callable[..., None]) -> None:
    seeds = SEEDS[target]
    if target == "files":
        made.pcap(tmp_path / "pcap", made.talk(made.get("/", "a.example")))
        made.pcapng(tmp_path / "pcapng", [made.out(made.udp(1, 2, b"x"))], lost=1)
        seeds = [(tmp_path / name).read_bytes() for name in ("pcap", "pcapng")] + seeds
    fuzz(HERE / "fuzz_captures.py", target, seeds, 4_096)
