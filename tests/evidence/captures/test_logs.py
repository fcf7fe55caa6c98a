"""Logs of Zeek, Suricata, nfdump, resolvers and firewalls, made so that what they tell is known. Synthetic."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from custodes.evidence.captures.logs.kinds import Kind, grouped, kind_of
from custodes.evidence.captures.logs.reading import read_group, sources
from custodes.evidence.captures.reading import read_capture
from custodes.model.captures import Observed, Station
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

MAC, GATEWAY = "02:00:00:00:00:07", "02:00:00:00:fe:01"
HOME, SERVER, CLOUD = "10.0.0.7", "93.184.216.34", "dev.hik-connect.com"


def read(*paths: Path) -> Observed:
    (group,), refused = sources(paths, Limits())
    assert not refused
    return read_group(group, Limits())


def device(seen: Observed, ip: str = HOME) -> Station:
    return next(one for one in seen.stations if ip in one.ips)


def ends(one: Station) -> dict[str, tuple[int, int, int, int]]:
    return {
        f"{peer.ip}:{peer.port}/{peer.proto}": (peer.up.bytes, peer.down.bytes, peer.up.frames, peer.down.frames)
        for peer in one.external
    }


def eve_row(kind: str, **more: object) -> dict[str, object]:
    return {
        "timestamp": "2026-11-26T08:00:05.000001+0000", "event_type": kind, "src_ip": HOME, "src_port": 40_001,
        "dest_ip": SERVER, "dest_port": 443, "proto": "TCP",
        "ether": {"src_mac": MAC, "dest_mac": GATEWAY}, **more,
    }  # fmt: skip


def flow_row(up: int, down: int, **more: object) -> dict[str, object]:
    told = {"pkts_toserver": 3, "pkts_toclient": 2, "bytes_toserver": up, "bytes_toclient": down}
    times = {"start": "2026-11-26T08:00:00.000000+0000", "end": "2026-11-26T08:00:09.000000+0000"}
    ether = {"src_macs": [MAC], "dest_macs": [GATEWAY]}
    return eve_row("flow", flow=told | times, app_proto="tls", **{"ether": ether} | more)


EVE = [
    flow_row(300, 200),
    flow_row(30, 20, src_port=40_002),
    eve_row("tls", tls={"sni": CLOUD, "ja3": {"hash": "a" * 32}, "ja4": "t13d1516h2_8daaf6152771_e5627efa2ab1"}),
    eve_row("http", dest_port=80, http={"hostname": "updates.example", "url": "/fw.bin?pwd=xyz", "http_method": "GET"}),
    eve_row(
        "dns", dest_ip="10.0.0.1", dest_port=53, proto="UDP",
        dns={"type": "answer", "rrname": CLOUD, "answers": [{"rrname": CLOUD, "rrtype": "A", "rdata": SERVER}]},
    ),
    eve_row("dns", dest_ip="8.8.8.8", dest_port=53, proto="UDP",
            dns={"version": 3, "type": "request", "queries": [{"rrname": "third.example"}]}),
    eve_row("dhcp", src_ip="0.0.0.0", dest_ip="255.255.255.255", dest_port=67, proto="UDP",
            dhcp={"client_mac": MAC, "dhcp_type": "request", "hostname": "IPC-7"}),
    eve_row("dhcp", src_ip="10.0.0.1", dest_ip=HOME, dest_port=68, proto="UDP",
            dhcp={"client_mac": MAC, "dhcp_type": "ack", "assigned_ip": HOME, "dns_servers": ["10.0.0.1"]}),
    eve_row("stats", stats={"capture": {"kernel_drops": 17}}),
]  # fmt: skip


def lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_eve_tells_what_its_events_tell(tmp_path: Path) -> None:
    seen = read(write(tmp_path / "eve.json", lines(EVE)))
    camera = device(seen)
    assert (camera.mac, camera.ips) == (MAC, (HOME,))
    assert ends(camera) == {f"{SERVER}:443/tcp": (330, 220, 6, 4)}
    assert camera.external[0].names == {CLOUD: "dns"}
    assert list(camera.notes.sni) == [CLOUD]
    assert list(camera.notes.http_hosts) == ["updates.example"]
    assert [one.uri for one in camera.notes.requests] == ["/fw.bin?pwd=…"]
    assert list(camera.notes.dns) == [CLOUD, "third.example"] or set(camera.notes.dns) == {CLOUD, "third.example"}
    assert (set(camera.notes.resolvers), set(camera.notes.assigned)) == ({"8.8.8.8"}, {"10.0.0.1"})
    assert [one.raw for one in camera.notes.heard] == ["IPC-7"]
    coverage = seen.coverage
    assert (coverage.rows, coverage.packets, coverage.bytes, coverage.dropped) == (9, 10, 550, 17)
    assert (coverage.first, coverage.last) == (1_795_680_000_000_000_000, 1_795_680_009_000_000_000)
    assert (str(coverage.layer), coverage.gaps, coverage.truncated) == ("frame", (), False)


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_packed_log_is_read_like_the_plain_one(tmp_path: Path, packing: str) -> None:
    plain = read(write(tmp_path / "eve.json", lines(EVE)))
    data = gzip.compress(lines(EVE)) if packing == "gzip" else pa.compress(lines(EVE), codec="zstd", asbytes=True)
    packed = read(write(tmp_path / "packed", data))
    assert packed.stations == plain.stations
    assert packed.coverage == plain.coverage


def test_rows_that_are_none_are_counted_and_harm_no_other(tmp_path: Path) -> None:
    bad = [
        b"\n",
        b"not json\n",
        b"[1,2]\n",
        b'{"event_type":"flow","src_ip":"nowhere","dest_ip":"10.0.0.1"}\n',
        b"\xff\xfe\n",
    ]
    seen = read(write(tmp_path / "eve.json", lines(EVE[:1]) + b"".join(bad) + lines(EVE[1:2])))
    assert ends(device(seen)) == {f"{SERVER}:443/tcp": (330, 220, 6, 4)}
    (gap,) = (gap for gap in seen.coverage.gaps if "not understood" in gap)
    assert int(gap.split()[0]) >= 3


def test_a_line_without_end_costs_no_memory_and_loses_no_other(tmp_path: Path) -> None:
    long = b'{"event_type":"alert","payload":"' + b"A" * (100 << 20) + b'"}\n'
    seen = read(write(tmp_path / "eve.json", lines(EVE[:1]) + long + lines(EVE[1:2])))
    assert ends(device(seen)) == {f"{SERVER}:443/tcp": (330, 220, 6, 4)}
    assert any("too long" in gap for gap in seen.coverage.gaps)


CONN = [
    *["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes"],
    *["resp_bytes", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "orig_l2_addr", "resp_l2_addr"],
]
ENDS = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"]
CONN_ROWS = [
    ["1795680000.5", "C1", HOME, "40001", SERVER, "443", "tcp", "ssl", "9.5", "180", "100", "3", "258", "2", "172", MAC,
     GATEWAY],
    ["1795680001.0", "C2", HOME, "40002", SERVER, "443", "tcp", "ssl", "-", "18", "10", "1", "26", "1", "18", MAC,
     GATEWAY],
    ["1795680002.0", "C3", HOME, "8", SERVER, "0", "icmp", "-", "-", "-", "-", "1", "84", "0", "0", MAC, GATEWAY],
]  # fmt: skip
ZEEK = {
    "conn": (CONN, CONN_ROWS),
    "dns": (
        [*ENDS, "query", "qtype_name", "answers"],
        [["1795680000.1", HOME, "5000", "10.0.0.1", "53", CLOUD, "A", f"alias.example,{SERVER}"]],
    ),
    "ssl": (
        [*ENDS, "cipher", "server_name"],
        [["1795680000.2", HOME, "40001", SERVER, "443", "X", CLOUD]],
    ),
    "http": (
        [
            *ENDS,
            "method",
            "host",
            "uri",
            "user_agent",
            "status_code",
        ],
        [["1795680000.3", HOME, "40003", SERVER, "80", "GET", "updates.example", "/a#b\"c'd", 'cam "1"', "200"]],
    ),
    "dhcp": (
        ["ts", "uids", "client_addr", "server_addr", "mac", "host_name", "assigned_addr", "msg_types"],
        [["1795680000.0", "C9", HOME, "10.0.0.1", MAC, "IPC-7", HOME, "REQUEST,ACK"]],
    ),
}
_LISTS = {"answers", "msg_types"}


def zeek_tsv(folder: Path, log: str) -> Path:
    fields, rows = ZEEK[log]
    head = f"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{log}\n"
    text = head + "#fields\t" + "\t".join(fields) + "\n" + "".join("\t".join(row) + "\n" for row in rows)
    return write(folder / f"{log}.log", (text + "#close\t2026-11-26-08-00-00\n").encode())


def zeek_json(folder: Path, log: str) -> Path:
    fields, rows = ZEEK[log]
    told = []
    for row in rows:
        made = {name: value for name, value in zip(fields, row, strict=True) if value != "-"}
        told.append({name: value.split(",") if name in _LISTS else value for name, value in made.items()})
        if "ts" in made:
            told[-1]["ts"] = float(made["ts"])
    return write(folder / f"{log}.log", lines(told))


@pytest.mark.parametrize("make", [zeek_tsv, zeek_json])
def test_the_logs_of_a_zeek_are_read_as_one(tmp_path: Path, make: object) -> None:
    seen = read(*(make(tmp_path, log) for log in ZEEK))  # type: ignore[operator]
    camera = device(seen)
    assert camera.mac == MAC
    assert ends(camera) == {f"{SERVER}:443/tcp": (284, 190, 4, 3)}
    assert [(peer.proto, peer.up.bytes) for peer in camera.portless] == [("icmp", 84)]
    assert camera.external[0].names == {CLOUD: "dns"}
    assert (list(camera.notes.dns), list(camera.notes.sni)) == ([CLOUD], [CLOUD])
    (asked,) = camera.notes.requests
    assert (asked.host, asked.uri, asked.agent) == ("updates.example", "/a#b\"c'd", 'cam "1"')
    assert list(camera.notes.resolvers) == ["10.0.0.1"]
    assert [one.raw for one in camera.notes.heard] == ["IPC-7"]
    assert (seen.coverage.rows, str(seen.coverage.layer)) == (7, "ip")
    assert (seen.coverage.first, seen.coverage.last) == (1_795_680_000_000_000_000, 1_795_680_010_000_000_000)


def test_logs_of_other_captures_in_the_same_folder_stay_apart(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a_conn.log", "a_dns.log", "b_conn.log", "conn.1.log", "dns.1.log")]
    groups = grouped((path, Kind.ZEEK_TSV) for path in paths)
    assert [[path.name for path in group.paths] for group in groups] == [
        ["a_conn.log", "a_dns.log"], ["b_conn.log"], ["conn.1.log", "dns.1.log"],
    ]  # fmt: skip


def test_columns_that_were_cut_or_named_otherwise(tmp_path: Path) -> None:
    rows = "".join("\t".join(row[1:7]) + "\n" for row in CONN_ROWS)
    cut = write(
        tmp_path / "conn.log", ("\t".join(CONN[1:7]) + "\tconn_state\n" + rows.replace("\n", "\tSF\n")).encode()
    )
    assert list(ends(device(read(cut)))) == [f"{SERVER}:443/tcp"]
    renamed = zeek_tsv(tmp_path, "conn").read_text().replace("id.orig_h", "src_ip").replace("id.resp_h", "dst_ip")
    renamed = renamed.replace("id.orig_p", "src_port").replace("id.resp_p", "dst_port")
    assert ends(device(read(write(tmp_path / "renamed.log", renamed.encode()))))[f"{SERVER}:443/tcp"][0] == 284
    blind = write(tmp_path / "blind.log", b"#fields\tuid\thistory\nC1\tShAD\n")
    (group,), _ = sources([blind], Limits())
    with pytest.raises(BadInput, match="cut"):
        read_group(group, Limits())


def test_logs_put_behind_one_another(tmp_path: Path) -> None:
    text = zeek_tsv(tmp_path, "conn").read_text()
    twice = write(tmp_path / "twice.log", (text + text).encode())
    assert ends(device(read(twice))) == {f"{SERVER}:443/tcp": (568, 380, 8, 6)}
    other = text.replace("orig_bytes\tresp_bytes", "resp_bytes\torig_bytes")
    (group,), _ = sources([write(tmp_path / "other.log", (text + other).encode())], Limits())
    with pytest.raises(BadInput, match="columns of a log of Zeek change"):
        read_group(group, Limits())


FIREWALLS = {
    "netfilter": (
        "2026-11-26T08:00:01+00:00 gw kernel: [1.0] FWD IN=eth0 OUT=wan MAC=02:00:00:00:fe:01:02:00:00:00:00:07:08:00 "
        f"SRC={HOME} DST={SERVER} LEN=84 TOS=0x00 TTL=63 PROTO=TCP SPT=40001 DPT=443 WINDOW=1 SYN\n",
        (84, 0, 1, 0),
    ),
    "filterlog": (
        "<134>2026-11-26T08:00:01+00:00 fw filterlog[1234]: 5,,,1000000103,em1,match,pass,in,4,0x0,,64,0,0,DF,6,tcp,"
        f"84,{HOME},{SERVER},40001,443,0,S,1,,1,,\n",
        (84, 0, 1, 0),
    ),
    "asa": (
        "2026-11-26T08:00:01Z fw : %ASA-6-302014: Teardown TCP connection 7 for outside:"
        f"{SERVER}/443 to inside:{HOME}/40001 duration 0:00:09 bytes 84 TCP FINs\n",
        (84, 0, 0, 0),
    ),
    "fortigate": (
        'date=2026-11-26 time=08:00:01 devname="fw" type="traffic" '
        f'srcip={HOME} srcport=40001 srcmac="{MAC}" dstip={SERVER} dstport=443 proto=6 sentbyte=84 rcvdbyte=60 '
        "sentpkt=2 rcvdpkt=1\n",
        (84, 60, 2, 1),
    ),
}


@pytest.mark.parametrize("kind", FIREWALLS)
def test_what_firewalls_write_down(tmp_path: Path, kind: str) -> None:
    line, wanted = FIREWALLS[kind]
    seen = read(write(tmp_path / "fw.log", (line + "Nov 26 08:00:02 fw sshd[1]: something else\n").encode()))
    assert ends(device(seen)) == {f"{SERVER}:443/tcp": wanted}
    assert seen.coverage.first == 1_795_680_001_000_000_000
    assert "1 of 2 rows were not understood" in seen.coverage.gaps


def one_log(folder: Path, text: str) -> Observed:
    return read(write(folder / "x.log", text.encode()))


def test_what_an_error_quotes_is_no_traffic_and_the_first_length_counts(tmp_path: Path) -> None:
    head = "2026-11-26T08:00:01Z gw kernel: IN=br0 OUT=br0 MAC=02:00:00:00:00:0a:02:00:00:00:00:01:08:00 "
    error = (
        head + f"SRC=192.168.1.1 DST={HOME} LEN=88 PROTO=ICMP TYPE=3 CODE=1 [SRC={HOME} DST={SERVER} LEN=60 PROTO=TCP "
    )
    error += "SPT=40000 DPT=443 ]\n"
    udp = (
        f"2026-11-26T08:00:01Z gw kernel: IN=br0 OUT=wan SRC={HOME} DST={SERVER} LEN=78 PROTO=UDP SPT=1 DPT=9 LEN=58\n"
    )
    seen = one_log(tmp_path, error + udp)
    assert ends(device(seen)) == {f"{SERVER}:9/udp": (78, 0, 1, 0)}
    assert all(not one.external for one in seen.stations if HOME not in one.ips)


def test_rows_of_a_session_that_add_up_by_themselves_count_once(tmp_path: Path) -> None:
    row = f"date=2026-11-26 time=08:00:01 type=traffic sessionid=7 srcip={HOME} srcport=1 dstip={SERVER} "
    row += "dstport=443 proto=6 "
    rows = [f"{row}sentbyte={sent} rcvdbyte={sent * 2}\n" for sent in (1_000, 2_000, 3_000)]
    other = rows[-1].replace("type=traffic", "type=utm")
    assert ends(device(one_log(tmp_path, "".join(rows) + other))) == {f"{SERVER}:443/tcp": (3_000, 6_000, 0, 0)}


def test_answers_of_a_resolver_go_to_whoever_asked(tmp_path: Path) -> None:
    head = "Nov 26 08:00:00 dnsmasq[1]: "
    told = [
        "query[A] a.com from 10.0.0.10", "query[A] b.com from 10.0.0.11",
        "reply a.com is <CNAME>", "reply a1.x is 192.0.2.1", "reply b.com is <CNAME>", "reply b1.x is 192.0.2.2",
        "query[A] a.com from 10.0.0.12", "reply a.com is 192.0.2.3",
    ]  # fmt: skip
    seen = one_log(tmp_path, "".join(f"{head}{line}\n" for line in told))
    called = {
        one.ips[0]: {peer[0][-1]: list(names) for peer, names in one.notes.called.items()} for one in seen.stations
    }
    assert called == {"10.0.0.10": {1: ["a.com"]}, "10.0.0.11": {2: ["b.com"]}, "10.0.0.12": {3: ["a.com"]}}


@pytest.mark.parametrize(
    "text",
    [
        'name,note\ncam,"srcip=1.2.3.4 and dstip=9.9.9.9"\n',
        "name,note\ncam,see %ASA-6-302014: Teardown\n",
        '{"event_type":"x","devices":[]}\n',
        "uid\tname\tmake\n1\tGate\tAxis\n",
    ],
)
def test_registers_and_notes_are_no_logs(text: str) -> None:
    assert kind_of(text.encode()) is None


def test_a_line_of_json_before_a_log_hides_nothing() -> None:
    assert kind_of(b'{"note":1}\n' + FIREWALLS["netfilter"][0].encode()) is Kind.FIREWALL


def test_a_log_of_which_nothing_is_understood_is_refused(tmp_path: Path) -> None:
    (group,), _ = sources([write(tmp_path / "x.log", b"Nov 26 08:00:00 fw filterlog[1]: 1,2,3\n")], Limits())
    with pytest.raises(BadInput, match="none of its rows"):
        read_group(group, Limits())


ALL = {
    "eve.json": lines(EVE[:3]),
    "http.log": b"#separator \\x09\n#path\thttp\n"
    b"#fields\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\thost\turi\n"
    b"10.0.0.7\t1\t93.184.216.34\t80\tGET\ta.example\t/\n",
    "flows.csv": b"firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes\n"
    b"2026-11-26 08:00:00.000,1.0,TCP,10.0.0.7,40001,93.184.216.34,443,3,300\n",
    "dnsmasq.log": b"Nov 26 08:00:00 dnsmasq[1]: query[A] a.example from 10.0.0.7\n"
    b"Nov 26 08:00:00 dnsmasq[1]: reply a.example is 93.184.216.34\n",
    "fw.log": "".join(line for line, _ in FIREWALLS.values()).encode(),
}


@pytest.mark.parametrize("name", ALL)
def test_every_beginning_of_a_log_is_read_or_refused_and_never_fails(tmp_path: Path, name: str) -> None:
    whole = ALL[name]
    for size in range(0, len(whole), 7 if name == "eve.json" else 3):
        path = write(tmp_path / name, whole[:size])
        groups, refused = sources([path], Limits())
        assert len(groups) + len(refused) == 1
        for group in groups:
            try:
                seen = read_group(group, Limits())
            except BadInput:
                continue
            assert all(station.external is not None for station in seen.stations)
            assert seen.coverage.rows is not None


@pytest.mark.parametrize("text", [b"", b"hello\n", b"{}\n", b"a,b,c\n1,2,3\n", b"<html></html>", b"\0" * 100])
def test_what_is_no_log_is_refused(tmp_path: Path, text: bytes) -> None:
    assert kind_of(text) is None
    groups, (error,) = sources([write(tmp_path / "x", text)], Limits())
    assert not groups
    assert "no capture and no log" in str(error)


def test_suricatas_own_log_tells_the_same_as_the_capture_it_read(shared_data: Path) -> None:
    name = "D-LinkCam_Setup-A-1-STA"
    folder = shared_data / "pcap"
    ours = read_capture(folder / "iot_sentinel" / f"{name}.pcap", Limits())
    theirs = read(folder / "suricata_eve" / f"{name}.pcap.eve.json")
    for station in theirs.stations:
        (same,) = (one for one in ours.stations if one.mac == station.mac)
        assert ends(same) == ends(station)
        assert set(station.notes.dns) <= set(same.notes.dns)
        assert set(station.notes.sni) == set(same.notes.sni)
        assert [one.ip for one in station.portless] in ([], [one.ip for one in same.portless])
    names = {name for one in theirs.stations for name in one.notes.dns}
    assert names == {name for one in ours.stations for name in one.notes.dns if not name.endswith((".local", ".arpa"))}


def test_zeeks_own_logs_of_connections_add_up(shared_data: Path) -> None:
    """Real logs of Zeek: all bytes and packets that a plain walk through the columns finds."""
    walked = 0
    for path in sorted((shared_data / "pcap" / "zeek_logs").glob("*_conn.log")):
        told = [line for line in path.read_text(errors="replace").splitlines() if not line.startswith("###")]
        fields = next((line.split("\t")[1:] for line in told if line.startswith("#fields")), [])
        if not {"id.orig_h", "orig_ip_bytes"} <= set(fields):
            continue
        rows = [dict(zip(fields, row, strict=True)) for row in csv.reader(
            (line for line in told if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)]  # fmt: skip
        count = {name: [int(row[name]) for row in rows if row[name] != "-"] for name in (
            "orig_ip_bytes", "resp_ip_bytes", "orig_pkts", "resp_pkts")}  # fmt: skip
        if not count["orig_ip_bytes"]:  # where no row counts packets, what was carried is told
            for way in ("orig", "resp"):
                count[f"{way}_ip_bytes"] = [int(row[f"{way}_bytes"]) for row in rows if row[f"{way}_bytes"] != "-"]
        seen = read(path)
        assert seen.coverage.rows == len(rows), path.name
        assert seen.coverage.bytes == sum(count["orig_ip_bytes"] + count["resp_ip_bytes"]), path.name
        assert seen.coverage.packets == sum(count["orig_pkts"] + count["resp_pkts"]), path.name
        walked += 1
    assert walked > 20
