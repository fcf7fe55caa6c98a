"""DNS messages in traffic: the names asked for, and which addresses an answer gives them (RFC 1035, 6762, 4795)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address
from typing import NamedTuple

from custodes.evidence.wire.names import Malformed, name_at

_A, _CNAME, _PTR, _AAAA = 1, 5, 12, 28
MOST_QUESTIONS, MOST_RECORDS, MOST_LABELS, LONGEST_NAME = 1_024, 4_096, 128, 255
_UPDATE = 5
_ARPA_4, _ARPA_6 = ".in-addr.arpa", ".ip6.arpa"


class Message(NamedTuple):
    """`names`: asked for; of an answer without a question, those it is about. `addresses`: name to its addresses,
    under the name that was asked for where aliases lead to them. `pointers`: address to what it is called, of those
    that were asked for the other way round. `answer`: whether it is one."""

    names: tuple[str, ...]
    addresses: tuple[tuple[str, bytes], ...]
    answer: bool
    pointers: tuple[tuple[bytes, str], ...] = ()


def read_message(raw: bytes) -> Message | None:
    """A message; None if the bytes are none. One that breaks off gives what it had of its questions."""
    if len(raw) < 12:
        return None
    _, flags, questions, answers = struct.unpack_from(">4H", raw)
    opcode = (flags >> 11) & 15
    if opcode not in (0, 4, _UPDATE):
        return None
    answer = bool(flags & 0x8000)
    if not questions and not (answer and answers):
        return None
    place, names = 12, []
    try:
        for _ in range(min(questions, MOST_QUESTIONS)):
            name, place = _name(raw, place)
            if place + 4 > len(raw):
                raise Malformed("a question breaks off")
            place += 4
            names.append(name)
    except (Malformed, IndexError):
        if not names:
            return None
        answers = 0  # it breaks off in its questions
    records = _records(raw, place, answers) if answer else []
    if not names:
        names = [name for name, _, _ in records]
    if opcode == _UPDATE:
        names = []
    told = tuple(_addresses(names, records))
    return Message(tuple(dict.fromkeys(filter(None, names))), told, answer, tuple(_pointers(records)))


def message_end(raw: bytes) -> int:
    """Where a message ends, all of its records read; 0 if the bytes are none or it breaks off."""
    if len(raw) < 12 or read_message(raw) is None:
        return 0
    _, _, questions, *others = struct.unpack_from(">6H", raw)
    place = 12
    try:
        for _ in range(questions):
            place = _name(raw, place)[1] + 4
        for _ in range(sum(others)):
            place = _name(raw, place)[1] + 10
            place += (raw[place - 2] << 8) | raw[place - 1]
    except (Malformed, IndexError):
        return 0
    return place if place <= len(raw) else 0


def _records(raw: bytes, place: int, count: int) -> list[tuple[str, int, bytes | str]]:
    """The records that are whole."""
    found: list[tuple[str, int, bytes | str]] = []
    with suppress(Malformed, IndexError, struct.error):
        _add_records(raw, place, count, found)
    return found


def _add_records(raw: bytes, place: int, count: int, found: list[tuple[str, int, bytes | str]]) -> None:
    for _ in range(min(count, MOST_RECORDS)):
        name, place = _name(raw, place)
        kind, _, _, size = struct.unpack_from(">HHIH", raw, place)
        place += 10
        if place + size > len(raw):
            raise Malformed("a record breaks off")
        if (kind, size) in ((_A, 4), (_AAAA, 16)):
            found.append((name, kind, raw[place : place + size]))
        elif kind in (_CNAME, _PTR):
            found.append((name, kind, _name(raw, place)[0]))
        else:
            found.append((name, kind, b""))
        place += size


def _addresses(names: list[str], records: list[tuple[str, int, bytes | str]]) -> list[tuple[str, bytes]]:
    """Addresses under the name asked for, and under the alias that has them."""
    behind = {name.lower(): value.lower() for name, kind, value in records if kind == _CNAME and isinstance(value, str)}
    found: dict[tuple[str, bytes], None] = {}
    for asked in names:
        reached, name = {asked.lower()}, asked.lower()
        while name in behind and behind[name] not in reached:
            name = behind[name]
            reached.add(name)
        for owner, kind, value in records:
            if kind in (_A, _AAAA) and isinstance(value, bytes) and owner.lower() in reached:
                found[asked, value] = None
    return list(found)


def _pointers(records: list[tuple[str, int, bytes | str]]) -> Iterator[tuple[bytes, str]]:
    """Addresses that records name the other way round, and what they are called."""
    for owner, kind, value in records:
        address = reversed_address(owner) if kind == _PTR and isinstance(value, str) else b""
        if address and isinstance(value, str) and value:
            yield address, value


def reversed_address(name: str) -> bytes:
    """The address that a name of in-addr.arpa or ip6.arpa stands for; empty for every other name."""
    name = name.lower().rstrip(".")
    with suppress(ValueError):
        if name.endswith(_ARPA_4):
            return IPv4Address(".".join(reversed(name.removesuffix(_ARPA_4).split(".")))).packed
        if name.endswith(_ARPA_6):
            digits = "".join(reversed(name.removesuffix(_ARPA_6).split(".")))
            return bytes.fromhex(digits) if len(digits) == 32 else b""
    return b""


def _name(raw: bytes, place: int) -> tuple[str, int]:
    return name_at(raw, place, MOST_LABELS, LONGEST_NAME)
