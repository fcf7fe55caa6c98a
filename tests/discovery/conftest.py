"""Two network namespaces joined by a cable: one asks, one holds made-up devices. Needs root and iproute2."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from discovery_cable import Cable


@pytest.fixture
def cable(request: pytest.FixtureRequest) -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces want root and iproute2")
    with Cable(f"{os.getpid()}{abs(hash(request.node.name)) % 1000}"[-9:]).laid() as made:
        yield made


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
