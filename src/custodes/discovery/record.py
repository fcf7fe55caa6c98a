"""What is kept of an asking: every reply as raw bytes with time, vantage and port, and what became of each host."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from custodes.evidence.scans.scanners import REPLIES

#: Of one host: replies and bytes that are kept; what comes beyond is counted.
MOST_REPLIES, MOST_BYTES = 64, 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as it came. `at`: when, UTC."""

    address: str
    protocol: str
    port: str
    raw: bytes
    at: datetime


@dataclass(slots=True)
class HostState:
    """One host. `asked`: requests sent to it; `refused`: ports it did not accept; `dropped`: replies beyond limits."""

    asked: int = 0
    replies: int = 0
    size: int = 0
    dropped: int = 0
    refused: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    @property
    def state(self) -> str:
        """answered, closed (it is there and accepts nothing) or silent."""
        return "answered" if self.replies else "closed" if self.refused else "silent"


@dataclass(slots=True)
class Record:
    """Gathers replies within limits, each once, and writes them as they come."""

    vantage: str
    out: TextIO | None
    heard: Callable[[Reply], None]
    now: Callable[[], datetime]
    hosts: dict[str, HostState] = field(default_factory=dict)
    outside: int = 0

    def start(self, **told: Any) -> None:
        """Write the head of the file: who allowed it and what was asked."""
        self._write(
            {"format": REPLIES, "started": self.now().isoformat(timespec="seconds"), "vantage": self.vantage} | told
        )

    def host(self, address: str) -> HostState:
        """The state of a host."""
        return self.hosts.setdefault(address, HostState())

    def take(self, address: str, protocol: str, port: str, raw: bytes) -> None:
        """Keep a reply, unless the same came before or the host has had its share."""
        host = self.host(address)
        told = raw[:MOST_BYTES]
        if told in host.seen:
            return
        if host.replies >= MOST_REPLIES or host.size + len(told) > MOST_BYTES:
            host.dropped += 1
            return
        host.seen.add(told)
        host.replies += 1
        host.size += len(told)
        reply = Reply(address, protocol, port, told, self.now())
        self._write(
            {
                "ip": address,
                "port": port,
                "protocol": protocol,
                "encoding": "base64",
                "raw": base64.b64encode(told).decode(),
                "at": reply.at.isoformat(timespec="milliseconds"),
            }
        )
        self.heard(reply)

    def _write(self, told: dict[str, Any]) -> None:
        if self.out is not None:
            self.out.write(json.dumps(told, ensure_ascii=False) + "\n")
            self.out.flush()
