"""The type of the `cable` fixture: two network namespaces joined by a cable."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

EMULATOR = Path(__file__).with_name("discovery_emulator.py")
PROGRAM = Path(sys.executable).with_name("custodes")


@dataclass
class Cable:
    """The two namespaces. `ask` stands in 10.78.0.0/30, the devices behind 10.78.0.2."""

    tag: str
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def ask(self) -> str:
        return f"ask{self.tag}"

    @property
    def cams(self) -> str:
        return f"cam{self.tag}"

    @contextmanager
    def laid(self) -> Iterator[Cable]:
        """Both namespaces and the cable while they are wanted; what was started there ends with them."""
        try:
            for name in (self.ask, self.cams):
                self.ip("netns", "add", name)
            self.ip("link", "add", "va", "netns", self.ask, "type", "veth", "peer", "name", "vb", "netns", self.cams)
            for name, link, address in ((self.ask, "va", "10.78.0.1/30"), (self.cams, "vb", "10.78.0.2/30")):
                self.ip("-n", name, "addr", "add", address, "dev", link)
                self.ip("-n", name, "link", "set", "lo", "up")
                self.ip("-n", name, "link", "set", link, "up")
            yield self
        finally:
            for child in self.children:
                child.kill()
                child.wait()
            for name in (self.ask, self.cams):
                with suppress(subprocess.CalledProcessError):
                    self.ip("netns", "del", name)

    def ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def inside(self, name: str, *words: object) -> list[str]:
        return ["ip", "netns", "exec", name, *map(str, words)]

    def behind(self, network: str) -> None:
        """Give a network to the namespace of the devices: every address of it is theirs."""
        self.ip("-n", self.ask, "route", "add", network, "via", "10.78.0.2")
        self.ip("-n", self.cams, "route", "add", "local", network, "dev", "lo")

    def start(self, name: str, *words: object) -> subprocess.Popen[str]:
        """Start a program in a namespace and wait until it says that it is ready."""
        child = subprocess.Popen(self.inside(name, *words), stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "ready"
        return child

    def emulate(self, network: str, log: Path, kind: str = "") -> None:
        """Start the made-up devices of a network."""
        self.start(self.cams, sys.executable, EMULATOR, network, log, *filter(None, [kind]))

    def discover(self, scope: Path, *options: object) -> subprocess.CompletedProcess[str]:
        """Run `custodes discover` where the asking is done."""
        command = self.inside(self.ask, PROGRAM, "discover", scope, *options)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
