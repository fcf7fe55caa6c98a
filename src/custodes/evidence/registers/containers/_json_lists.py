"""Where the rows of a JSON document lie: its lists of devices, objects kept by key, lists inside lists."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from custodes.evidence.registers import formats
from custodes.evidence.registers.cells import Unreadable
from custodes.evidence.registers.containers import _json_scan as scan
from custodes.evidence.registers.containers import _json_tables as tables
from custodes.evidence.registers.containers._flatten import flatten
from custodes.model.vocab import Field

_INNER = 4  # how deep a list of rows may lie in an enclosing object, or in a row
_NEXT = re.compile(r"\]\s*\[")  # the end of a list and the start of another
_ENOUGH = 1_000  # objects after which a list is surely one of rows
_LONGEST_NAMES = 400_000  # characters of a list of names of columns
_LOOK = 20  # objects of a list that are asked what they hold
_TELLING = frozenset((Field.MAKE, Field.MODEL, Field.MAC, Field.SERIAL, Field.FIRMWARE))
_IDENTITY = frozenset((Field.NAME, Field.ASSET_TAG, Field.MAC, Field.SERIAL, Field.ADDRESS))
_OF_A_SITE = frozenset(
    (Field.SITE, Field.BODY, Field.SYSTEM, Field.OWNER, Field.OPERATOR, Field.LANDLORD, Field.INSTALLER, Field.CONTRACT)
)
_NAMING = frozenset((*_TELLING, Field.NAME, Field.SITE, Field.LOCATION, Field.ADDRESS, Field.ASSET_TAG))


@dataclass(frozen=True, slots=True)
class Rows:
    """Where rows lie: `lines`, the `array` or the keyed `members` at `place`, or the `object` there itself.

    `path`: its keys from the top, joined by dots. `devices`: whether its objects tell a make or an identifier.
    """

    kind: str
    place: int = 0
    count: int = 0
    path: str = ""
    devices: bool = False
    named: bool = False
    heads: tuple[str, ...] = ()  # of rows that are bare lists
    bare: bool = False  # whether they are lists, and nothing outside them tells their headings

    @property
    def parent(self) -> str:
        """The path of the object that the list stands in."""
        return self.path.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Found:
    """What is read of a document, the short texts of its top level, and the lists that are not read."""

    rows: list[Rows]
    marks: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()


def find(text: str, bounds: scan.Bounds) -> Found:
    """The lists of rows in a document. Raises TooDeep."""
    start = scan.skip(text, 1 if text.startswith("\ufeff") else 0)
    if text[start : start + 1] == "[":
        return Found([_top(text, start, bounds)])
    try:
        end = scan.extent(text, start, bounds)
        several = text[scan.skip(text, end) : scan.skip(text, end) + 1] == "{"
    except scan.Cut:
        several = False
    if several:
        return Found([Rows("lines", start)])
    marks: set[str] = set()
    told: list[tuple[str, tuple[str, ...]]] = []
    every = list(_lists(text, start, bounds, marks, "", told))  # whole first: headings may stand behind their rows
    lists = [one for one in (_with_heads(text, one, bounds, told) for one in every) if one.count]
    return _chosen(lists, start, frozenset(marks))


def _top(text: str, start: int, bounds: scan.Bounds) -> Rows:
    """A document that is a list, or several one behind the other: of objects, or each of them one row."""
    several = False
    if _NEXT.search(text):  # else nothing can stand behind it, and the whole is not walked for it
        with contextlib.suppress(scan.Cut, scan.TooDeep):
            place = scan.skip(text, scan.extent(text, start, bounds))
            several = text[place : place + 1] == "["
    if not several:
        return _with_heads(text, Rows("array", start), bounds, ())
    first = tables.first_lists(text, tables.sequence(text, start, bounds), bounds, _LOOK)
    if any(isinstance(one, dict) for values in first for one in values):
        return Rows("arrays", start)
    return _headed(Rows("sequence", start), first, ())


def _with_heads(text: str, one: Rows, bounds: scan.Bounds, told: Sequence[tuple[str, tuple[str, ...]]]) -> Rows:
    """A list of bare lists with its headings, if the document tells them; any other as it is."""
    if one.kind != "array" or one.count:
        return one
    elements = scan.elements(text, scan.skip(text, one.place + 1), bounds)
    lists = tables.first_lists(text, elements, bounds, _LOOK)
    return _headed(one, lists, told) if lists and lists[0] else one


def _headed(one: Rows, lists: Sequence[list[Any]], told: Sequence[tuple[str, tuple[str, ...]]]) -> Rows:
    heads = tables.told_heads(lists, told)
    if not heads and not any(isinstance(value, str) for values in lists for value in values):
        return one  # numbers alone: positions of a shape, say
    first = heads or tuple(one for one in lists[0] if isinstance(one, str))
    devices = not {_field(head) for head in first}.isdisjoint(_TELLING)
    return dataclasses.replace(one, count=len(lists), devices=devices, named=devices, heads=heads, bare=not heads)


def _chosen(lists: list[Rows], start: int, marks: frozenset[str]) -> Found:
    """Every list of devices that lies in no other; without any, the largest list of whatever."""
    devices = [one for one in lists if one.devices]
    arrays = devices or [one for one in lists if one.kind == "array"]
    if not arrays:
        return Found([Rows("object", start)], marks)
    best = max(arrays, key=lambda one: one.count)
    if _declared(marks):
        return Found([best], marks)
    outer = [one for one in devices if not any(_inside(one, other) for other in devices)]
    chosen = outer if best in outer else [best]
    left = [one for one in lists if one.named and one not in chosen and not any(_inside(one, c) for c in chosen)]
    left = [one for one in left if not any(c.heads for c in chosen) or one.devices]  # a list of columns is read as such
    return Found(chosen, marks, tuple(one.path for one in left if one.parent in {c.parent for c in chosen}))


def _inside(one: Rows, other: Rows) -> bool:
    """Whether a list lies inside another one's path, which then unfolds it."""
    return one is not other and one.path.startswith(f"{other.path}.")


