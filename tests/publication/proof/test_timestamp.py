"""Time-stamps (RFC 3161) over a checkpoint, given by `openssl ts`: it is the authority and the second reader."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from authority import Authority, made, served
from typer.testing import CliRunner, Result

from custodes.cli.commands import app
from custodes.model.errors import BadInput, BadUsage
from custodes.publication.proof.bundle import CHECKPOINT, seal
from custodes.publication.proof.log import ROW, Log
from custodes.publication.proof.stamping import ask, check, read_roots, request


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return made(tmp_path_factory.mktemp("tsa") / "one", "A test authority")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "page.html").write_text("<p>a page</p>")
    log = Log.begun("example.org/survey", {"format": "custodes-log-1"})
    log.add(ROW, {"body": "one"})
    seal(folder, log, "example.org/survey", None)
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_request_and_reply_as_files(bundle: Path, authority: Authority, tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert run("timestamp", bundle, "--out", tmp_path / "q.tsq").exit_code == 0
    (tmp_path / "r.tsr").write_bytes(authority.reply((tmp_path / "q.tsq").read_bytes()))
    told = run("verify", bundle, "--timestamp", tmp_path / "r.tsr", "--authority", authority.root, "--format", "json")
    assert told.exit_code == 0, told.output
    stamp = json.loads(told.stdout)[0]["timestamp"]
    assert stamp["by"] == "A test authority"
    assert before <= datetime.fromisoformat(stamp["at"]) <= datetime.now(UTC) + timedelta(seconds=2)
    peer = subprocess.run(
        [
            "openssl",
            "ts",
            "-verify",
            "-in",
            tmp_path / "r.tsr",
            "-data",
            bundle / CHECKPOINT,
            "-CAfile",
            authority.root,
        ],
        capture_output=True,
        check=False,
    )
    assert peer.returncode == 0, peer.stderr


def test_the_request_is_over_the_checkpoint_and_the_same_each_time(bundle: Path) -> None:
    data = (bundle / CHECKPOINT).read_bytes()
    assert request(data) == request(data)
    assert sha256(data).digest() in request(data)
    assert sha256(data[:-1]).digest() not in request(data)


@pytest.mark.enable_socket
def test_asked_over_the_network(bundle: Path, authority: Authority, tmp_path: Path) -> None:
    with served(authority) as url:
        done = run("timestamp", bundle, "--out", tmp_path / "r.tsr", "--url", url)
    assert done.exit_code == 0, done.output
    told = run("verify", bundle, "--timestamp", tmp_path / "r.tsr", "--authority", authority.root)
    assert told.exit_code == 0
    assert "time-stamped 20" in told.output and "by A test authority" in told.output


@pytest.mark.enable_socket
def test_nobody_answers(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="did not answer"):
        ask("http://127.0.0.1:9/tsr", request((bundle / CHECKPOINT).read_bytes()))
    with pytest.raises(BadUsage, match="no web address"):
        ask("file:///etc/passwd", b"x")


def test_a_stamp_over_another_checkpoint(bundle: Path, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "r.tsr").write_bytes(authority.reply(request(b"another checkpoint\n")))
    told = run("verify", bundle, "--timestamp", tmp_path / "r.tsr", "--authority", authority.root)
    assert told.exit_code == 1
    assert "r.tsr" in told.output and "over another checkpoint" in told.output


def test_a_stamp_by_somebody_else(bundle: Path, authority: Authority, tmp_path: Path) -> None:
    stranger = made(tmp_path / "two", "A test authority")
    data = (bundle / CHECKPOINT).read_bytes()
    with pytest.raises(BadInput, match="does not hold"):
        check(stranger.reply(request(data)), data, read_roots(authority.root), "r.tsr")


def test_every_byte_that_is_signed_counts(bundle: Path, authority: Authority) -> None:
    """Each byte of what the authority said, and of its signature, flipped."""
    data = (bundle / CHECKPOINT).read_bytes()
    reply = authority.reply(request(data))
    roots = read_roots(authority.root)
    good = check(reply, data, roots, "r.tsr")
    said = reply.index(sha256(data).digest())
    places = [*range(said - 10, said + 50), *range(len(reply) - 200, len(reply))]
    for place in places:
        bad = bytearray(reply)
        bad[place] ^= 1
        try:
            found = check(bytes(bad), data, roots, "r.tsr")
        except BadInput:
            continue
        assert found == good, f"byte {place} changed what the stamp says"


@pytest.mark.parametrize("raw", [b"", b"nothing", b"0\x03\x02\x01\x02", b"0" * 70000])
def test_what_is_no_time_stamp(bundle: Path, authority: Authority, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "r.tsr").write_bytes(raw)
    told = run("verify", bundle, "--timestamp", tmp_path / "r.tsr", "--authority", authority.root)
    assert told.exit_code == 1, told.output
    assert "r.tsr" in told.output


def test_what_is_asked_wrongly(bundle: Path, authority: Authority, tmp_path: Path) -> None:
    assert isinstance(run("timestamp", bundle, "--out", bundle / "q.tsq").exception, BadUsage)
    (tmp_path / "r.tsr").write_bytes(b"x")
    assert isinstance(run("verify", bundle, "--timestamp", tmp_path / "r.tsr").exception, BadUsage)
    (tmp_path / "no.pem").write_text("no certificate")
    done = run("verify", bundle, "--timestamp", tmp_path / "r.tsr", "--authority", tmp_path / "no.pem")
    assert isinstance(done.exception, BadInput)
    (bundle / "page.html").write_text("<p>another</p>")
    assert isinstance(run("timestamp", bundle, "--out", tmp_path / "q.tsq").exception, BadInput)
