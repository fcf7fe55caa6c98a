"""Which program wrote a log, told by its first bytes, never by its name; and which logs belong together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

#: Bytes from the beginning of a log that are looked at to tell what it is.
HEAD = 65_536


class Kind(StrEnum):
    """Who wrote it, and how."""

    CAPTURE = "capture"
    ZEEK_TSV = "Zeek"
    ZEEK_JSON = "Zeek, JSON"
    EVE = "Suricata EVE"
    NFDUMP = "nfdump CSV"
    RESOLVER = "DNS query log"
    FIREWALL = "firewall log"


#: How a line of these logs begins: a priority, a time, a host, the program.
_STAMP = (
    rb"^(?:<\d{1,3}>(?:1 )?)?(?:[A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?[\d:]{8}"
    rb"|\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?|\[\d{9,10}\]|\d\d-[A-Z][a-z]{2}-\d{4} [\d:.]+)?"
    rb"[ :]*(?:[\w.-]+:? ?(?:: )?)?"
)
_RESOLVERS = re.compile(
    _STAMP + rb"(?:(?:dnsmasq|dnsmasq-dhcp|pihole-FTL)\[\d+\]: |unbound(?:\[[\d:]+\])?:? |(?:named\[\d+\]: )?"
    rb"(?:queries: )?(?:info: )?client (?:@0x[0-9a-f]+ )?[0-9a-fA-F.:]+#\d+)",
    re.MULTILINE,
)
_FIREWALLS = re.compile(
    _STAMP + rb"(?:kernel: .*\bIN=\S* OUT=\S* .*\bSRC=\S+ DST=\S+ |filterlog(?:\[\d+\])?: |%(?:ASA|FTD)-\d-\d{6}: "
    rb"|date=\d{4}-\d\d-\d\d time=\S+ .*\b(?:srcip|dstip)=\S+)",
    re.MULTILINE,
)
_NFDUMP = re.compile(rb"^(?:ts,te,td,sa,da,sp,dp,pr,|firstSeen,duration,proto,srcAddr,)", re.MULTILINE)
#: A row of EVE of which not all is there.
_EVE = re.compile(rb'^\{"timestamp":.*"event_type":', re.MULTILINE)
#: Columns of a log of Zeek, named in a line of their own.
_ZEEK_CUT = re.compile(rb"^(?:[a-z_.0-9]+\t)*id\.orig_h(?:\t[a-z_.0-9]+)*$", re.MULTILINE)
_CAPTURES = {bytes.fromhex(magic) for magic in ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a")}
_ZEEK_PATH = re.compile(r"(?:^|[._-])(conn|dns|ssl|http|dhcp|quic|files)(?=[._-]|$)")


def kind_of(head: bytes) -> Kind | None:
    """What a file is, by how it begins once unpacked; None if it is nothing that is read."""
    if head[:4] in _CAPTURES:
        return Kind.CAPTURE
    if re.search(rb"^#separator |^#fields\t", head, re.MULTILINE):
        return Kind.ZEEK_TSV
    if re.search(rb"^\s*\{", head, re.MULTILINE):
        found = _json_kind(head)
        if found is not None:
            return found
    if _ZEEK_CUT.search(head):
        return Kind.ZEEK_TSV
    if _NFDUMP.search(head):
        return Kind.NFDUMP
    if _FIREWALLS.search(head):
        return Kind.FIREWALL
    if _RESOLVERS.search(head):
        return Kind.RESOLVER
    return None


def _json_kind(head: bytes) -> Kind | None:
    """The kind of a log of one object a line: by the first line that is one."""
    for line in head.splitlines()[:50]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and {"event_type", "timestamp"} <= row.keys():
            return Kind.EVE
        if isinstance(row, dict) and ("id.orig_h" in row or "_path" in row or {"uids", "mac"} <= row.keys()):
            return Kind.ZEEK_JSON
    return Kind.EVE if _EVE.search(head) else Kind.ZEEK_JSON if b'"id.orig_h"' in head else None


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are read as one: a capture or log alone, or the logs of one Zeek."""

    name: str
    kind: Kind
    paths: tuple[Path, ...]


def grouped(found: Iterable[tuple[Path, Kind]]) -> Sequence[Group]:
    """Files in the order given. Logs of Zeek whose names differ in the kind of log alone belong together."""
    groups: dict[tuple[str, ...], list[Path]] = {}
    kinds: dict[tuple[str, ...], Kind] = {}
    for number, (path, kind) in enumerate(found):
        key: tuple[str, ...] = (str(number),)
        if kind in (Kind.ZEEK_TSV, Kind.ZEEK_JSON):
            key = (str(path.parent), _ZEEK_PATH.sub("", path.name, count=1), kind)
        groups.setdefault(key, []).append(path)
        kinds[key] = kind
    return [Group(_name(paths), kinds[key], tuple(paths)) for key, paths in groups.items()]


def _name(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        return paths[0].name
    return f"{paths[0].parent.name or '.'}/{' '.join(path.name for path in paths)}"
