"""Addresses of IP as bytes: which are out on the internet, which are of the site, which are of groups."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=65_536)
def is_external(raw: bytes) -> bool:
    """Whether four or sixteen bytes are a globally routable address of one machine (IANA registries)."""
    address = ipaddress.ip_address(raw)
    if not address.is_global or address.is_multicast:
        return False
    # what the registries added since the language's own table was made
    return (
        raw[:3] != b"\xc0\0\0" if len(raw) == 4 else raw[0] >> 5 == 1 and (raw[:2] != b"\x3f\xff" or raw[2] >> 4 != 0)
    )


@lru_cache(maxsize=65_536)
def is_group(raw: bytes) -> bool:
    """Whether an address is that of many machines, or of none: multicast, broadcast, unspecified."""
    address = ipaddress.ip_address(raw)
    return address.is_multicast or address.is_unspecified or raw == b"\xff\xff\xff\xff"


@lru_cache(maxsize=65_536)
def ip_text(raw: bytes) -> str:
    """An address as it is written."""
    return str(ipaddress.ip_address(raw))


def ip_bytes(text: str) -> bytes:
    """The bytes of an address as it is written; none if it is no address."""
    try:
        return ipaddress.ip_address(text.strip().partition("%")[0]).packed
    except ValueError:
        return b""


def mac_group(mac: bytes) -> bool:
    """Whether a link address is that of many stations, or of none."""
    return bool(mac and mac[0] & 1) or not any(mac)


def made_of(address: bytes, mac: bytes) -> bool:
    """Whether an IPv6 address was made out of a link address (modified EUI-64, RFC 4291 appendix A)."""
    if len(address) != 16 or len(mac) != 6:
        return False
    return address[8:] == bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]
