"""`custodes capture`: the published form, destinations, uploads and updates; nothing of payloads in any output."""

from __future__ import annotations

import json
import random
import struct
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.model.errors import BadInput, BadUsage
from custodes.publication import schemas

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))
import wire_made as made

CLOUD = "dev.hik-connect.com"
DICE = random.Random(2)
SECRET = b"KNOWN-PAYLOAD-BYTES-7f3a"


def _video(target: str, port: int, seconds: int) -> list[bytes]:
    """A second holds fifty datagrams of 1,000 bytes: the captures made here have a frame a millisecond."""
    dice = random.Random(1)
    filler = SECRET + dice.randbytes(976)
    return [made.out(made.udp(5_004, port, filler), target=target) for _ in range(seconds * 1_000)]


def _asked(path: Path, *options: str) -> list[dict]:
    done = CliRunner().invoke(app, ["capture", str(path), "--format", "jsonl", *options])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        Draft202012Validator(schemas.schema("capture")).validate(row)
    return rows


def _camera(rows: list[dict]) -> dict:
    return next(row for row in rows if row["mac"] == made.CAMERA)


FRAMES = [
    made.arp(made.CAMERA, made.HOME),
    made.out(made.udp(5_000, 53, made.query(CLOUD)), target="8.8.8.8"),
    made.back(made.udp(53, 5_000, made.reply(CLOUD, made.SERVER)), source="8.8.8.8"),
    made.out(made.tcp(40_001, 443, 1, made.record(made.hello(CLOUD))), made.TCP),
    *made.talk(
        made.get("/firmware/IPC.bin?fwver=V5.7.1&pwd=" + SECRET.decode(), "updates.example"),
        made.answer(b"\x7fELF" + SECRET * 90),
        source=40_002,
        server=made.OTHER,
    ),
]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return made.pcap(tmp_path / "SYNTHETIC.pcap", FRAMES)


def test_whose_a_destination_is_and_what_says_so(capture: Path) -> None:
    peers = {(peer["ip"], peer["port"]): peer for peer in _camera(_asked(capture))["external"]}
    cloud = peers[made.SERVER, 443]
    assert (cloud["operator"], cloud["supplier"], cloud["domain"]) == ("Hikvision", "hikvision", "hik-connect.com")
    assert cloud["names"] == [{"name": CLOUD, "origin": "dns"}]
    assert peers[made.OTHER, 80]["names"] == [{"name": "updates.example", "origin": "host"}]
    (service,) = (item for item in cloud["because"] if item["kind"] == "service")
    assert service["source"]
    assert {item["kind"] for item in cloud["because"]} == {"name", "service", "network"}
    assert cloud["operator_country"] == "CN"
    resolver = peers["8.8.8.8", 53]
    assert (resolver["operator"], resolver["status"]) == (None, "unknown")


def test_destinations_are_judged_anew_and_the_earlier_finding_stays(capture: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_text("".join(json.dumps(row) + "\n" for row in _asked(capture)), encoding="utf-8")
    assert _asked(before, "--again") == [json.loads(line) for line in before.read_text().splitlines()]
    own = tmp_path / "own.csv"
    own.write_text(f"network,country\n{made.SERVER}/32,IS\n", encoding="utf-8")
    after = _camera(_asked(before, "--again", "--networks", str(own)))
    (cloud,) = (peer for peer in after["external"] if (peer["ip"], peer["port"]) == (made.SERVER, 443))
    (old,) = (peer for peer in _camera(_asked(capture))["external"] if (peer["ip"], peer["port"]) == (made.SERVER, 443))
    assert cloud["hosting_countries"][0] == "IS"
    assert [earlier["hosting_countries"] for earlier in cloud["earlier"]] == [old["hosting_countries"]]
    (other,) = (peer for peer in after["external"] if peer["ip"] == made.OTHER)
    assert "earlier" not in other


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"external": [1], "coverage": {"last": 1}}', "not json"])
def test_what_is_no_earlier_output_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "before.jsonl"
    path.write_text(text or "x")
    done = CliRunner().invoke(app, ["capture", str(path), "--again"])
    assert done.exit_code != 0
    assert isinstance(done.exception, BadInput)


def test_requests_for_updates_and_fetched_files(capture: Path) -> None:
    row = _camera(_asked(capture))
    (asked,) = row["update_requests"]
    assert asked["told"] == {"firmware": "V5.7.1"}
    assert asked["url"] == "http://updates.example/firmware/IPC.bin?fwver=V5.7.1&pwd=…"
    (fetched,) = row["objects"]
    assert (fetched["kind"], fetched["size"]) == ("elf", 4 + 90 * len(SECRET))
    assert row["credentials"] == [f"a password in an HTTP address to {made.OTHER}"]


def test_an_upload_is_consistent_with_video_and_is_called_video_only_where_that_is_seen(tmp_path: Path) -> None:
    (found,) = _camera(_asked(made.pcap(tmp_path / "a", _video(made.SERVER, 9_000, 6))))["uploads"]
    assert (found["video"], found["where"], found["bytes_up"]) == ("consistent", "operator not known", 6_000 * 1_042)
    rtp = [
        made.out(made.udp(5_004, 9_000, b"\x80\x60" + number.to_bytes(2, "big") + b"\0\0\0\0SSRC" + SECRET * 40))
        for number in range(6_000)
    ]
    (found,) = _camera(_asked(made.pcap(tmp_path / "b", rtp)))["uploads"]
    assert found["video"] == "seen"
    quiet = _video(made.SERVER, 9_000, 6)
    back = [made.back(made.udp(9_000, 5_004, b"x" * 900)) for _ in range(3_000)]
    assert _camera(_asked(made.pcap(tmp_path / "c", [*quiet[:3_000], *back])))["uploads"] == []


