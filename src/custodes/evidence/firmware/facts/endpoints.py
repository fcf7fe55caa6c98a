"""Addresses that programs and settings name, without what only looks like one: versions, masks, names of files."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from custodes.evidence.captures.addresses import is_external

#: Of examples in papers: no device calls them, but in made-up images, so that they are kept.
_PAPER = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
#: Endings of files that are also endings of names on the internet.
_FILES = frozenset(
    (
        "so",
        "sh",
        "py",
        "pl",
        "md",
        "zip",
        "mov",
        "app",
        "cc",
        "rs",
        "ps",
        "cab",
        "js",
        "ko",
        "la",
        "mk",
        "ml",
        "pm",
        "st",
        "map",
        "bar",
        "int",
        "name",
        "id",
        "in",
        "do",
        "is",
        "to",
        "as",
        "no",
        "target",
    )
)
_URL = re.compile(r"([a-z]+)://([^/\s]+)(.*)", re.IGNORECASE)
_VERSION = re.compile(r"(?i)(?<![a-z])(?:version|ver|v|release|oid|build)[\s:=.\"']*$")


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """Endings that are on the internet; others are none."""
    return PublicSuffixList(accept_unknown=False)


def url(text: str) -> str | None:
    """An address with a scheme, if a program can call it."""
    match = _URL.fullmatch(text.rstrip(".,;)'\""))
    if not match or "%" in match[2]:
        return None
    host = match[2].rsplit("@", 1)[-1].split(":")[0].strip("[]").lower()
    if re.fullmatch(r"[\d.]+", host):
        if not _address(host, strict=False):
            return None
    elif "." not in host or not _name(host, strict=False):
        return None
    return f"{match[1].lower()}://{match[2].rsplit('@', 1)[-1].lower()}{match[3]}".rstrip("/")


def _address(text: str, *, strict: bool) -> bool:
    try:
        found = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    if any(found in network for network in _PAPER):
        return True
    if not is_external(found.packed):
        return False
    first, *_, last = (int(part) for part in text.split("."))
    return not strict or (first > 3 and last not in (0, 255))


def ipv4(text: str, before: str, *, settings: bool) -> str | None:
    """Four numbers, if they are an address out on the internet. `before`: what stands before them; in programs those
    that could be a version are not taken."""
    host = text.split(":")[0]
    if _VERSION.search(before) or re.search(r"[\d.\w]$", before) or not _address(host, strict=not settings):
        return None
    return text


def _name(host: str, *, strict: bool) -> bool:
    last = host.rsplit(".", 1)[-1]
    if strict and last in _FILES:
        return False
    if last in ("example", "test", "invalid"):
        return True
    return last.isalpha() and bool(_suffixes().privatesuffix(host))


def host(text: str, *, settings: bool) -> str | None:
    """A name on the internet that stands by itself."""
    name = text.split(":")[0].lower()
    labels = name.split(".")
    if len(labels) < 2 or not _name(name, strict=True):
        return None
    if len(labels) < 3 and len(labels[0]) < 6:
        return None  # a part of an expression, more likely
    if not settings and (len(labels) < 3 or len(labels[-1]) > 4 or any(len(label) < 2 for label in labels[-2:])):
        return None
    return text.lower()
