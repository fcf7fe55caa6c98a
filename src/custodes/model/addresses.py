"""Addresses of the internet protocol as they are compared: one spelling each."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=200_000)
def plain_address(text: str | None) -> str:
    """The usual spelling of an address; of IPv4 inside IPv6 (RFC 4291 section 2.5.5.2) that of IPv4, which it is.

    What is no address stays as it is, in small letters and without blanks around; nothing is empty.
    """
    told = (text or "").strip().lower()
    try:
        found = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return told
    inside = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(inside or found)
