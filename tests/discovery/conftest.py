"""Two network namespaces joined by a cable: one asks, one holds made-up devices. Needs root and iproute2."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from discovery_cable import Cable


@pytest.fixture
def cable(request: pytest.FixtureRequest) -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces want root and iproute2")
    made = Cable(f"{os.getpid()}{abs(hash(request.node.name)) % 1000}"[-9:])
    try:
        made.ip("netns", "add", made.ask)
        made.ip("netns", "add", made.cams)
        made.ip("link", "add", "va", "netns", made.ask, "type", "veth", "peer", "name", "vb", "netns", made.cams)
        for name, link, address in ((made.ask, "va", "10.78.0.1/30"), (made.cams, "vb", "10.78.0.2/30")):
            made.ip("-n", name, "addr", "add", address, "dev", link)
            made.ip("-n", name, "link", "set", "lo", "up")
            made.ip("-n", name, "link", "set", link, "up")
        yield made
    finally:
        for child in made.children:
            child.kill()
            child.wait()
        for name in (made.ask, made.cams):
            with suppress(subprocess.CalledProcessError):
                made.ip("netns", "del", name)


@pytest.fixture
def scope(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scope file for networks."""

    def written(*networks: str, more: str = "rate: 400\n") -> Path:
        path = tmp_path / "scope.yaml"
        listed = ", ".join(networks)
        text = f"authorised_by: {{name: A. Tester, on: 2026-01-01}}\nnetworks: [{listed}]\n{more}"
        path.write_text(text, encoding="utf-8")
        return path

    return written
