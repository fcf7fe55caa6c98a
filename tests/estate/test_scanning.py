"""Scans beside registers: joined by MAC, hosts merged, every host accounted for, a port number no evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.estate.behind import told_apart
from custodes.estate.meeting import address_of
from custodes.evidence.scans.scanners import REPLIES
from custodes.evidence.wire.read import read_text

HOST = '<host><address addr="{ip}" addrtype="ipv4"/>{mac}<ports>{ports}</ports></host>'
PORT = '<port protocol="tcp" portid="{port}"><state state="open"/><service name="{name}" {more}/>{script}</port>'
MAC = '<address addr="{}" addrtype="mac"/>'


def _port(port: int, name: str = "http", more: str = 'method="table"', script: str = "") -> str:
    return PORT.format(port=port, name=name, more=more, script=script)


def _server(text: str) -> str:
    return _port(80, script=f'<script id="http-server-header" output="{text}"/>')


def _scan(path: Path, *hosts: tuple[str, str, str]) -> Path:
    body = "".join(HOST.format(ip=ip, mac=MAC.format(mac) if mac else "", ports=ports) for ip, mac, ports in hosts)
    path.write_text(f"<nmaprun><!-- SYNTHETIC -->{body}</nmaprun>", encoding="utf-8")
    return path


def _assessed(path: Path) -> dict:
    done = CliRunner().invoke(app, ["assess", str(path), "--format", "json", "--as-at", "2026-11-25"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _placed(found: dict) -> list[tuple[str, int]]:
    placed = [(s["file"], s["row"]) for device in found["devices"] for s in device["sources"]]
    return sorted(placed + [(s["file"], s["row"]) for s in found["summary"]["skipped"]])


def test_every_host_is_a_device_or_skipped_with_its_reason(tmp_path: Path) -> None:
    path = _scan(
        tmp_path / "scan.xml",
        ("192.0.2.1", "", _server("Netwave IP Camera")),
        ("192.0.2.2", "", _port(9100, "jetdirect")),
        ("192.0.2.3", "", _server("Linux UPnP/1.0 Huawei-ATP-IGD")),
    )
    found = _assessed(path)
    assert _placed(found) == [("scan.xml", 1), ("scan.xml", 2), ("scan.xml", 3)]
    (device,) = found["devices"]
    assert device["attribution"]["brand"] == "netwave"
    assert [skip["reason"] for skip in found["summary"]["skipped"]] == [
        "seen on the network, and nothing it says tells that it watches",
        "seen on the network: by what it says no device that watches",
    ]


def test_a_service_guessed_from_its_port_number_is_no_evidence(tmp_path: Path) -> None:
    guess = _port(8000, "hikvision-camera", 'product="Hikvision camera" method="table" conf="3"')
    assert _assessed(_scan(tmp_path / "scan.xml", ("192.0.2.1", "", guess)))["devices"] == []


def test_what_a_scanner_concluded_is_proposed_and_not_asserted(tmp_path: Path) -> None:
    verdict = _port(80, "http", 'product="Hikvision IP camera httpd" method="probed"')
    (device,) = _assessed(_scan(tmp_path / "scan.xml", ("192.0.2.1", "", verdict)))["devices"]
    assert (device["attribution"]["brand"], device["attribution"]["status"]) == ("hikvision", "review")


def test_answers_of_one_host_in_several_rows_are_one_device(tmp_path: Path) -> None:
    rows = [
        {"ip": "192.0.2.9", "ports": [{"port": 80, "proto": "tcp", "service": {"name": "title", "banner": "Login"}}]},
        {
            "ip": "192.0.2.9",
            "ports": [{"port": 81, "proto": "tcp", "service": {"name": "http.server", "banner": "Netwave IP Camera"}}],
        },
    ]
    path = tmp_path / "m.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    (device,) = _assessed(path)["devices"]
    assert [source["row"] for source in device["sources"]] == [1, 2]


REGISTER = "Ref,Place,Maker,Model,MAC\n1,Gate,{maker},{model},02-00-5E-10-00-0{n}\n"


@pytest.mark.parametrize("maker", ["", "Netwave", "Axis"])
def test_a_register_and_a_scan_are_joined_by_the_address_of_the_card(tmp_path: Path, maker: str) -> None:
    """The block is one of Axis; what the wire says is then compared with the label."""
    (tmp_path / "r.csv").write_text(
        REGISTER.format(maker=maker, model="", n=1).replace("02-00-5E", "00-40-8C"), encoding="utf-8"
    )
    _scan(tmp_path / "s.xml", ("192.0.2.1", "00:40:8C:10:00:01", _server("Netwave IP Camera")))
    found = _assessed(tmp_path)
    (device,) = found["devices"]
    assert {source["file"] for source in device["sources"]} == {"r.csv", "s.xml"}
    if maker != "Axis":
        assert device["attribution"]["brand"] == "netwave"
    assert any("Netwave IP Camera" in because["text"] for because in device["attribution"]["because"])


def test_a_bare_neighbour_counts_only_where_a_record_is_joined_to_it(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("Ref,Maker,MAC\n1,Axis,00:40:8C:10:00:01\n", encoding="utf-8")
    (tmp_path / "arp.txt").write_text(
        "? (192.0.2.1) at 00:40:8c:10:00:01 [ether] on eth0\n? (192.0.2.2) at 00:00:5e:00:53:01 [ether] on eth0\n",
        encoding="utf-8",
    )
    found = _assessed(tmp_path)
    (device,) = found["devices"]
    assert {source["file"] for source in device["sources"]} == {"r.csv", "arp.txt"}
    assert _placed(found) == [("arp.txt", 1), ("arp.txt", 2), ("r.csv", 2)]


def test_a_damaged_scan_loses_nothing_before_the_damage(tmp_path: Path) -> None:
    whole = _scan(tmp_path / "a.xml", *[(f"192.0.2.{n}", "", _server("Netwave IP Camera")) for n in range(1, 6)])
    cut = tmp_path / "b.xml"
    cut.write_text(whole.read_text(encoding="utf-8")[:-120], encoding="utf-8")
    found = _assessed(cut)
    assert len(found["devices"]) == 4
    assert "breaks off or is damaged" in found["summary"]["skipped"][0]["reason"]


def test_an_address_block_alone_tells_only_of_makers_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "arp.txt"
    path.write_text(
        "? (192.0.2.1) at 44:19:b6:00:00:01 [ether] on eth0\n? (192.0.2.2) at 00:40:8c:00:00:01 [ether] on eth0\n",
        encoding="utf-8",
    )
    found = _assessed(path)
    (device,) = found["devices"]
    assert (device["attribution"]["brand"], device["attribution"]["status"]) == ("hikvision", "review")


def test_replies_of_one_host_are_one_device_where_no_identifier_may_say_so(tmp_path: Path) -> None:
    """A locally administered address joins nothing (two networks may use it); one host of one file stays one device."""
    onvif = "<Manufacturer>IPC</Manufacturer><Model>1</Model><FirmwareVersion>2</FirmwareVersion>"
    sadp = "<ProbeMatch><DeviceDescription>IPC-1</DeviceDescription><DeviceSN>1</DeviceSN><MAC>{mac}</MAC></ProbeMatch>"
    rows = [{"format": REPLIES}]
    for host in ("1", "2"):
        told = {"onvif.GetDeviceInformation": onvif, "sadp": sadp.replace("{mac}", f"02-00-00-00-00-0{host}")}
        for protocol, raw in told.items():
            rows.append({"ip": f"192.0.2.{host}", "protocol": protocol, "encoding": "text", "raw": raw})
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    devices = _assessed(path)["devices"]
    assert [len(device["sources"]) for device in devices] == [2, 2]


def test_why_a_host_names_no_make_speaks_of_what_it_said(tmp_path: Path) -> None:
    onvif = "<Manufacturer>IPC</Manufacturer><Model>1</Model><FirmwareVersion>2</FirmwareVersion>"
    told = {"ip": "192.0.2.1", "protocol": "onvif.GetDeviceInformation", "encoding": "text", "raw": onvif}
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, [{"format": REPLIES}, told])), encoding="utf-8")
    (device,) = _assessed(path)["devices"]
    assert device["attribution"]["reason"] == "no-brand-in-text"


def _replies(path: Path, *told: tuple[str, str]) -> None:
    """Replies to SADP as `discover` keeps them: address and the document."""
    rows = [{"ip": ip, "protocol": "sadp", "encoding": "text", "raw": raw} for ip, raw in told]
    path.write_text("\n".join(map(json.dumps, [{"format": REPLIES}, *rows])), encoding="utf-8")


def _sadp(label: str, model: str = "AC-1") -> str:
    told = f"<DeviceDescription>{model}</DeviceDescription><DeviceSN>{model}1</DeviceSN><OEMInfo>{label}</OEMInfo>"
    return f"<ProbeMatch>{told}</ProbeMatch>"


def test_a_platform_on_the_wire_speaks_of_the_maker_and_not_of_the_label(tmp_path: Path) -> None:
    labels = ("Annke", "Acme Unheard Of", "")
    _replies(tmp_path / "r.jsonl", *((f"10.0.0.{n}", _sadp(label)) for n, label in enumerate(labels, 1)))
    relabelled, unheard, bare = (device["attribution"] for device in _assessed(tmp_path / "r.jsonl")["devices"])
    assert (relabelled["brand"], relabelled["status"], relabelled["oem"]) == ("annke", "asserted", "hikvision")
    assert (unheard["brand"], unheard["status"], unheard["oem"], unheard["maker_status"]) == (
        None,
        "unknown",
        None,
        "review",
    )
    assert [item["name"] for item in unheard["candidates"]] == ["Hikvision"]
    assert (bare["brand"], bare["status"], bare["oem"]) == ("hikvision", "review", None)
    for told in (relabelled, unheard, bare):
        assert sum("answers SADP" in because["text"] for because in told["because"]) == 1


def test_a_platform_under_the_label_of_another_maker_puts_the_maker_in_question(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("Name,IP address,Make,Model\nGate,10.0.0.1,Axis,P3245-LV\n", encoding="utf-8")
    _replies(tmp_path / "r.jsonl", ("10.0.0.1", _sadp("", "P3245-LV")))
    (device,) = _assessed(tmp_path)["devices"]
    told = device["attribution"]
    assert (told["brand"], told["oem"], told["maker_status"]) == ("axis", None, "review")
    assert {item["name"] for item in told["candidates"]} == {"Axis", "Hikvision"}


NETWAVE = ("10.0.0.5", "", _server("Netwave IP Camera"))


@pytest.mark.parametrize(
    ("register", "others", "joined"),
    [
        ("Name,IP address\nGate,10.0.0.5\n", "", True),
        ("Name,URL\nGate,http://10.0.0.5:8080/view\n", "", True),
        ("Name,IP address\nGate,10.0.0.5\nYard,10.0.0.6\n", "", True),
        ("Name,IP address\nGate,10.0.0.5\nYard,10.0.0.5\n", "", False),  # which of the two is not known
        ("Name,IP address\nGate,10.0.0.50\n", "", False),
        ("Name,IP address\nGate,10.0.0.5\n", "Name,IP address\nHall,10.0.0.5\n", False),  # nor which register's
        ("Name,IP address,MAC\nGate,10.0.0.5,00:40:8C:10:00:01\n", "", True),
    ],
)
def test_a_host_joins_the_one_record_of_its_network_address(
    tmp_path: Path, register: str, others: str, joined: bool
) -> None:
    (tmp_path / "r.csv").write_text(register, encoding="utf-8")
    if others:
        (tmp_path / "other.csv").write_text(others, encoding="utf-8")
    _scan(tmp_path / "s.xml", NETWAVE)
    devices = {device["name"]: device for device in _assessed(tmp_path)["devices"]}
    files = {source["file"] for source in devices["Gate"]["sources"]}
    assert files == ({"r.csv", "s.xml"} if joined else {"r.csv"})
    said = any("network address alone" in because["text"] for because in devices["Gate"]["attribution"]["because"])
    assert said is joined
    assert devices["Gate"]["attribution"]["brand"] == ("netwave" if joined else None)
    rows = sum(len(text.splitlines()) - 1 for text in (register, others) if text) + 1
    assert len(_placed(_assessed(tmp_path))) == rows


def test_a_host_with_another_card_than_the_record_is_another_device(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("Name,IP address,MAC\nGate,10.0.0.5,00:40:8C:10:00:01\n", encoding="utf-8")
    _scan(tmp_path / "s.xml", ("10.0.0.5", "00:40:8C:10:00:02", _server("Netwave IP Camera")))
    assert len(_assessed(tmp_path)["devices"]) == 2


@pytest.mark.parametrize(("place", "joined"), [("quay", True), ("harbour", False)])
def test_a_scan_of_another_site_does_not_meet_the_same_private_address(
    tmp_path: Path, place: str, joined: bool
) -> None:
    (tmp_path / "r.csv").write_text("Name,IP address\nGate,10.0.0.5\n", encoding="utf-8")
    _scan(tmp_path / "s.xml", NETWAVE)
    (tmp_path / "custodes.toml").write_text(
        '[[site]]\nid = "quay"\nname = "Quay"\n[[site]]\nid = "harbour"\nname = "Harbour"\n'
        '[[source]]\nfile = "r.csv"\nsite = "quay"\n'
        f'[[source]]\nfile = "s.xml"\nsite = "{place}"\n',
        encoding="utf-8",
    )
    assert len(_assessed(tmp_path)["devices"]) == (1 if joined else 2)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.5", "10.0.0.5"),
        (" http://10.0.0.5:8080/x", "10.0.0.5"),
        ("rtsp://[2001:db8::5]:554/", "2001:db8::5"),
        ("2001:db8::5", "2001:db8::5"),
        ("0.0.0.0", ""),
        ("127.0.0.1", ""),
        ("10.0.0.256", ""),
        ("1.2.3", ""),
        ("camera5.example.org", ""),
        ("12 High Street", ""),
    ],
)
def test_what_is_a_network_address(text: str, address: str) -> None:
    assert address_of(text) == address


def test_half_a_character_in_a_scan_costs_no_other_host(tmp_path: Path) -> None:
    rows = [
        '{"ip_str":"192.0.2.1","port":80,"http":{"title":"\\udfff x"},"data":"\\ud800"}',
        json.dumps({"ip_str": "192.0.2.2", "port": 80, "http": {"server": "Netwave IP Camera"}, "data": "x"}),
    ]
    (tmp_path / "s.json").write_text("\n".join(rows), encoding="utf-8")
    (device,) = _assessed(tmp_path / "s.json")["devices"]
    assert device["attribution"]["brand"] == "netwave"


def _heard(path: Path, *told: tuple[str, str]) -> Path:
    """Replies of one address, as `discover` keeps them: protocol and text."""
    rows = [{"ip": "192.0.2.7", "protocol": protocol, "encoding": "text", "raw": raw} for protocol, raw in told]
    path.write_text("\n".join(map(json.dumps, [{"format": REPLIES}, *rows])), encoding="utf-8")
    return path


def _numbered(model: str, number: str, mac: str) -> tuple[str, str]:
    told = f"<DeviceDescription>{model}</DeviceDescription><DeviceSN>{model}20200101AAWRE{number}</DeviceSN>"
    return "sadp", f"<ProbeMatch>{told}<MAC>{mac}</MAC></ProbeMatch>"


def test_two_devices_behind_one_address_are_told_apart(tmp_path: Path) -> None:
    camera, recorder = "DS-2CD2143G2-I", "DS-7608NI-K2"
    path = _heard(
        tmp_path / "r.jsonl",
        _numbered(camera, "11111111", "44-19-b6-00-00-01"),
        _numbered(recorder, "22222222", "44-19-b6-00-00-02"),
        ("http.header.server", "App-webs/"),
    )
    found = _assessed(path)
    assert sorted(device["attribution"]["model"] for device in found["devices"]) == [camera, recorder]
    assert {device["attribution"]["status"] for device in found["devices"]} == {"asserted"}
    (skipped,) = found["summary"]["skipped"]
    assert skipped["reason"] == "could be of any of the 2 devices behind its address"
    assert len(_placed(found)) == 3


def test_a_device_with_two_cards_stays_one() -> None:
    scopes = "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/MAC/44:19:b6:00:00:09"
    wireless = ("ws-discovery", f"<ProbeMatches><ProbeMatch><Scopes>{scopes}</Scopes></ProbeMatch></ProbeMatches>")
    replies = [_numbered("DS-2CD2143G2-I", "11111111", "44-19-b6-00-00-01"), wireless]
    assert len(told_apart([read_text(*reply) for reply in replies]).devices) == 1


def test_a_switch_of_a_camera_maker_is_its_equipment_and_no_camera(tmp_path: Path) -> None:
    path = _heard(tmp_path / "r.jsonl", _numbered("DS-3E1526P-EI", "11111111", ""))
    (device,) = _assessed(path)["devices"]
    assert (device["attribution"]["brand"], device["attribution"]["device_type"]) == ("hikvision", "network switch")
