r"""Speed of reading a capture beside dpkt, nfstream, tshark, nfdump and sha256sum, on the same file in one run.

    python bench/capture_speed.py [--data CAPTURE] [--megabytes 1000] [--seed 1] \
        --peers .venv-peer/lib/python3.11/site-packages

Without `--data` a capture is made: cameras that send video over UDP and TCP to servers on the internet, mean frame 900
bytes or more. Compared first: bytes on the wire of each pair of IPv4
addresses, ours against dpkt's; and frames in all, ours against nfstream's. CPU seconds (user and system, children too)
and peak memory of whole processes. dpkt runs as its documentation's loop with `dpkt.pcap.Reader` over
`dpkt.ethernet.Ethernet`; nfstream at its fastest documented setting, `n_dissections=0`, without statistics. tshark
(`-z io,stat,0`: frames and bytes in all) and nfdump (nfpcapd, then a sum of its flows, which count packets of IP) come
from Debian; one that is not installed is left out and said so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = """
import json, sys
from pathlib import Path
from custodes.evidence.captures.reading import read_capture
from custodes.model.registers import Limits
seen = read_capture(Path(sys.argv[1]), Limits())
pairs = {}
for station in seen.stations:
    for peer in station.external:
        for ip in station.ips[:1]:
            held = pairs.setdefault(f"{ip} {peer.ip}", [0, 0])
            held[0] += peer.up.bytes
            held[1] += peer.down.bytes
print(json.dumps([seen.coverage.packets, seen.coverage.bytes, sorted(pairs.items())]))
"""
DPKT = """
import ipaddress, json, socket, sys
import dpkt
pairs, frames, total = {}, 0, 0
with open(sys.argv[1], "rb") as stream:
    for _, raw in dpkt.pcap.Reader(stream):
        frames += 1
        total += len(raw)
        eth = dpkt.ethernet.Ethernet(raw)
        if isinstance(eth.data, dpkt.ip.IP):
            key = eth.data.src + eth.data.dst
            pairs[key] = pairs.get(key, 0) + len(raw)
told = {}
for key, size in pairs.items():
    a, b = (ipaddress.ip_address(key[i:i + 4]) for i in (0, 4))
    if a.is_global != b.is_global:
        name = f"{b} {a}" if a.is_global else f"{a} {b}"
        told.setdefault(name, [0, 0])[1 if a.is_global else 0] += size
print(json.dumps([frames, total, sorted(told.items())]))
"""
NFSTREAM = """
import json, sys
from nfstream import NFStreamer
flows = frames = 0
for flow in NFStreamer(source=sys.argv[1], n_dissections=0, statistical_analysis=False, n_meters=1, accounting_mode=0):
    flows += 1
    frames += flow.bidirectional_packets
print(json.dumps([frames, flows]))
"""


def made(path: Path, megabytes: int, seed: int) -> None:
    """Write a capture of so many megabytes."""
    dice = random.Random(seed)
    filler = dice.randbytes(70_000)
    with path.open("wb", buffering=1 << 20) as stream:
        stream.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1))
        written, time = 24, 1_750_000_000_000_000
        gateway = bytes.fromhex("02000000fe01")
        while written < megabytes * 1_000_000:
            mac = bytes.fromhex("0200000000") + bytes((dice.randrange(1, 60),))
            own = bytes((10, 0, 0, mac[5]))
            server = bytes((93, 184, dice.randrange(4), dice.randrange(1, 250)))
            port, proto = dice.randrange(20_000, 60_000), dice.choice((6, 17))
            sent = 0
            for number in range(dice.randrange(200, 2_000)):
                time += dice.randrange(200, 2_000)
                up = number % 3 != 2 or proto == 17
                size = 1_400 if up else 0
                head = (
                    b""
                    if proto == 17
                    else struct.pack(">II", sent if up else 1, 1 if up else sent) + b"\x50\x10\xff\xff\0\0\0\0"
                )
                sent += size
                ports = (port, 443) if up else (443, port)
                udp = struct.pack(">HH", size + 8, 0) if proto == 17 else b""
                start = dice.randrange(60_000)
                layer = struct.pack(">HH", *ports) + udp + head + (b"\x80\x60" + filler[start : start + size])[:size]
                ends = own + server if up else server + own
                ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(layer), number & 0xFFFF, 0x4000, 64, proto, 0) + ends
                frame = (gateway + mac if up else mac + gateway) + b"\x08\x00" + ip + layer
                stream.write(struct.pack("<IIII", *divmod(time, 1_000_000), len(frame), len(frame)) + frame)
                written += 16 + len(frame)


def run_tshark(path: Path) -> tuple[float, float, list[int]] | None:
    """tshark's frames and bytes of the whole capture."""
    if shutil.which("tshark") is None:
        return None
    cpu, memory, output = run("tshark", ["tshark", "-n", "-r", str(path), "-q", "-z", "io,stat,0"])
    row = next(line for line in output.splitlines() if "<>" in line and "Interval" not in line)
    return cpu, memory, [int(part) for part in row.replace("|", " ").split() if part.isdigit()][-2:]


