"""Manufacturer Usage Descriptions (RFC 8520): the list of what a device says it talks to."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from custodes.model.claims import Entry
from custodes.model.errors import BadInput

_MUD, _ACLS = "ietf-mud:mud", "ietf-access-control-list:acls"
#: Names of the lists before the standard was finished.
_OLD_ACLS = "ietf-access-control-list:access-lists"
_REMEDY = "give a MUD file as RFC 8520 has it"
MOST_ENTRIES, MOST_BYTES = 2_000, 2 << 20
#: What may be matched by ports, and its number.
_LAYERS = dict(zip("tcp udp".split(), (6, 17), strict=True))  # noqa: SIM905
#: Classes of machines that only the site can tell the members of.
_CLASSES = ("controller", "my-controller", "manufacturer", "same-manufacturer", "model")


def read_mud(path: Path) -> tuple[Entry, ...]:
    """What the device may send to. Raises BadInput where the file is no description."""
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput(f"it cannot be read: {str(error)[:80]}", where=path.name) from None
    if len(raw) > MOST_BYTES:
        raise BadInput("it is too large for a description", where=str(path), remedy=_REMEDY)
    try:
        told = json.loads(raw)
        entries = tuple(_entries(told))
    except (ArithmeticError, ValueError, RecursionError, AttributeError, TypeError, KeyError) as error:
        why = str(error)[:120]
        raise BadInput("it is no description of a device", where=str(path), why=why, remedy=_REMEDY) from None
    if not entries:
        raise BadInput("it allows and forbids nothing", where=str(path), remedy=_REMEDY)
    return entries


def _entries(told: Mapping[str, Any]) -> Iterator[Entry]:
    policy = told[_MUD].get("from-device-policy", {}).get("access-lists", {}).get("access-list", [])
    names = {one["name"] if isinstance(one, dict) else str(one) for one in policy}
    lists = (told.get(_ACLS) or told.get(_OLD_ACLS) or {}).get("acl", [])
    count = 0
    for one in lists:
        if one.get("name") not in names:
            continue
        for ace in one.get("aces", {}).get("ace", []):
            count += 1
            if count > MOST_ENTRIES:
                raise ValueError("more entries than a device needs")
            yield _entry(ace)


def _entry(ace: Mapping[str, Any]) -> Entry:
    matches = ace.get("matches", {})
    ip: dict[str, Any] = {}
    for family in ("ipv4", "ipv6"):
        ip |= matches.get(family, {})
    told = next((name for name in _LAYERS if name in matches), "")
    layer = matches.get(told) or {}
    proto = ip.get("protocol") or _LAYERS.get(told)
    mud = matches.get("ietf-mud:mud", {})
    classes = [name for name in _CLASSES if name in mud]
    networks = [ip[key] for key in ("destination-ipv4-network", "destination-ipv6-network") if key in ip]
    for network in networks:
        ipaddress.ip_network(network, strict=False)
    name = ip.get("ietf-acldns:dst-dnsname") or ip.get("ietf-acldns:src-dnsname") or ""
    return Entry(
        ace.get("actions", {}).get("forwarding", "accept") == "accept",
        (str(name).lower().rstrip("."),) if name else (),
        tuple(networks),
        int(proto) if proto is not None else None,
        _ports(layer.get("destination-port")),
        _ports(layer.get("source-port")),
        "local-networks" in mud,
        classes[0] if classes else "",
        any(_is_odd(layer.get(key)) for key in ("destination-port", "source-port")),
    )


def _is_odd(told: Any) -> bool:
    """Whether a match of ports is none of those read here, as "all but one"."""
    return (
        isinstance(told, dict) and "lower-port" not in told and told.get("operator", "eq") not in ("eq", "lte", "gte")
    )


def _ports(told: Mapping[str, Any] | Sequence[Any] | None) -> tuple[int, int] | None:
    """First and last port of a match: eq, lte, gte, or a range."""
    if not isinstance(told, dict) or _is_odd(told):
        return None
    if "lower-port" in told:
        first = int(told["lower-port"])
        return first, int(told.get("upper-port") or first)
    port, operator = int(told["port"]), told.get("operator", "eq")
    return {"lte": (0, port), "gte": (port, 65_535)}.get(operator, (port, port))