def _declared(marks: frozenset[str]) -> bool:
    """Whether a format of the pack knows documents with these marks: it says itself where their rows are."""
    return any(one.marks and one.marks <= marks for one in formats.load().known)


def _lists(
    text: str, place: int, bounds: scan.Bounds, marks: set[str], path: str, told: list[tuple[str, tuple[str, ...]]]
) -> Iterator[Rows]:
    """Every list of objects in an object, and the object itself if it keeps devices by key."""
    depth = path.count(".") + bool(path)
    keyed: list[Mapping[str, Any]] = []
    others = 0
    try:
        for key, at in scan.members(text, place, bounds):
            sign, here = text[at : at + 1], f"{path}.{key}" if path else key
            if sign == "[":
                told += _names(text, at, bounds, key)
                yield _array(text, at, bounds, here)
            elif sign == "{":
                if len(keyed) < _LOOK:
                    keyed += _objects(text, [(at, scan.extent(text, at, bounds))], bounds)
                if depth < _INNER:
                    yield from _lists(text, at, bounds, marks, here, told)
            elif sign == '"' and depth == 0 and len(marks) < 50:
                marks.add(f"{key}={text[at + 1 : at + 40].split(chr(34), 1)[0]}"[:80])
            others += sign != "{"
    except scan.Cut:
        pass
    if len(keyed) >= 2 and not others and all(map(is_device, keyed)):
        yield Rows("members", place, len(keyed), path, devices=True, named=True)


def _names(text: str, place: int, bounds: scan.Bounds, key: str) -> list[tuple[str, tuple[str, ...]]]:
    """The names of columns that a short list may hold."""
    try:
        end = scan.extent(text, place, bounds)
        found = tables.names(scan.decode(text, place, end, bounds), key) if end - place < _LONGEST_NAMES else ()
    except (scan.Cut, scan.TooBig):
        return []
    return [(key, found)] if found else []