def run_nfdump(path: Path) -> tuple[float, float, list[int]] | None:
    """nfdump's packets and bytes of IP of the whole capture."""
    if shutil.which("nfpcapd") is None or shutil.which("nfdump") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        script = f"nfpcapd -r {path} -l {folder} >/dev/null 2>&1; nfdump -R {folder} -o csv | tail -1"
        cpu, memory, output = run("nfdump", ["sh", "-c", script])
    told = output.strip().split(",")
    return cpu, memory, [int(told[2]), int(told[1])]


def run(name: str, command: list[str], peers: str = "") -> tuple[float, float, str]:
    """CPU seconds, peak MB and output of a process with its children."""
    script = (
        "import resource,subprocess,sys;out=subprocess.run(sys.argv[1:],capture_output=True,text=True);"
        "told=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(told.ru_utime+told.ru_stime,told.ru_maxrss/1024);print(out.stdout);sys.stderr.write(out.stderr[-2000:])"
    )
    environment = dict(os.environ) | ({"PYTHONPATH": peers} if peers else {})
    done = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=True, env=environment
    )
    first, _, rest = done.stdout.partition("\n")
    cpu, memory = map(float, first.split())
    if not rest.strip():
        sys.exit(f"{name} gave nothing: {done.stderr[-1000:]}")
    return cpu, memory, rest


def main() -> None:
    """Compare, then print one line a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="", help="folder of their packages, as `make long` makes .venv-peer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.data or Path(folder) / "made.pcap"
        if asked.data is None:
            made(path, asked.megabytes, asked.seed)
        size = path.stat().st_size / 1e6
        ours = run("custodes", [sys.executable, "-c", OURS, str(path)])
        dpkt = run("dpkt", [sys.executable, "-c", DPKT, str(path)], asked.peers)
        flows = run("nfstream", [sys.executable, "-c", NFSTREAM, str(path)], asked.peers)
        shark, flowed = run_tshark(path), run_nfdump(path)
        digest = run("sha256sum", ["sha256sum", str(path)])
        if digest[2].split()[0] != hashlib.sha256(path.read_bytes()).hexdigest():
            sys.exit("sha256sum differs")
    told, theirs, frames = json.loads(ours[2]), json.loads(dpkt[2]), json.loads(flows[2])
    if told != theirs:
        sys.exit(f"dpkt differs: {told[:2]} {theirs[:2]}")
    if told[0] != frames[0]:
        sys.exit(f"nfstream counts {frames[0]} frames, we {told[0]}")
    if shark and shark[2] != told[:2]:
        sys.exit(f"tshark counts {shark[2]}, we {told[:2]}")
    if flowed and flowed[2] != [told[0], told[1] - 14 * told[0]]:
        sys.exit(f"nfdump counts {flowed[2]} packets and bytes of IP, we {told[0]} frames of {told[1]} bytes")
    print(f"{size:.0f} MB, {told[0]:,} frames, mean {told[1] / told[0]:.0f} bytes: totals equal")
    rows = {"custodes": ours, "dpkt": dpkt, "nfstream": flows, "tshark": shark, "nfdump": flowed, "sha256sum": digest}
    for name, row in rows.items():
        if row is None:
            print(f"{name:10} is not installed")
            continue
        cpu, memory, _ = row
        print(
            f"{name:10} {cpu:7.2f} CPU s {size / cpu:7.0f} MB/s {memory:6.0f} MB peak  ours is {cpu / ours[0]:5.2f} x"
        )
    versions = "import dpkt, nfstream; print('dpkt', dpkt.__version__, 'nfstream', nfstream.__version__)"
    print(run("versions", [sys.executable, "-c", versions], asked.peers)[2].strip(), "on", sys.version.split()[0])
    print("peak memory of this process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")


if __name__ == "__main__":
    main()
