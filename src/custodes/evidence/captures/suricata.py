"""Suricata as an optional child: it reads a capture for itself, and the names that it finds are added.

It runs on the file alone, without rules and without a network, within limits of time and memory. Bytes stay ours.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from custodes.evidence.captures.addresses import ip_bytes
from custodes.evidence.captures.logs.book import Book
from custodes.evidence.captures.logs.eve import read_eve
from custodes.model.captures import Layer, Notes, Observed, Station
from custodes.model.errors import BadInput, BadUsage

PROGRAM = "suricata"
#: What the child may use: seconds of processor, seconds in all, bytes of memory.
_CPU, _WALL, _MEMORY = 3_600, 7_200, 4 << 30
_PROTOCOLS = ("http", "dhcp", "quic", "smb", "ftp", "ssh", "snmp", "sip", "mqtt", "ntp", "tftp")
_CONFIGURED = "\n".join(
    (
        "%YAML 1.1",
        "---",
        "outputs:",
        "  - eve-log:",
        "      enabled: yes",
        "      filetype: regular",
        "      filename: eve.json",
        "      ethernet: yes",
        "      types: [flow, dns, {tls: {extended: yes}}, http, quic, {dhcp: {extended: yes}}]",
        "app-layer:",
        "  protocols:",
        *(f"    {name}: {{enabled: yes}}" for name in _PROTOCOLS),
        "    tls: {enabled: yes, ja3-fingerprints: yes, ja4-fingerprints: yes}",
        "    dns: {tcp: {enabled: yes}, udp: {enabled: yes}}",
        "stream: {midstream: true, async-oneside: true, checksum-validation: no}",
        "",
    )
)


def with_suricata(path: Path, seen: Observed) -> Observed:
    """What was seen of a capture, and the names that Suricata finds in it. Raises BadUsage if it is not installed."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise BadUsage("suricata is not installed", remedy="install it, or leave --suricata out")
    with TemporaryDirectory() as folder:
        book = Book(Layer.FRAME)
        read_eve(_run(program, path, Path(folder)), path.name, book)
        return merged(seen, book.close(path.name))


def _run(program: str, path: Path, folder: Path) -> Path:
    config = folder / "suricata.yaml"
    config.write_text(_CONFIGURED, encoding="ascii")
    command = [program, "-c", str(config), "-r", str(path.resolve()), "-l", str(folder), "-k", "none"]
    command += ["-S", "/dev/null", "--runmode", "single"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_WALL, cwd=folder, env={}, preexec_fn=_limit
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadInput("suricata did not come to an end", where=path.name, remedy="leave --suricata out") from None
    eve = folder / "eve.json"
    if done.returncode or not eve.is_file():
        lines = (done.stderr or done.stdout).strip().splitlines()
        why = lines[-1][:200] if lines else f"it ended with {done.returncode}"
        raise BadInput("suricata could not read the capture", where=path.name, why=why, remedy="leave --suricata out")
    return eve


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def merged(seen: Observed, other: Observed) -> Observed:
    """The devices of one reading with the names of another. Those that the other alone has are left out: whose frames
    they sent is ours to say."""
    named = {station.mac or station.ips: station.notes for station in other.stations}
    added = 0
    for station in seen.stations:
        notes = named.get(station.mac or station.ips)
        if notes is not None:
            added += _add(station, notes)
    told = (
        f"Suricata read it too, and found {added} further names" if added else "Suricata read it too: no further names"
    )
    return replace(seen, coverage=replace(seen.coverage, gaps=(*seen.coverage.gaps, told)))


def _add(station: Station, notes: Notes) -> int:
    """Add names; give how many are new."""
    before = sum(map(len, (station.notes.dns, station.notes.sni, station.notes.http_hosts)))
    for name in ("dns", "sni", "http_hosts", "ja3", "ja4"):
        getattr(station.notes, name).update(getattr(notes, name))
    for peer in station.external:
        for (address, port), names in notes.called.items():
            if ip_bytes(peer.ip) == address and port in (-1, peer.port):
                peer.names.update({name: origin for name, origin in names.items() if name not in peer.names})
    return sum(map(len, (station.notes.dns, station.notes.sni, station.notes.http_hosts))) - before
