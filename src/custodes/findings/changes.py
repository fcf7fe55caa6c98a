"""Two assessments of one estate, compared: what happened to the equipment, what is known better, what the rules did.

A thing is put down to the nearest cause that is shown: to the equipment where a field that records or the network tell
of the unit itself differs; else to knowledge where who made it is told otherwise; else to the rules. Devices are
compared as the machine output gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from custodes.model.changes import Cause, Difference

Told = Mapping[str, Any]
#: What is told of a unit itself. Others of its fields are the register's words about it.
_UNIT = ("serial", "mac", "firmware", "quantity", "live", "assembled", "part", "channels", "lenses")
_PLACE = ("body", "site", "system", "location")
_MADE = ("brand_name", "model", "device_type", "oem_name", "component", "owner_name", "status", "maker_status")
#: Another unit stands there: what made it is another question, not a better answer.
_IDENTITY = ("serial", "mac")
#: Findings that only put into words what the answers of rules say, which are compared themselves.
_SAID_BY_RULES = frozenset(("bound-by-rule", "described-by-rule", "exception-claimed"))
#: Findings that come with time, as a rule's day draws near and goes by.
_OF_TIME = frozenset(("deadline-coming", "deadline-passed"))


def compare(old: Sequence[Told], new: Sequence[Told], pairs: Mapping[int, int]) -> list[Difference]:
    """Everything that differs. `pairs`: place in `new` to place in `old`; devices in none of them came or went."""
    found: list[Difference] = []
    gone = [one for place, one in enumerate(old) if place not in set(pairs.values())]
    came = [one for place, one in enumerate(new) if place not in pairs]
    found += _came_and_went(gone, came)
    for place, before in sorted(pairs.items()):
        found += _device(old[before], new[place])
    return found


def _came_and_went(gone: Sequence[Told], came: Sequence[Told]) -> Iterator[Difference]:
    """Units at one place under one name are one replaced by the other."""
    by_place: dict[tuple[str, str], list[Told]] = {}
    for one in gone:
        by_place.setdefault(_spot(one), []).append(one)
    left = {id(one) for one in gone}
    for one in came:
        before = by_place.get(_spot(one)) if one.get("name") else None
        if before and len(before) == 1 and id(before[0]) in left:
            left.discard(id(before[0]))
            yield _row(Cause.EQUIPMENT, one, "replaced", _unit(before[0]), _unit(one))
        else:
            yield _row(Cause.EQUIPMENT, one, "device", "", _unit(one))
    yield from (_row(Cause.EQUIPMENT, one, "device", _unit(one), "") for one in gone if id(one) in left)


def _spot(one: Told) -> tuple[str, str]:
    return str(one.get("site") or ""), str(one.get("name") or "")


def _unit(one: Told) -> str:
    made = one.get("attribution") or {}
    told = [made.get("brand_name"), made.get("model"), one.get("serial") or one.get("mac")]
    return " ".join(str(part) for part in told if part) or "make not known"


def _device(old: Told, new: Told) -> Iterator[Difference]:
    unit = list(_fields(old, new, (*_UNIT, *_PLACE)))
    yield from (_row(Cause.EQUIPMENT, new, *one) for one in unit)
    changed = {name for name, *_ in unit}
    made = list(_fields(old.get("attribution") or {}, new.get("attribution") or {}, _MADE))
    other = bool(changed & set(_IDENTITY)) and all(old.get(key) for key in changed & set(_IDENTITY))
    yield from (_row(Cause.EQUIPMENT if other else Cause.KNOWLEDGE, new, *one) for one in made)
    cause = Cause.EQUIPMENT if changed & {*_IDENTITY, "live", *_PLACE} else Cause.KNOWLEDGE if made else Cause.RULES
    yield from _measures(old, new, cause)
    yield from _findings(old, new, Cause.EQUIPMENT if changed else Cause.KNOWLEDGE)


def _fields(old: Told, new: Told, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        before, after = old.get(name), new.get(name)
        if _text(before) != _text(after):
            yield name, _text(before), _text(after)


def _text(value: object) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _measures(old: Told, new: Told, cause: Cause) -> Iterator[Difference]:
    had, has = ({str(one.get("id")): one for one in side.get("measures") or ()} for side in (old, new))
    for key in [*has, *(key for key in had if key not in has)]:
        before, after = (_answer(side.get(key)) for side in (had, has))
        if before != after:
            # a rule in another version, or one that is told on the one side only, is the rules' own doing
            own = key not in had or key not in has or had[key].get("version") != has[key].get("version")
            yield _row(
                Cause.RULES if own and cause is not Cause.EQUIPMENT else cause, new, "measure", before, after, key
            )


def _answer(told: Told | None) -> str:
    if told is None:
        return ""
    parts = [f"reaches: {told.get('reaches')}", str(told.get("force") or ""), str(told.get("action") or "")]
    return ", ".join(part for part in (*parts, f"by {told['by']}" if told.get("by") else "") if part)


def _findings(old: Told, new: Told, cause: Cause) -> Iterator[Difference]:
    had, has = ({_about(one): one for one in side.get("findings") or ()} for side in (old, new))
    for key in [*has, *(key for key in had if key not in has)]:
        if (key in had) != (key in has) and key[0] not in _SAID_BY_RULES:
            before, after = (str(side[key].get("text") or "") if key in side else "" for side in (had, has))
            yield _row(Cause.RULES if key[0] in _OF_TIME else cause, new, "finding", before, after, key[0])


def _about(one: Told) -> tuple[str, str]:
    """What a finding is about, without words in it that change from day to day."""
    kind = str(one.get("kind") or "")
    return kind, str(one.get("fault") or one.get("rule") or one.get("text") or "")


def _row(cause: Cause, device: Told, field: str, old: str, new: str, subject: str = "") -> Difference:
    return Difference(cause, str(device.get("device")), str(device.get("name") or ""), field, old, new, subject)