def _beat(folder: Path, gaps: list[float], target: str, *, ports: bool, port: int = 9_000) -> list[dict]:
    """Calls so many seconds apart, from one port or each from its own."""
    frames, time = [], 1_750_000_000.0
    for number, gap in enumerate(gaps):
        sport = 20_000 + number if ports else 20_000
        frames.append((time, made.out(made.udp(sport, port, b"alive"), target=target)))
        frames.append((time + 0.05, made.back(made.udp(port, sport, b"yes"), source=target)))
        time += gap
    path = folder / "SYNTHETIC.pcap"
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1))
        for when, frame in frames:
            whole = int(when)
            out.write(struct.pack("<IIII", whole, round((when - whole) * 1e6), len(frame), len(frame)) + frame)
    return _camera(_asked(path))["rhythms"]


@pytest.mark.parametrize("ports", [True, False])
def test_a_steady_beat_that_nothing_explains_is_told(tmp_path: Path, ports: bool) -> None:
    dice = random.Random(1)
    steady = [30 + dice.uniform(-0.5, 0.5) for _ in range(200)]
    steady[40] = 95.0  # three calls were missed
    (found,) = _beat(tmp_path, steady, made.SERVER, ports=ports)
    assert found["every_seconds"] == pytest.approx(30, abs=0.5)
    assert found["spread"] < 0.02
    assert found["times"] == pytest.approx(200 if ports else 65, abs=1)  # of one way the first 64 beginnings are kept


@pytest.mark.parametrize(
    ("gaps", "target", "port"),
    [
        ([30.0] * 200, "54.229.64.81", 123),  # time is asked for at a beat
        ([*map(DICE.uniform, [5] * 200, [60] * 200)], made.SERVER, 9_000),
        ([30.0] * 6, made.SERVER, 9_000),
        ([1.0] * 200, made.SERVER, 9_000),
        ([30.0] * 200, "47.74.255.9", 32_100),  # a known service keeps alive
    ],
)
def test_no_beat_is_told_where_there_is_none_or_it_is_explained(
    tmp_path: Path, gaps: list[float], target: str, port: int
) -> None:
    assert _beat(tmp_path, gaps, target, ports=True, port=port) == []


def test_video_on_the_sites_own_network_is_told_as_that(tmp_path: Path) -> None:
    frame = made.ether(
        made.CAMERA, made.PHONE, made.ipv4(made.HOME, made.PHONE_IP, made.UDP, made.udp(1, 2, SECRET * 40))
    )
    row = _camera(_asked(made.pcap(tmp_path / "a", [frame] * 6_000)))
    assert row["external"] == []
    assert [(one["ip"], one["where"]) for one in row["uploads"]] == [(made.PHONE_IP, "local")]


@pytest.mark.parametrize("form", ["table", "json", "jsonl"])
def test_payloads_and_secrets_are_in_no_output(capture: Path, form: str) -> None:
    done = CliRunner().invoke(app, ["capture", str(capture), "--format", form])
    assert done.exit_code == 0
    assert SECRET.decode() not in done.output
    assert "KNOWN-PAYLOAD" not in done.output


def test_what_a_capture_cannot_answer_for_is_said(tmp_path: Path) -> None:
    whole = made.pcap(tmp_path / "a", FRAMES, snap=70).read_bytes()
    (tmp_path / "cut.pcap").write_bytes(whole[:-10])
    done = CliRunner().invoke(app, ["capture", str(tmp_path / "cut.pcap")])
    assert "the last frame breaks off" in done.stderr
    assert "are stored cut" in done.stderr
    row = _camera(_asked(tmp_path / "cut.pcap"))
    assert row["coverage"]["truncated"] is True
    assert row["coverage"]["cut"] > 5
    nothing = made.pcap(tmp_path / "none.pcap", [])
    assert "no device is seen" in CliRunner().invoke(app, ["capture", str(nothing)]).stderr


def test_a_resolver_that_the_network_did_not_give(tmp_path: Path) -> None:
    head = b"\x02\x01\x06\0" + bytes(12) + made.ip(made.HOME) + bytes(8) + made.mac(made.CAMERA) + bytes(202)
    given = head + b"\x63\x82\x53\x63\x35\x01\x05\x06\x04" + made.ip(made.ROUTER) + b"\xff"
    offer = made.ether(made.GATEWAY, made.CAMERA, made.ipv4(made.ROUTER, made.HOME, made.UDP, made.udp(67, 68, given)))
    row = _camera(_asked(made.pcap(tmp_path / "a", [offer, *FRAMES])))
    assert row["resolvers"] == {"assigned": [made.ROUTER], "asked": ["8.8.8.8"], "bypassing": ["8.8.8.8"]}


def test_an_own_pack_names_an_own_service(capture: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack" / "services"
    folder.mkdir(parents=True)
    row = {"id": "own", "names": ["*.example"], "service": "Own updates", "operator": "Us", "purpose": "update"}
    row |= {"source": "our contract", "date": "2026-11-26", "certainty": "high", "reply": None}
    (folder / "own.json").write_text(json.dumps([row]), encoding="utf-8")
    peers = _camera(_asked(capture, "--pack", str(folder.parent)))["external"]
    assert {peer["operator"] for peer in peers if peer["port"] == 80} == {"Us"}


def test_what_is_no_capture_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "x.pcap").write_bytes(b"not a capture")
    done = CliRunner().invoke(app, ["capture", str(tmp_path / "x.pcap")])
    assert done.exit_code != 0


def test_without_suricata_its_option_says_so(capture: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(app, ["capture", str(capture), "--suricata"])
    assert isinstance(done.exception, BadUsage)
    assert "not installed" in str(done.exception)
