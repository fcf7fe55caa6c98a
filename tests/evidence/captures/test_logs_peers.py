"""Logs as real programs write them: nfdump of a capture, dnsmasq, Unbound and BIND asked on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import wire_made as made
from test_captures_counts import read as read_pcap
from test_captures_counts import station
from test_logs import device, ends, read

NAME, ALIAS, ADDRESS = "dev.hik-connect.com", "alias.hik-connect.com", "93.184.216.34"
LOOPBACK = "127.0.0.1"


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    assert found is not None, f"{name} is missing: `make test` installs it"
    return found


def test_nfdump_and_we_count_the_same_bytes(tmp_path: Path) -> None:
    """nfdump counts packets of IP: sixteen and more bytes are carried here, so that no frame is padded."""
    frames = [
        made.out(made.udp(5_000, 9_000, b"x" * 100)),
        made.back(made.udp(9_000, 5_000, b"y" * 300)),
        made.out(made.udp(5_000, 9_000, b"z" * 40)),
        made.out(made.tcp(40_000, 443, 1, b"a" * 77), made.TCP),
        made.back(made.tcp(443, 40_000, 1, b"b" * 700), made.TCP),
        made.out(made.udp(6_000, 123, b"n" * 48), target=made.OTHER),
    ]
    capture = made.pcap(tmp_path / "c.pcap", frames)
    flows = tmp_path / "flows"
    flows.mkdir()
    subprocess.run([program("nfpcapd"), "-r", str(capture), "-l", str(flows)], check=True, capture_output=True)
    (told,) = flows.glob("nfcapd.*")
    done = subprocess.run([program("nfdump"), "-r", str(told), "-o", "csv"], check=True, capture_output=True)
    log = tmp_path / "flows.csv"
    log.write_bytes(done.stdout)
    theirs, ours = read(log), station(read_pcap(capture))
    link = 14  # bytes of Ethernet in front of each packet
    wanted = {
        key: (up - link * frames_up, down - link * frames_down, frames_up, frames_down)
        for key, (up, down, frames_up, frames_down) in ends(ours).items()
    }
    assert ends(device(theirs, made.HOME)) == wanted
    assert len(wanted) == 3
    summary = done.stdout.decode().splitlines()[-1].split(",")
    assert (theirs.coverage.bytes, theirs.coverage.packets) == (int(summary[1]), int(summary[2]))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A resolver, until it has answered; then it is asked for both names."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                if ask(port, NAME):
                    break
                time.sleep(0.1)
            else:
                pytest.fail("the resolver does not answer")
            ask(port, ALIAS)
            time.sleep(0.3)
            yield
        finally:
            process.terminate()
            process.wait(20)


def ask(port: int, name: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        try:
            client.sendto(made.query(name), (LOOPBACK, port))
            return client.recv(2_000)
        except OSError:
            return b""


@pytest.mark.enable_socket
def test_dnsmasq_tells_names_and_their_addresses(tmp_path: Path) -> None:
    hosts, log, port = tmp_path / "hosts", tmp_path / "dnsmasq.log", free_port()
    hosts.write_text(f"{ADDRESS} {NAME}\n")
    options = (
        f"--no-daemon --listen-address={LOOPBACK} --bind-interfaces --no-resolv --no-hosts --log-queries --user=root"
    )
    files = [f"--addn-hosts={hosts}", f"--log-facility={log}", f"--pid-file={tmp_path / 'pid'}"]
    command = [
        program("dnsmasq"),
        *options.split(),
        f"--listen-address={LOOPBACK}",
        f"--port={port}",
        f"--cname={ALIAS},{NAME}",
        *files,
    ]
    with running(command, port):
        seen = read(log)
    client = device(seen, LOOPBACK)
    assert list(client.notes.dns) == [NAME, ALIAS]
    assert client.notes.called == {(made.ip(ADDRESS), -1): {NAME: "dns", ALIAS: "dns"}}
    assert "the times in the log have no year" in seen.coverage.gaps
    assert str(seen.coverage.layer) == "none"


@pytest.mark.enable_socket
def test_unbound_tells_names(tmp_path: Path) -> None:
    config, log, port = tmp_path / "unbound.conf", tmp_path / "unbound.log", free_port()
    config.write_text(
        f'server:\n interface: {LOOPBACK}@{port}\n do-daemonize: no\n username: ""\n chroot: ""\n'
        f' directory: "{tmp_path}"\n pidfile: "{tmp_path}/pid"\n logfile: "{log}"\n use-syslog: no\n log-queries: yes\n'
        f' local-data: "{NAME}. A {ADDRESS}"\n local-data: "{ALIAS}. A {ADDRESS}"\n'
    )
    with running([program("unbound"), "-c", str(config)], port):
        seen = read(log)
    assert list(device(seen, LOOPBACK).notes.dns) == [NAME, ALIAS]
    assert abs((seen.coverage.last or 0) / 1e9 - time.time()) < 60


@pytest.mark.enable_socket
def test_bind_tells_names(tmp_path: Path) -> None:
    config, log, port = tmp_path / "named.conf", tmp_path / "named.log", free_port()
    (tmp_path / "zone").write_text(f"$TTL 60\n@ IN SOA a. b. 1 1 1 1 1\n@ IN NS a.\ndev IN A {ADDRESS}\n")
    config.write_text(
        f'options {{ directory "{tmp_path}"; listen-on port {port} {{ {LOOPBACK}; }}; listen-on-v6 {{ none; }};\n'
        f' recursion no; pid-file "{tmp_path}/pid"; session-keyfile "{tmp_path}/key"; }};\ncontrols {{ }};\n'
        f'logging {{ channel told {{ file "{log}"; print-time yes; print-severity yes; print-category yes; }};\n'
        " category queries { told; }; };\n"
        f'zone "hik-connect.com" {{ type master; file "{tmp_path}/zone"; }};\n'
    )
    with running([program("named"), "-f", "-c", str(config), "-u", "root"], port):
        seen = read(log)
    assert list(device(seen, LOOPBACK).notes.dns) == [NAME, ALIAS]
    assert abs((seen.coverage.last or 0) / 1e9 - time.time()) < 86_400
