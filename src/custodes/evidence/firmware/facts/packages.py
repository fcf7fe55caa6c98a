"""Packages as the system that installed them lists them: dpkg, opkg."""

from __future__ import annotations

from collections.abc import Iterator

from custodes.evidence.firmware.facts.kinds import placed
from custodes.model.firmware import Entry, Fact, Grade

_LISTS = {"var/lib/dpkg/status": "deb", "usr/lib/opkg/status": "opkg", "var/lib/opkg/status": "opkg",
          "lib/opkg/status": "opkg"}  # fmt: skip


def packages(entry: Entry, data: bytes) -> Iterator[Fact]:
    """The packages that a list has as installed."""
    kind = _LISTS.get(entry.path)
    if kind is None:
        return
    for offset, block in placed(data.decode("utf-8", "replace"), "\n\n"):
        told = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(" "))
        name, version = told.get("Package", ""), told.get("Version", "")
        if name and version and " installed" in told.get("Status", " installed"):
            owner = "debian/" if kind == "deb" else ""
            purl = f"pkg:{kind}/{owner}{name}@{version}"
            yield Fact(
                "component", f"{name} {version}", entry.volume, entry.path, Grade.EXECUTED, kind, offset, name, purl
            )
