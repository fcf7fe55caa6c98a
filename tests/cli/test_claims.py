"""`custodes claims`: contradicted, not contradicted so far, not testable; on traffic whose answer is known."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.model.errors import BadInput
from custodes.publication import schemas

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))
import wire_made as made

CLOUD, CHINA, DISPUTED = "signal.mydlink.com", "120.27.7.78", "47.74.255.9"
PEERS = {made.SERVER: CLOUD, CHINA: "api.example.org", DISPUTED: ""}


def frames(*servers: str) -> list[bytes]:
    told = [made.arp(made.CAMERA, made.HOME)]
    for server in servers:
        name = PEERS[server]
        if name:
            told.append(made.back(made.udp(53, 5_000, made.reply(name, server)), source="8.8.8.8"))
        told += [
            made.out(made.tcp(40_001, 443, 1, b"x" * 200), made.TCP, target=server),
            made.back(made.tcp(443, 40_001, 1, b"y" * 50), made.TCP, source=server),
        ]
    return told


def asked(folder: Path, claim: str, told: list[bytes], device: str = made.CAMERA) -> dict:
    rows = folder / "claims.csv"
    kind, _, values = claim.partition(" ")
    rows.write_text(f"id,device,claim,values,said_by\nc1,{device},{kind},{values},the maker\n", encoding="utf-8")
    capture = made.pcap(folder / "SYNTHETIC.pcap", told)
    done = CliRunner().invoke(app, ["claims", str(rows), str(capture), "--format", "jsonl"])
    assert done.exit_code == 0, done.output
    (row,) = (json.loads(line) for line in done.stdout.splitlines())
    Draft202012Validator(schemas.schema("claims")).validate(row)
    return row


NO, OPEN, WRONG = "not contradicted", "not testable from this vantage", "contradicted"


@pytest.mark.parametrize(
    ("claim", "servers", "verdict", "why"),
    [
        ("no_internet", [made.SERVER], WRONG, f"{made.SERVER}:443/tcp ({CLOUD})"),
        ("no_internet", [], OPEN, "no device was seen to reach the internet"),
        ("not_countries CN", [CHINA], WRONG, "2 tables estimate to stand in CN"),
        ("not_countries CN", [made.SERVER], NO, ""),
        ("not_countries SG", [DISPUTED], OPEN, "disputed"),
        ("not_countries CN;RU", [DISPUTED], NO, ""),
        ("only_countries CN", [CHINA], NO, ""),
        ("only_countries GB", [CHINA], WRONG, "CN"),
        ("only_countries US", [DISPUTED], OPEN, "disputed"),
        ("only_operators D-Link", [made.SERVER], NO, ""),
        ("only_operators d-link", [made.SERVER, CHINA], OPEN, "not known"),
        ("only_operators Axis", [made.SERVER], WRONG, "D-Link runs"),
        ("not_operators D-Link", [made.SERVER], WRONG, "D-Link runs"),
        ("not_operators D-Link", [CHINA], OPEN, "not known"),
        ("only_names mydlink.com", [made.SERVER], NO, ""),
        ("only_names link.com", [made.SERVER], WRONG, CLOUD),
        ("only_names mydlink.com", [DISPUTED], OPEN, "by which name"),
        ("no_video_out", [made.SERVER], NO, ""),
        ("no_updates", [made.SERVER], NO, ""),
        ("no_clear_credentials", [made.SERVER], NO, ""),
        ("own_resolver", [made.SERVER], OPEN, "was not seen"),
    ],
)
def test_claims_of_every_kind(tmp_path: Path, claim: str, servers: list[str], verdict: str, why: str) -> None:
    row = asked(tmp_path, claim, frames(*servers))
    assert row["verdict"] == verdict
    assert why in " | ".join(item["text"] for item in row["because"])


def test_what_is_sent_to_a_device_unasked_contradicts_nothing(tmp_path: Path) -> None:
    told = [
        made.arp(made.CAMERA, made.HOME),
        made.back(made.tcp(40_000, 23, 1, flags=made.SYN), made.TCP, source=made.SERVER),
    ]
    assert asked(tmp_path, "no_internet", told)["verdict"] == NO


def test_a_name_that_others_call_an_address_by_contradicts_nothing(tmp_path: Path) -> None:
    owner = ".".join(reversed(DISPUTED.split("."))) + ".in-addr.arpa"
    name = made.name("a1.deploy.example.net")
    answer = struct.pack(">6H", 7, 0x8180, 1, 1, 0, 0) + made.name(owner) + struct.pack(">HH", 12, 1)
    answer += b"\xc0\x0c" + struct.pack(">HHIH", 12, 1, 60, len(name)) + name
    told = [*frames(DISPUTED), made.back(made.udp(53, 5_000, answer), source="8.8.8.8")]
    assert asked(tmp_path, "only_names mydlink.com", told)["verdict"] == OPEN


def test_traffic_without_ports_is_not_passed_over(tmp_path: Path) -> None:
    told = [*frames(made.SERVER), *[made.out(b"\0" * 60, 50, target=CHINA)] * 5]
    row = asked(tmp_path, "no_internet", told)
    assert f"it sent esp to {CHINA}" in [item["text"] for item in row["because"]]
    for claim in ("only_names mydlink.com", "only_operators D-Link", "no_video_out", "only_countries US;PL"):
        assert asked(tmp_path, claim, told)["verdict"] == OPEN, claim


def test_an_answer_to_a_stranger_and_neighbours_accuse_nobody(tmp_path: Path) -> None:
    told = [
        made.arp(made.CAMERA, made.HOME),
        made.back(made.tcp(50_000, 554, 1, flags=made.SYN), made.TCP, source=made.SERVER),
        made.out(made.tcp(554, 50_000, 1, b"x" * 90), made.TCP),
    ]
    assert asked(tmp_path, "no_internet", told)["verdict"] == OPEN
    advert = made.ether(
        made.CAMERA, made.GATEWAY, made.ipv6("fe80::a", "fe80::1", 58, b"\x88" + bytes(23)), kind=0x86DD
    )
    (tmp_path / "camera.json").write_text(description(by_name(CLOUD)))
    assert asked(tmp_path, "mud camera.json", [*frames(made.SERVER), advert])["verdict"] == NO


@pytest.mark.parametrize("uri", ["/map?compass=90", "/a?password=", "/a?b=password"])
def test_words_in_an_address_are_no_passwords(tmp_path: Path, uri: str) -> None:
    told = [*frames(made.SERVER), *made.talk(made.get(uri, "a.example"), made.answer(b"ok"), source=40_002)]
    assert asked(tmp_path, "no_clear_credentials", told)["verdict"] == NO


def test_a_port_that_is_not_so_and_so_is_not_read_as_so(tmp_path: Path) -> None:
    entry = {"matches": {"tcp": {"destination-port": {"operator": "neq", "port": 23}}}}
    (tmp_path / "camera.json").write_text(description(entry))
    assert asked(tmp_path, "mud camera.json", frames(made.SERVER))["verdict"] == OPEN


def test_video_is_contradicted_where_seen_and_open_where_only_the_shape_is(tmp_path: Path) -> None:
    shape = [made.out(made.udp(5_004, 9_000, bytes(range(250)) * 4)) for _ in range(6_000)]
    assert asked(tmp_path, "no_video_out", shape)["verdict"] == OPEN
    rtp = [
        made.out(made.udp(5_004, 9_000, b"\x80\x60" + number.to_bytes(2, "big") + b"\0\0\0\0SSRC" + b"z" * 900))
        for number in range(6_000)
    ]
    assert asked(tmp_path, "no_video_out", rtp)["verdict"] == WRONG


def test_a_device_that_was_not_seen_is_not_testable(tmp_path: Path) -> None:
    row = asked(tmp_path, "no_internet", frames(made.SERVER), device="02:11:22:33:44:55")
    assert (row["verdict"], row["capture"], row["hours"]) == (OPEN, None, 0)


def test_the_hours_that_were_seen_are_told(tmp_path: Path) -> None:
    row = asked(tmp_path, "no_updates", frames(made.SERVER) * 400)
    assert row["hours"] == pytest.approx((400 * 4 - 1) * 0.001 / 3_600, abs=1e-4)  # a frame a millisecond


def description(*entries: dict) -> str:
    aces = [{"name": str(number), "actions": {"forwarding": "accept"}} | one for number, one in enumerate(entries)]
    return json.dumps({
        "ietf-mud:mud": {
            "mud-version": 1, "mud-url": "https://example.org/camera.json", "last-update": "2026-11-26T08:00:00+00:00",
            "from-device-policy": {"access-lists": {"access-list": [{"name": "from"}]}},
        },
        "ietf-access-control-list:acls": {"acl": [{"name": "from", "type": "ipv4-acl-type", "aces": {"ace": aces}}]},
    })  # fmt: skip


def by_name(name: str, port: int = 443) -> dict:
    return {
        "matches": {
            "ipv4": {"protocol": 6, "ietf-acldns:dst-dnsname": name},
            "tcp": {"destination-port": {"operator": "eq", "port": port}},
        }
    }


LOCAL = {"matches": {"ietf-mud:mud": {"local-networks": [None]}}}
CONTROLLER = {"matches": {"ietf-mud:mud": {"my-controller": [None]}, "tcp": {}}}


@pytest.mark.parametrize(
    ("entries", "servers", "verdict"),
    [
        ([by_name(CLOUD)], [made.SERVER], NO),
        ([by_name(CLOUD, 8_443)], [made.SERVER], WRONG),
        ([by_name("other.example")], [made.SERVER], WRONG),
        ([by_name(CLOUD)], [DISPUTED], OPEN),
        ([LOCAL], [made.SERVER], WRONG),
        ([CONTROLLER], [made.SERVER], OPEN),
        ([{"matches": {"ipv4": {"destination-ipv4-network": f"{made.SERVER}/32"}}}], [made.SERVER], NO),
        ([{"matches": {"ipv4": {"destination-ipv4-network": "192.0.2.0/24"}}}], [made.SERVER], WRONG),
        ([{"matches": {}, "actions": {"forwarding": "drop"}}], [made.SERVER], WRONG),
        ([by_name(CLOUD), by_name("api.example.org")], [made.SERVER, CHINA], NO),
        ([{"matches": {"tcp": {"source-port": {"operator": "eq", "port": 5_000}}}}], [made.SERVER], OPEN),
        (
            [{"matches": {"udp": {"source-port": {"operator": "eq", "port": 5_000}}, "ipv4": {"protocol": 17}}}],
            [made.SERVER],
            WRONG,
        ),
    ],
)
def test_a_description_of_the_maker_against_the_traffic(
    tmp_path: Path, entries: list[dict], servers: list[str], verdict: str
) -> None:
    (tmp_path / "camera.json").write_text(description(*entries))
    assert asked(tmp_path, "mud camera.json", frames(*servers))["verdict"] == verdict


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no column"),
        ("device,claim\n", "no claim"),
        ("device,claim\n*,nothing\n", "no kind of claim"),
        ("device,claim\n,no_internet\n", "no device"),
        ("device,claim,values\n*,no_internet,GB\n", "takes no values"),
        ("device,claim,values\n*,not_countries,\n", "names nothing"),
        ("device,claim,values\n*,not_countries,China\n", "two letters"),
        ("device,claim,values\n*,only_countries,UK\n", "two letters"),
        ("device,claim,values\n*,only_names,https://a.org/\n", "no domain"),
        ("device,claim,values\n*,only_operators,D-Lnik\n", "no operator"),
        ("device,claim,values\n*,mud,../x.json\n", "beside the claims"),
        ("device,claim,values\n*,mud,none.json\n", "cannot be read"),
        ("device,claim,values\n*,mud,claims.csv\n", "no description"),
    ],
)
def test_claims_that_cannot_be_read_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    rows = tmp_path / "claims.csv"
    rows.write_text(text)
    capture = made.pcap(tmp_path / "c.pcap", frames(made.SERVER))
    done = CliRunner().invoke(app, ["claims", str(rows), str(capture)])
    assert isinstance(done.exception, BadInput)
    assert problem in str(done.exception)
