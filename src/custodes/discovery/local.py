"""The networks that this machine stands in: where multicast can reach, and what cannot be seen from here."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
from dataclasses import dataclass

_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface with its address and the network it stands in."""

    name: str
    address: str
    network: ipaddress.IPv4Network


def interfaces() -> list[Interface]:
    """Every interface with an IPv4 address; without ioctl (not Linux) none is known."""
    if not sys.platform.startswith("linux"):
        return []
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            asked = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):
                address, mask = (
                    socket.inet_ntoa(fcntl.ioctl(sock.fileno(), code, asked)[20:24])
                    for code in (_SIOCGIFADDR, _SIOCGIFNETMASK)
                )
                found.append(Interface(name, address, ipaddress.IPv4Network(f"{address}/{mask}", strict=False)))
    return found
