"""Who is where on a network: neighbour tables, DHCP leases, MAC tables of switches. No banner, only addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodes.evidence.scans.files import ScanFile
from custodes.model.scans import Heard, Host

_MAC = re.compile(
    r"\b(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}\b|\b[0-9a-f]{4}([.-])[0-9a-f]{4}\1[0-9a-f]{4}\b|\b[0-9a-f]{6}-[0-9a-f]{6}\b",
    re.IGNORECASE,
)
#: How tables write that nobody answered at an address.
_NOBODY = re.compile(r"<incomplete>|\(incomplete\)|\bINCOMPLETE\b|\bFAILED\b|\sIncomplete\s+ARPA")
ABSENT = "nobody answered at this address when the table was written"
_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
#: Lines that open a table of one of these kinds, or stand in it.
_SIGNS = (
    re.compile(rb"^lease (?:\d{1,3}\.){3}\d{1,3} \{", re.MULTILINE),
    re.compile(
        rb"^\S* ?\(?(?:\d{1,3}\.){3}\d{1,3}\)? at (?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}\b", re.MULTILINE | re.IGNORECASE
    ),
    re.compile(rb"^(?:\d{1,3}\.){3}\d{1,3} dev \S+ lladdr ", re.MULTILINE),
    re.compile(rb"^\d{9,10} (?:[0-9a-f]{2}:){5}[0-9a-f]{2} (?:\d{1,3}\.){3}\d{1,3} ", re.MULTILINE | re.IGNORECASE),
    re.compile(
        rb"^\s*(?:\d+|All)\s+[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\s+(?:DYNAMIC|STATIC)\s", re.MULTILINE | re.IGNORECASE
    ),
    # Windows, in any language: columns are set apart by blanks.
    re.compile(rb"^ +(?:\d{1,3}\.){3}\d{1,3} {2,}(?:[0-9a-f]{2}-){5}[0-9a-f]{2} {2,}\S", re.MULTILINE | re.IGNORECASE),
    # Switches of HP (two groups of six digits) and of Huawei and H3C (three of four), Juniper's, a router of MikroTik.
    re.compile(rb"^ *[0-9a-f]{6}-[0-9a-f]{6} +\w{1,6} +\d{1,4} *\r?$", re.MULTILINE | re.IGNORECASE),
    re.compile(rb"^ *[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4} +\d+[ /]", re.MULTILINE | re.IGNORECASE),
    re.compile(rb"^ *\S+ +(?:[0-9a-f]{2}:){5}[0-9a-f]{2} +(?:Learn|Static|D|S|DL)\b", re.MULTILINE | re.IGNORECASE),
    re.compile(rb"^ *\d+ +[A-Z]{1,4} +(?:\d{1,3}\.){3}\d{1,3} +(?:[0-9A-F]{2}:){5}[0-9A-F]{2} ", re.MULTILINE),
    re.compile(rb"^Internet\s+(?:\d{1,3}\.){3}\d{1,3}\s+\S+\s+[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\s", re.MULTILINE),
    re.compile(rb"^(?:\d{1,3}\.){3}\d{1,3}\s+(?:ether|0x1)\s", re.MULTILINE),
)
#: A lease ends at a brace in a line of its own: braces stand in names too. The last one may break off.
_LEASE = re.compile(r"^lease ((?:\d{1,3}\.){3}\d{1,3}) \{", re.MULTILINE)
_LEASE_END = re.compile(r"^\s*\}\s*$", re.MULTILINE)
_LONGEST_LEASE = 8_000
_NAMED = re.compile(r'client-hostname "([^"]{1,200})"')
_CLASS = re.compile(r'vendor-class-identifier = "([^"]{1,300})"')
_DNSMASQ = re.compile(r"^\d{9,10} (\S{17}) (\S+) (\S+)", re.MULTILINE)


def sniff(head: bytes, _: str) -> float:
    """How surely this is such a table."""
    if head.lstrip()[:1] in (b"<", b"{", b"["):
        return 0.0
    return 0.9 if any(sign.search(head) for sign in _SIGNS) else 0.0


def read(file: ScanFile) -> Iterator[Host]:
    """The hosts of a table: each line that holds an address of a network card, each lease; an address at which nobody
    answered says so."""
    text = file.text()
    leases = list(_LEASE.finditer(text))
    if leases:
        ends = [lease.start() for lease in leases[1:]] + [len(text)]
        for row, (lease, after) in enumerate(zip(leases, ends, strict=True), 1):
            told = text[lease.end() : min(after, lease.end() + _LONGEST_LEASE)]
            end = _LEASE_END.search(told)
            yield _lease(row, lease[1], told[: end.start()] if end else told)
        return
    row = 0
    for line in text.splitlines():
        mac, address = _MAC.search(line), _IPV4.search(line)
        if mac is None:
            if address is not None and _NOBODY.search(line):
                row += 1
                yield Host(row, address.group(), absent=ABSENT)
            continue
        row += 1
        named = _DNSMASQ.match(line)
        name = named[3] if named and named[3] != "*" else ""
        yield Host(row, address.group() if address else "", _whole(mac.group()), name, _name_heard(name))


def _lease(row: int, address: str, told: str) -> Host:
    mac, name, kind = _MAC.search(told), _NAMED.search(told), _CLASS.search(told)
    heard = _name_heard(name[1] if name else "")
    if kind:
        heard += (Heard("dhcp.option60", kind[1]),)
    return Host(row, address, _whole(mac.group()) if mac else "", name[1] if name else "", heard)


def _whole(mac: str) -> str:
    """An address with two digits in each place: some tables leave out leading noughts, some write longer groups."""
    groups = re.split("[:.-]", mac)
    return mac if len(groups) == 3 else ":".join(part.zfill(12 // len(groups)) for part in groups)


def _name_heard(name: str) -> tuple[Heard, ...]:
    """The name that a device gave itself when it asked for an address."""
    return (Heard("dhcp.option12", name),) if name else ()
