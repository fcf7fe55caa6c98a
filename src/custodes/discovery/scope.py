"""What may be asked, by whose authority, how fast and when: read from a file and checked before a packet leaves."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from custodes.model.errors import BadInput, BadUsage, did_you_mean

Network = ipaddress.IPv4Network
Address = ipaddress.IPv4Address
#: More hosts than these are several scopes.
MOST_HOSTS = 65_536
MAX_BYTES = 1024 * 1024
#: Requests a second, where the file says nothing, and at most.
RATE, MOST_RATE = 200.0, 2_000.0
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Addresses that no single host has: this network, groups, all.
_NO_HOSTS = (Network("0.0.0.0/8"), Network("224.0.0.0/4"), Network("240.0.0.0/4"))
_KEYS = ("authorised_by", "networks", "public", "leave_out", "rate", "hours", "vantage", "purpose")
_AUTHORITY = ("name", "role", "on", "until", "reference")


class OutsideScope(BadUsage):
    """An address that the scope does not name: nothing is sent to it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who allowed it. `until`: the last day on which it holds; None: no end is given."""

    name: str
    role: str
    on: date
    until: date | None
    reference: str


@dataclass(frozen=True, slots=True)
class Hours:
    """When asking is allowed: between two times of the day, on some days of the week."""

    start: time
    end: time
    days: frozenset[int]

    def allows(self, now: datetime) -> bool:
        """Whether a moment lies inside; hours that end before they begin run over midnight."""
        inside = (
            self.start <= now.time() < self.end if self.start <= self.end else not self.end <= now.time() < self.start
        )
        return inside and now.weekday() in self.days


@dataclass(frozen=True, slots=True)
class Scope:
    """A declared scope. `public`: addresses that are not private and are named one by one or by network."""

    authority: Authority
    networks: tuple[Network, ...]
    public: tuple[Network, ...]
    leave_out: tuple[Network, ...]
    rate: float
    hours: Hours | None
    vantage: str

    def holds(self, address: str) -> bool:
        """Whether an address may be asked."""
        try:
            told = Address(address)
        except ValueError:
            return False
        return _within(told, (*self.networks, *self.public)) and not _within(told, self.leave_out)

    def hosts(self) -> Iterator[str]:
        """Every address that may be asked, in order, each once."""
        for network in ipaddress.collapse_addresses((*self.networks, *self.public)):
            for host in network.hosts() if network.prefixlen < 31 else network:
                if not _within(host, self.leave_out):
                    yield str(host)

    def check_now(self, now: datetime) -> None:
        """Raise BadUsage where the authority does not hold on this day, or the hours do not allow it."""
        where = "the scope file"
        if now.date() < self.authority.on or (self.authority.until and now.date() > self.authority.until):
            raise BadUsage("the authority does not hold today", where=where, why=f"today is {now.date().isoformat()}")
        if self.hours is not None and not self.hours.allows(now):
            span = f"{self.hours.start:%H:%M} to {self.hours.end:%H:%M}"
            raise BadUsage(
                "asking is not allowed at this hour", where=where, why=f"allowed: {span}; now {now:%a %H:%M}"
            )


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def load_scope(path: Path) -> Scope:
    """The scope of a YAML or JSON file. Raises BadInput naming what is missing, misspelt or not allowed."""
    told = _document(path)
    for key in told:
        if key not in _KEYS:
            raise _wrong(path, f"no key {str(key)[:40]!r} is known", did_you_mean(str(key), _KEYS))
    authority = _authority(told.get("authorised_by"), path)
    networks = _networks(told.get("networks"), "networks", path)
    public = _networks(told.get("public"), "public", path)
    for network in (*networks, *public):
        if any(network.overlaps(other) for other in _NO_HOSTS):
            raise _wrong(path, f"{network} holds addresses that are no host's")
    for network in networks:
        if not network.is_private:
            what = f"{network} is not private"
            raise _wrong(path, what, "name public addresses under `public`, those alone that are yours")
    if not (networks or public):
        raise _wrong(path, "no networks are named", "networks: [192.168.10.0/24]")
    if sum(network.num_addresses for network in (*networks, *public)) > MOST_HOSTS:
        raise _wrong(path, f"more than {MOST_HOSTS:,} addresses", "split it into several scopes")
    rate = _rate(told.get("rate", RATE), path)
    leave_out = _networks(told.get("leave_out"), "leave_out", path)
    hours = _hours(told.get("hours"), path)
    return Scope(authority, networks, public, leave_out, rate, hours, str(told.get("vantage") or ""))


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _wrong(path, "the file is too large for a scope")
        told = yaml.load(path.read_text(encoding="utf-8"), yaml.CBaseLoader)  # noqa: S506 - texts only, no objects
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise BadInput("the scope file cannot be read", where=str(path), why=str(error).split("\n")[0][:120]) from None
    if not isinstance(told, dict):
        raise _wrong(path, "the file holds no keys", "`custodes discover --example` prints one")
    return told


def _wrong(path: Path, what: str, remedy: str = "") -> BadInput:
    return BadInput(what, where=str(path), remedy=remedy)


def _authority(told: Any, path: Path) -> Authority:
    if not isinstance(told, dict) or not str(told.get("name") or "").strip():
        remedy = "authorised_by: {name: ..., role: ..., on: YYYY-MM-DD}"
        raise _wrong(path, "nobody is named who authorised this", remedy)
    for key in told:
        if key not in _AUTHORITY:
            raise _wrong(path, f"authorised_by has no key {str(key)[:40]!r}", did_you_mean(str(key), _AUTHORITY))
    on = _day(told.get("on"), "on", path)
    if on is None:
        raise _wrong(path, "authorised_by wants `on`: the day on which it was allowed")
    until = _day(told.get("until"), "until", path)
    text = {key: str(told.get(key) or "").strip()[:200] for key in ("name", "role", "reference")}
    return Authority(text["name"], text["role"], on, until, text["reference"])


def _day(value: Any, key: str, path: Path) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _wrong(path, f"`{key}`: {str(value)[:40]!r} is no day", "write YYYY-MM-DD") from None


def _networks(value: Any, key: str, path: Path) -> tuple[Network, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _wrong(path, f"`{key}` is a list of networks")
    found = []
    for item in value:
        try:
            found.append(Network(str(item)))
        except ValueError as error:
            raise _wrong(path, f"`{key}`: {str(error)[:100]}", "write 192.168.10.0/24 or one address") from None
    return tuple(found)


def _rate(value: Any, path: Path) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = 0.0
    if not 0 < rate <= MOST_RATE:
        raise _wrong(path, f"`rate` is a number of requests a second, up to {MOST_RATE:,.0f}")
    return rate


def _hours(value: Any, path: Path) -> Hours | None:
    if value is None:
        return None
    try:
        start, end = (time.fromisoformat(value[key]) for key in ("from", "to"))
        days = frozenset(DAYS.index(str(day).lower()[:3]) for day in value.get("days", DAYS))
    except (KeyError, TypeError, ValueError, AttributeError):
        remedy = 'hours: {from: "08:00", to: "18:00", days: [mon, tue, wed, thu, fri]}'
        raise _wrong(path, "`hours` cannot be read", remedy) from None
    return Hours(start, end, days)


EXAMPLE = """\
# Who allowed it, what may be asked, how fast, and when. Nothing is sent outside of this.
authorised_by:
  name: A. Person
  role: head of estates
  on: 2026-01-05
  until: 2026-12-31
  reference: change request 1234
networks: [192.168.10.0/24]
leave_out: [192.168.10.1]
rate: 100                # requests a second
hours: {from: "08:00", to: "18:00", days: [mon, tue, wed, thu, fri]}
vantage: laptop on the camera VLAN, switch 3 port 12
"""
