"""`custodes discover` on a wire of its own: what is found, what is really sent, what a hostile device can do."""

from __future__ import annotations

import functools
import ipaddress
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from discovery_cable import PROGRAM, Cable
from discovery_emulator import LABELS, kind_of

from custodes.discovery.local import Interface
from custodes.discovery.record import Record
from custodes.discovery.run import Plan, _Asking, links_of
from custodes.discovery.scope import load_scope
from custodes.evidence.scans import open_scan
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

HERE = Path(__file__).parent
Scoped = Callable[..., Path]


def _rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_devices_and_strangers_of_a_network(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    cable.behind("10.77.0.0/25")
    cable.emulate("10.77.0.0/25", tmp_path / "log")
    out = tmp_path / "replies.jsonl"
    done = cable.discover(scope("10.77.0.0/25"), "--out", out, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = {row["address"]: row for row in _rows(done.stdout)}
    assert len(rows) == 126
    names = {"hik": "Hikvision", "dahua": "Dahua", "relabel": "Lorex", "axis": "Axis"}
    for address, row in rows.items():
        kind = kind_of(address)
        assert row["requests"] <= 6
        assert (row["state"], row["replies"] == 0) == (("closed", True) if kind == "silent" else ("answered", False))
        if kind in names:
            assert (row["brand_name"], row["model"], row["status"]) == (names[kind], LABELS[kind][1], "asserted")
            assert row["surveillance"] is True
        else:
            assert row["brand"] is None
            assert kind == "plain" or row["surveillance"] is not True
        if kind == "relabel":
            assert any(maker["supplier"] == "dahua" for maker in row["oem"])
    scan = open_scan(out, Limits())
    assert scan is not None
    assert scan.kind.id == "replies"
    assert {host.address for host in scan.hosts} == {key for key, row in rows.items() if row["state"] == "answered"}


def test_nothing_leaves_but_the_questions_of_the_list(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    """Every packet that left is a question without a login, to an address of the scope or a group on the link."""
    cable.behind("10.77.1.0/28")
    cable.emulate("10.77.1.0/28", tmp_path / "log")
    cable.start(cable.ask, sys.executable, HERE / "sniffer.py", "va", tmp_path / "sent")
    path = scope("10.77.1.0/28", "10.78.0.0/30", more="rate: 400\nleave_out: [10.77.1.4]\n")
    done = cable.discover(path, "--out", tmp_path / "r.jsonl")
    assert done.returncode == 0, done.stderr
    time.sleep(0.3)
    sent = [json.loads(line) for line in (tmp_path / "sent").read_text().splitlines()]
    groups = {"239.255.255.250", "239.255.255.251", "224.0.0.251"}
    targets = {target for _, _, target, _, _ in sent}
    assert targets - groups <= {f"10.77.1.{n}" for n in range(1, 15) if n != 4} | {"10.78.0.1", "10.78.0.2"}
    assert groups <= targets
    told = [(protocol, port, payload) for protocol, _, _, port, payload in sent if payload]
    assert {port for protocol, port, _ in told if protocol == 17} == {3702, 37020, 37810, 1900, 5353}
    text = "\n".join(payload for _, _, payload in told)
    assert not re.search(
        r"(?i)authorization|password|cookie|<Types>(?!inquiry)|\b(?:PUT|DELETE|PATCH|SET|REBOOT)\b", text
    )
    verbs = {payload.split(" ")[0] for protocol, port, payload in told if protocol == 6 and payload[:1].isalpha()}
    assert verbs <= {"GET", "OPTIONS", "POST"}
    posts = [payload for _, _, payload in told if payload.startswith("POST")]
    assert all("<GetDeviceInformation" in payload and payload.count("</s:Body>") == 1 for payload in posts)
    for protocol, port, payload in told:
        if protocol == 17 and port == 37810:
            assert json.loads(payload[32:])["method"] == "DHDiscover.search"


@pytest.mark.parametrize(
    ("networks", "more", "why"),
    [
        (["198.51.100.0/24", "8.8.8.0/30"], "", "is not private"),
        (["10.77.0.0/8"], "", "has host bits set"),
        (["10.0.0.0/8"], "", "more than 65,536 addresses"),
        (["10.77.0.0/30"], "hours: {from: '00:00', to: '00:00'}\n", "not allowed at this hour"),
        (["10.77.0.0/30"], "hourss: 1\n", "no key 'hourss' is known"),
        (["10.77.0.0/30"], "rate: fast\n", "`rate` is a number"),
        ([], "", "no networks are named"),
    ],
)
def test_a_refused_scope_sends_nothing(
    cable: Cable, scope: Scoped, tmp_path: Path, networks: list[str], more: str, why: str
) -> None:
    cable.ip("-n", cable.ask, "route", "add", "default", "via", "10.78.0.2")
    cable.start(cable.ask, sys.executable, HERE / "sniffer.py", "va", tmp_path / "sent")
    done = cable.discover(scope(*networks, more=more), "--out", tmp_path / "r.jsonl")
    time.sleep(0.2)
    assert done.returncode == 2
    assert why in done.stderr
    assert (tmp_path / "sent").read_text() == ""
    assert not (tmp_path / "r.jsonl").exists()


@pytest.mark.parametrize(
    ("authority", "why"),
    [
        ("", "nobody is named who authorised this"),
        ("authorised_by: {name: ''}\n", "nobody is named who authorised this"),
        ("authorised_by: {name: A}\n", "the day on which it was allowed"),
        ("authorised_by: {name: A, on: 2026-02-30}\n", "is no day"),
        ("authorised_by: {name: A, on: 2020-01-01, until: 2020-02-01}\n", "the authority does not hold today"),
        ("authorised_by: {name: A, on: 2999-01-01}\n", "the authority does not hold today"),
    ],
)
def test_without_authority_nothing_is_sent(cable: Cable, tmp_path: Path, authority: str, why: str) -> None:
    path = tmp_path / "scope.yaml"
    path.write_text(f"{authority}networks: [10.78.0.0/30]\n", encoding="utf-8")
    cable.start(cable.ask, sys.executable, HERE / "sniffer.py", "va", tmp_path / "sent")
    done = cable.discover(path, "--out", tmp_path / "r.jsonl")
    time.sleep(0.2)
    assert done.returncode == 2
    assert why in done.stderr
    assert (tmp_path / "sent").read_text() == ""


def test_a_hostile_device_harms_nobody_else(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    cable.behind("10.77.2.0/28")
    cable.emulate("10.77.2.0/29", tmp_path / "log", "hik")
    cable.start(cable.cams, sys.executable, HERE / "hostile.py", "10.77.2.9")
    began = time.monotonic()
    done = cable.discover(scope("10.77.2.0/28"), "--out", tmp_path / "r.jsonl", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 30
    rows = {row["address"]: row for row in _rows(done.stdout)}
    assert all(rows[f"10.77.2.{n}"]["brand"] == "hikvision" for n in range(1, 7))
    assert rows["10.77.2.9"]["replies"] <= 64
    assert rows["10.77.2.9"]["dropped"] > 0
    assert (tmp_path / "r.jsonl").stat().st_size < 2_000_000


def test_whoever_asks_is_no_camera(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    """The machine that asks stands in the scope, on a link where its own questions could come back to it."""
    done = cable.discover(scope("10.78.0.0/30"), "--out", tmp_path / "r.jsonl", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert {row["address"]: row["replies"] for row in _rows(done.stdout)} == {"10.78.0.1": 0, "10.78.0.2": 0}


def test_replies_are_evidence_and_never_written_over(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text("kept", encoding="utf-8")
    done = cable.discover(scope("10.78.0.0/30"), "--out", tmp_path / "r.jsonl")
    assert done.returncode == 2
    assert (tmp_path / "r.jsonl").read_text() == "kept"


def test_devices_are_shown_as_they_become_known(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    cable.behind("10.77.3.0/30")
    cable.emulate("10.77.3.0/30", tmp_path / "log", "hik")
    done = cable.discover(scope("10.77.3.0/30", "10.79.0.0/30"), "--out", tmp_path / "r.jsonl", "--watch")
    assert "10.77.3.1        Hikvision  DS-2CD2143G2-I" in done.stdout
    assert "10.79.0.0/30: nothing came; this machine does not stand in it" in done.stderr


def test_an_interrupt_keeps_and_counts_what_came(cable: Cable, scope: Scoped, tmp_path: Path) -> None:
    cable.behind("10.77.4.0/24")
    cable.emulate("10.77.4.0/24", tmp_path / "log", "hik")
    asked = scope("10.77.4.0/24", more="rate: 20")
    command = cable.inside(cable.ask, PROGRAM, "discover", asked, "--out", tmp_path / "r.jsonl", "--watch")
    # whoever started the tests in the background has them ignore interrupts, and their children too
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, preexec_fn=heed, **pipes) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    counted = re.search(r"254 hosts: (\d+) answered", told)
    assert counted is not None, told
    assert 1 <= int(counted[1]) < 254
    assert "stopped: interrupted before every host was asked" in told


@pytest.mark.parametrize(
    ("networks", "more", "link"),
    [
        (("10.78.0.0/30",), "", True),
        (("10.78.0.0/31", "10.78.0.2/31"), "", True),
        (("10.78.0.2/32",), "", False),  # the link has other hosts
        (("10.78.0.0/30",), "leave_out: [10.78.0.2/32]", False),
        (("10.79.0.0/16",), "", False),
    ],
)
def test_a_question_to_all_of_a_link_only_if_all_of_it_may_be_asked(
    scope: Scoped, networks: tuple[str, ...], more: str, link: bool
) -> None:
    there = Interface("va", "10.78.0.1", ipaddress.IPv4Network("10.78.0.0/30"))
    assert links_of(load_scope(scope(*networks, more=more)), [there]) == ([there] if link else [])


@pytest.mark.parametrize("network", ["239.255.255.250/32", "224.0.0.1/32", "255.255.255.255/32", "0.0.0.0/32"])
@pytest.mark.parametrize("key", ["networks", "public"])
def test_addresses_of_no_host_are_no_scope(tmp_path: Path, network: str, key: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"authorised_by: {{name: A, on: 2026-01-01}}\n{key}: [{network}]\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no host"):
        load_scope(path)


ASKED = UUID("11111111-2222-4333-8444-555555555555")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("http://10.0.0.5/onvif/device_service", (80, "/onvif/device_service")),
        ("http://169.254.1.1/onvif/x http://10.0.0.5:8080/onvif/device_service", (8080, "/onvif/device_service")),
        ("http://10.0.0.5:9100/onvif/device_service", None),  # a printer's port
        ("http://10.0.0.5/cgi-bin/hi3510/sysreboot.cgi?cmd=reboot", None),
        ("http://10.0.0.5/onvif/device_service?x=1", None),
        ("http://10.0.0.5/onvif/../reboot", None),
        ("http://10.0.0.6/onvif/device_service", None),
    ],
)
def test_only_a_place_that_can_mean_nothing_else_is_asked(
    scope: Scoped, place: str, told: tuple[int, str] | None
) -> None:
    asking = _asking(scope("10.0.0.0/29"))
    answer = f"<x><RelatesTo>uuid:{ASKED}</RelatesTo><XAddrs>{place}</XAddrs></x>"
    asking._note_path("10.0.0.5", answer.encode())
    assert asking._paths.get("10.0.0.5") == told


def test_a_place_in_an_answer_to_nobody_is_not_asked(scope: Scoped) -> None:
    asking = _asking(scope("10.0.0.0/29"))
    asking._note_path("10.0.0.5", b"<x><XAddrs>http://10.0.0.5/onvif/device_service</XAddrs></x>")
    asking._note_path("10.0.0.5", b"<" + b"XAddrs" * 30 + b">" + b" " * 60_000)
    assert asking._paths == {}


def _asking(path: Path) -> _Asking:
    plan = Plan(load_scope(path), [], ASKED, datetime.now, lambda _: None)
    return _Asking(plan, Record("", None, lambda _: None, datetime.now))
