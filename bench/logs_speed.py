r"""Speed of reading logs of flows beside the language's own readers and msgspec, on the same files in one run.

    python bench/logs_speed.py [--rows 1000000] [--seed 1] [--eve FILE] [--zeek FILE] \
        --peers .venv-peer/lib/python3.11/site-packages

Without files two logs are made (synthetic): cameras that call servers on the internet, a flow a row with names between
them, half of the rows with a source port of their own. Compared first: bytes each way of every pair of addresses. CPU
seconds (user and system) and peak memory of whole processes, imports included. Peers: `json` or `csv` of the language
with one dictionary of sums; `msgspec` with declared structs, its fastest documented way, for EVE. The goal is 500,000
rows a second and core.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from capture_speed import run

OURS = """
import json, sys
from pathlib import Path
from custodes.evidence.captures.logs.reading import read_group, sources
from custodes.model.registers import Limits
(group,), _ = sources([Path(sys.argv[1])], Limits())
seen = read_group(group, Limits())
pairs = {}
for station in seen.stations:
    for peer in station.external:
        for ip in station.ips[:1]:
            held = pairs.setdefault(f"{ip} {peer.ip}", [0, 0])
            held[0] += peer.up.bytes
            held[1] += peer.down.bytes
print(json.dumps([seen.coverage.rows, sorted(pairs.items())]))
"""
JSON = """
import json, sys
pairs, rows = {}, 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        row = json.loads(line)
        rows += 1
        if row["event_type"] == "flow":
            held = pairs.setdefault(row["src_ip"] + " " + row["dest_ip"], [0, 0])
            held[0] += row["flow"]["bytes_toserver"]
            held[1] += row["flow"]["bytes_toclient"]
print(json.dumps([rows, sorted(pairs.items())]))
"""
MSGSPEC = """
import json, sys
from typing import Optional
import msgspec
class Flow(msgspec.Struct, gc=False):
    bytes_toserver: int = 0
    bytes_toclient: int = 0
class Row(msgspec.Struct, gc=False):
    event_type: str
    src_ip: str = ""
    dest_ip: str = ""
    flow: Optional[Flow] = None
read = msgspec.json.Decoder(Row).decode
pairs, rows = {}, 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        row = read(line)
        rows += 1
        if row.event_type == "flow":
            held = pairs.setdefault(row.src_ip + " " + row.dest_ip, [0, 0])
            held[0] += row.flow.bytes_toserver
            held[1] += row.flow.bytes_toclient
print(json.dumps([rows, sorted(pairs.items())]))
"""
CSV = """
import json, sys
pairs, rows = {}, 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        if line.startswith("#fields"):
            place = {name: number for number, name in enumerate(line.rstrip("\\n").split("\\t")[1:])}
            source, target, up, down = (place[n] for n in ("id.orig_h", "id.resp_h", "orig_ip_bytes", "resp_ip_bytes"))
        if line.startswith("#"):
            continue
        rows += 1
        row = line.rstrip("\\n").split("\\t")
        held = pairs.setdefault(row[source] + " " + row[target], [0, 0])
        held[0] += int(row[up])
        held[1] += int(row[down])
print(json.dumps([rows, sorted(pairs.items())]))
"""
FIELDS = """ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state
local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents"""


def flows(rows: int, seed: int) -> list[tuple[int, int, int, int, int, int]]:
    """Device, server, port of the caller, packets up, bytes up, bytes down."""
    dice = random.Random(seed)
    known = [[dice.randrange(2_000) for _ in range(8)] for _ in range(500)]  # a camera calls the same few servers
    devices = [dice.randrange(500) for _ in range(rows)]
    return [
        (
            device,
            known[device][dice.randrange(8)],
            dice.randrange(1_024, 65_000),
            dice.randrange(3, 90),
            dice.randrange(200, 90_000),
            dice.randrange(200, 9_000),
        )
        for device in devices
    ]


def make_eve(path: Path, rows: int, seed: int) -> None:
    """Write an EVE log: nine flows, then a name asked for in TLS."""
    with path.open("w", encoding="utf-8") as out:
        for number, (device, server, port, packets, up, down) in enumerate(flows(rows, seed)):
            time = datetime.fromtimestamp(1_750_000_000 + number // 50, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+0000")
            row = {
                "timestamp": time, "flow_id": 10**15 + number, "event_type": "tls" if number % 10 == 9 else "flow",
                "src_ip": f"10.1.{device // 250}.{device % 250 + 1}", "src_port": port,
                "dest_ip": f"93.184.{server // 250}.{server % 250 + 1}", "dest_port": 443, "proto": "TCP",
                "ether": {"src_macs": [f"02:00:00:00:{device // 250:02x}:{device % 250:02x}"],
                          "dest_macs": ["02:00:00:00:fe:01"]},
                "community_id": f"1:{number:026d}=",
            }  # fmt: skip
            if number % 10 == 9:
                row["tls"] = {"sni": f"s{server}.example.com", "version": "TLS 1.2"}
            else:
                row["app_proto"] = "tls"
                row["flow"] = {
                    "pkts_toserver": packets, "pkts_toclient": 3, "bytes_toserver": up, "bytes_toclient": down,
                    "start": time, "end": time, "age": 5, "state": "closed", "reason": "timeout", "alerted": False,
                }  # fmt: skip
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def make_zeek(path: Path, rows: int, seed: int) -> None:
    """Write a conn.log."""
    with path.open("w", encoding="utf-8") as out:
        out.write("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n")
        out.write("#fields\t" + "\t".join(FIELDS.split()) + "\n")
        for number, (device, server, port, packets, up, down) in enumerate(flows(rows, seed)):
            row = (
                f"{1_750_000_000 + number / 50:.6f}", f"C{number:017d}", f"10.1.{device // 250}.{device % 250 + 1}",
                port, f"93.184.{server // 250}.{server % 250 + 1}", 443, "tcp", "ssl", "5.157831", up, down, "SF", "T",
                "F", 0, "ShAdDaFf", packets, up + 40, 3, down + 40, "-",
            )  # fmt: skip
            out.write("\t".join(map(str, row)) + "\n")


def main() -> None:
    """Compare, then print one line a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eve", type=Path)
    parser.add_argument("--zeek", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="", help="folder of their packages, as `make long` makes .venv-peer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        eve, zeek = asked.eve or Path(folder) / "eve.json", asked.zeek or Path(folder) / "conn.log"
        if asked.eve is None:
            make_eve(eve, asked.rows, asked.seed)
        if asked.zeek is None:
            make_zeek(zeek, asked.rows, asked.seed)
        for path, peers in ((eve, {"json": JSON, "msgspec": MSGSPEC}), (zeek, {"split": CSV})):
            done = {"custodes": run("custodes", [sys.executable, "-c", OURS, str(path)])}
            for name, script in peers.items():
                done[name] = run(name, [sys.executable, "-c", script, str(path)], asked.peers)
            told = json.loads(done["custodes"][2])
            for name, (_, _, output) in done.items():
                if json.loads(output) != told:
                    sys.exit(f"{name} differs from ours on {path.name}")
            print(f"{path.name}: {told[0]:,} rows, {path.stat().st_size / 1e6:.0f} MB, {len(told[1])} pairs: equal")
            for name, (cpu, memory, _) in done.items():
                rate = told[0] / cpu
                print(f"{name:10} {cpu:6.2f} CPU s {rate:10,.0f} rows/s {memory:6.0f} MB peak")


if __name__ == "__main__":
    main()
