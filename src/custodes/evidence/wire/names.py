"""DNS messages as mDNS sends them: the names, texts and addresses of services."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from custodes.evidence.wire.texts import address_text, cleaned, fields, mac_in, parts
from custodes.model.wire import Part, Reply

MOST_RECORDS = 512
MOST_LABELS = 64
_A, _PTR, _TXT, _SRV = 1, 12, 16, 33


class Malformed(ValueError):
    """Bytes that are no DNS message, or break off."""


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record. `value`: the name it points to, its address, or its texts by key."""

    name: str
    kind: int
    value: str
    texts: Mapping[str, str]


def read_message(raw: bytes) -> list[Record]:
    """The records of a message, in order. Raises Malformed if it is none; one that breaks off gives what it had."""
    if len(raw) < 12:
        raise Malformed("shorter than a header")
    _, flags, questions, *counts = struct.unpack_from(">6H", raw)
    if not flags & 0x8000 or questions + sum(counts) > MOST_RECORDS:
        raise Malformed("no answer, or too many records")
    place = 12
    found: list[Record] = []
    try:
        for _ in range(questions):
            _, place = name_at(raw, place)
            place += 4
        for _ in range(sum(counts)):
            record, place = _record(raw, place)
            found.append(record)
    except (Malformed, struct.error, IndexError):
        if not found:
            raise Malformed("breaks off before its first record") from None
    return found


def _record(raw: bytes, place: int) -> tuple[Record, int]:
    name, place = name_at(raw, place)
    kind, _, _, length = struct.unpack_from(">HHIH", raw, place)
    start = place + 10
    end = start + length
    if end > len(raw):
        raise Malformed("a record runs over the end")
    value, texts = "", {}
    if kind == _PTR:
        value = name_at(raw, start)[0]
    elif kind == _SRV and length > 6:
        value = name_at(raw, start + 6)[0]
    elif kind == _A:
        value = address_text(raw[start:end])
    elif kind == _TXT:
        texts = dict(_texts(raw[start:end]))
    return Record(name, kind, value, texts), end


def _texts(raw: bytes) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(raw):
        length = raw[place]
        text = raw[place + 1 : place + 1 + length].decode("utf-8", "replace")
        key, _, value = text.partition("=")
        yield cleaned(key), cleaned(value)
        place += 1 + length


def name_at(raw: bytes, place: int, labels_at_most: int = MOST_LABELS, size: int | None = None) -> tuple[str, int]:
    """A name and the place behind it; pointers lead back only, and not for ever. `size`: bytes behind which no further
    label is taken. Raises Malformed or IndexError."""
    labels: list[str] = []
    after, total = -1, 0
    while len(labels) <= labels_at_most:
        length = raw[place]
        if length >= 0xC0:
            target = ((length & 0x3F) << 8) | raw[place + 1]
            if target >= place:
                raise Malformed("a pointer forwards")
            after = place + 2 if after < 0 else after
            place = target
        elif length == 0:
            return ".".join(labels), after if after >= 0 else place + 1
        elif length > 63 or place + 1 + length > len(raw) or (size is not None and total > size):
            raise Malformed("a label of an unknown kind, or one that breaks off")
        else:
            labels.append(raw[place + 1 : place + 1 + length].decode("utf-8", "replace"))
            place += 1 + length
            total += 1 + length
    raise Malformed("a name without end")


def read_mdns(raw: bytes) -> Reply | None:
    """The services of an mDNS answer; None if the bytes are none."""
    try:
        records = read_message(raw)
    except Malformed:
        return None
    services = [(item.name, item.value) for item in records if item.kind == _PTR]
    texts: dict[str, str] = {}
    for item in records:
        texts.update(item.texts)
    hosts = [item.value for item in records if item.kind == _SRV]
    addresses = [item.value for item in records if item.kind == _A]
    return service_reply(services, texts, hosts, addresses)


def service_reply(
    services: Sequence[tuple[str, str]], texts: Mapping[str, str], hosts: Sequence[str], addresses: Sequence[str]
) -> Reply:
    """The reply in services (type, instance), their texts by key, their hosts and addresses."""
    said: list[tuple[str, str]] = []
    told: list[tuple[Part, str]] = []
    low = {key.lower(): value for key, value in texts.items()}
    passed = _passes_on([kind for kind, _ in services], low)
    for kind, instance in services:
        kind = kind.strip(".").removesuffix(".local")
        name = instance.removesuffix(".local.").removesuffix(".local").removesuffix(f".{kind}")
        said.append(("mdns.service", kind))
        if passed:  # what is passed on is called as somebody liked
            told.append((Part.NAME, name))
            continue
        said += [("mdns.name", f"{kind} {name}"), ("mdns.instance", name), ("mdns.name", instance.strip("."))]
    if passed:
        texts = {key: value for key, value in texts.items() if key.lower() not in ("md", "model", "manufacturer", "fn")}
        low = {key.lower(): value for key, value in texts.items()}
    said += [("mdns.txt", f"{key}={value}") for key, value in texts.items() if key]
    for part, keys in _KEYS.items():
        told += [(part, low[key]) for key in keys if key in low]
    told += [(Part.MAC, mac_in(host)) for host in hosts]
    told += [(Part.ADDRESS, address) for address in addresses]
    return Reply("mdns", fields(said), parts(told))


#: Categories of HomeKit accessories that are the camera themselves: IP camera and video doorbell (HAP specification).
_CAMERAS = ("17", "18")


def _passes_on(kinds: Sequence[str], texts: Mapping[str, str]) -> bool:
    """Whether the model told may be that of another device: a bridge's, or what a screen plays."""
    bridge = any(kind.startswith("_hap.") for kind in kinds) and texts.get("ci", "").strip() not in _CAMERAS
    return bridge or any(kind.startswith("_googlecast.") for kind in kinds)


_KEYS: Mapping[Part, Sequence[str]] = {
    Part.MAC: ("macaddress", "mac", "deviceid", "mac_address"),
    Part.MODEL: ("model", "md", "ty", "usb_mdl", "modelname"),
    Part.LABEL: ("manufacturer", "vendor", "usb_mfg", "brand", "mf"),
    Part.FIRMWARE: ("firmware", "fv", "fw", "srcvers", "version", "fwversion"),
    Part.SERIAL: ("serial", "serialnumber", "sn", "sn#"),
}