def _array(text: str, place: int, bounds: scan.Bounds, path: str) -> Rows:
    count, first = 0, []
    try:
        for seen, (start, end) in enumerate(scan.elements(text, scan.skip(text, place + 1), bounds)):
            if text[start] == "{":
                count += 1
                first += [(start, end)] if count <= _LOOK else []
            if count >= _ENOUGH or seen > 10 * _ENOUGH:
                break
    except scan.Cut:
        pass
    held = _objects(text, first, bounds)
    devices = any(is_device(one) or inner_lists(one) for one in held)
    return Rows("array", place, count, path, devices, devices or any(_fields(one) & _NAMING for one in held))


def _objects(text: str, spans: list[tuple[int, int]], bounds: scan.Bounds) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for start, end in spans:
        try:
            value = scan.decode(text, start, end, bounds)
        except (scan.Cut, scan.TooBig):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def _fields(item: Mapping[str, Any]) -> set[Field]:
    """The canonical fields that the keys of an object name, lists inside it left aside."""
    plain = {key: value for key, value in item.items() if not isinstance(value, list)}
    told = map(_field, flatten(plain, 200))
    return {one for one in told if one}


@lru_cache(maxsize=8192)
def _field(head: str) -> Field | None:
    told = formats.generic_field(formats.load().generic, head)
    return told[0] if told else None


def is_device(item: Mapping[str, Any]) -> bool:
    """Whether an object tells a make, a model or an identifier of its own."""
    return bool(_fields(item) & _TELLING)


def inner_lists(item: Mapping[str, Any], depth: int = 0) -> list[str]:
    """The keys of lists of devices in an object that is none itself: a site with its cameras."""
    held = [key for key, value in item.items() if isinstance(value, list) and any(isinstance(v, dict) for v in value)]
    if not held or depth >= _INNER:
        return []
    own = is_device(item)
    return [key for key in held if _holds_devices(item[key], depth, own)]


def _holds_devices(items: list[Any], depth: int, own: bool) -> bool:
    """Whether a list holds devices: inside a device (`own`) only things with a name or address of their own."""
    held = [one for one in items[:_LOOK] if isinstance(one, dict)]
    return any(
        (is_device(one) and (not own or bool(_fields(one) & _IDENTITY))) or inner_lists(one, depth + 1) for one in held
    )


def unfold(item: Mapping[str, Any], known: set[str], group: str, depth: int = 0) -> list[Any]:
    """One row, or the devices of a site under the site's own words; `known` learns the keys of their lists.

    What a site says of itself (`name`, `id`) is put under `group`, so that no device takes it for its own.
    """
    if item.get("type") == "Feature" and isinstance(item.get("properties"), dict):
        item = {**item["properties"], "geometry": item.get("geometry")}
    lists = inner_lists(item, depth)
    known.update(lists)
    if not lists:
        empty = any(item.get(key) == [] for key in known) and not is_device(item)
        return [Unreadable("a site or group without devices in it") if empty else item]
    alone = {key: value for key, value in item.items() if key not in lists}
    rows: list[Any] = [alone] if is_device(item) else []
    outer = {_outer(key, group): value for key, value in alone.items()}
    for key in lists:
        for one in item[key]:
            if not isinstance(one, dict):
                rows.append(Unreadable("not an object, so no device"))
                continue
            found = unfold(one, known, one_of(key), depth + 1)
            rows += [row if isinstance(row, Unreadable) else {**outer, **row} for row in found]
    return rows


def one_of(key: str) -> str:
    """The word for one member of a list: `sites` -> `site`; `site` where the list has no name."""
    return (key[:-1] if key.endswith("s") else key) or "site"


def _outer(key: str, group: str) -> str:
    return key if _field(key) in _OF_A_SITE else f"{group}.{key}"
