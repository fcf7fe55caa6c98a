"""Where the traffic of one device went, as a capture or log showed it, joined to the estate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """One destination. Bytes are those that the capture counts; countries are codes of two letters.

    `operator` is asserted, or empty; `lead`: an operator that is only likely. `hosting`: where it may stand;
    `registered`: where its network is registered; `disputed`: whether those who tell it differ, None if nobody does.
    """

    ip: str
    port: int | None
    proto: str
    up: int
    down: int
    name: str = ""
    service: str = ""
    operator: str = ""
    lead: str = ""
    network: str = ""
    hosting: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    disputed: bool | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """The traffic of one device in one file. `device`: id of the estate; empty for what no record is of.

    `row`: its place in the file; `hours`: how long was listened; `layer`: what bytes count; `others`: further
    destinations that are left out; `uploads`, `updates`, `credentials`, `bypassed`: sentences.
    """

    device: str
    file: str
    row: int
    mac: str
    ips: tuple[str, ...]
    hours: float
    layer: str
    flows: tuple[Flow, ...]
    others: int = 0
    uploads: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    bypassed: tuple[str, ...] = ()

    @property
    def up(self) -> int:
        """Bytes sent to the destinations that are shown."""
        return sum(flow.up for flow in self.flows)
