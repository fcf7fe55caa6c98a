"""The limits of a removal plan as fields of a form, and back into `plan.yaml`; what has no field stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from custodes.estate.plan_file import shape_fault
from custodes.service.estates.acts import Unfit
from custodes.service.web.forms import day_of, text_of

#: Lines of crews and budgets that a form takes, and empty ones that it shows behind those there are.
MOST_LINES, EMPTY = 12, 2
CREW, BUDGET = ("name", "hours", "sites"), ("name", "from", "to", "amount")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the form shows. `rest`: whether the file holds more than it has fields for."""

    told: Mapping[str, str]
    crews: tuple[Mapping[str, str], ...]
    budgets: tuple[Mapping[str, str], ...]
    rest: bool = False


def fields_of(text: str) -> Fields | None:
    """From `plan.yaml`; None where it is no mapping, so that its text alone can be shown."""
    held = _read(text)
    if held is None:
        return None
    told = {
        "makes": ", ".join(map(str, _mapping(held.get("remove")).get("makes") or ())),
        "period": str(held.get("period", "month")),
        "keep_dates": "no" if held.get("keep_dates") is False else "yes",
    }
    for name in ("start", "by"):
        told |= _parted(name, str(held.get(name, "")))
    otherwise = _otherwise(held)
    told |= {name: str(otherwise.get(name, "")) for name in ("cost", "hours")}
    crews = [{**one, "sites": ", ".join(map(str, one.get("sites") or ()))} for one in _lines(held, "crews")]
    known = {"start", "by", "period", "keep_dates", "remove", "costs", "crews", "budgets"}
    more = set(held) - known or len(held.get("costs") or ()) > 1 or set(_mapping(held.get("remove"))) - {"makes"}
    return Fields(told, _shown(crews, CREW), _shown(_lines(held, "budgets"), BUDGET), bool(more))


def typed(post: Mapping[str, str]) -> Fields:
    """What was typed, to be shown again."""
    crews, budgets = _typed(post, "crew", CREW), _typed(post, "budget", BUDGET)
    return Fields(dict(post.items()), _shown(crews, CREW), _shown(budgets, BUDGET))


def with_fields(text: str, post: Mapping[str, str]) -> str:
    """`plan.yaml` with what a form says. Raises Unfit with the first thing that cannot be."""
    held = dict(_read(text) or {})
    for name in ("start", "by"):
        _tell(held, name, day_of(post, name))
    held["period"] = "week" if post.get("period") == "week" else "month"
    held["keep_dates"] = post.get("keep_dates") != "no"
    makes = [one.strip() for one in text_of(post, "makes").split(",") if one.strip()]
    _tell(held, "remove", {**_mapping(held.get("remove")), "makes": makes} if makes else _without(held, "makes"))
    told = {name: _whole(text_of(post, name), name) for name in ("cost", "hours") if text_of(post, name)}
    others = [one for one in held.get("costs") or () if set(_mapping(one)) - {"cost", "hours"}]
    _tell(held, "costs", [*others, {"cost": 0, "hours": 0, **told}] if told else others)
    held["crews"] = [
        {
            "name": one["name"],
            "hours": _whole(one["hours"], "hours"),
            **({"sites": [site.strip() for site in one["sites"].split(",") if site.strip()]} if one["sites"] else {}),
            **_kept(held, one["name"]),
        }
        for one in _typed(post, "crew", CREW)
    ]
    budgets = [{**one, "amount": _whole(one["amount"], "amount")} for one in _typed(post, "budget", BUDGET)]
    _tell(held, "budgets", budgets)
    wrong = shape_fault(held)
    if wrong:
        raise Unfit(wrong)
    return yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=100)


def _read(text: str) -> dict[str, Any] | None:
    try:
        held = yaml.safe_load(text or "{}")
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return {str(key): _days(one) for key, one in held.items()} if isinstance(held, dict) else None


def _days(value: Any) -> Any:
    """A value with its days as texts."""
    if isinstance(value, dict):
        return {str(key): _days(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_days(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _lines(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = held.get(name)
    return [_mapping(one) for one in found] if isinstance(found, list) else []


def _otherwise(held: Mapping[str, Any]) -> dict[str, Any]:
    """The line of costs that holds for whatever no other line fits."""
    return next((one for one in _lines(held, "costs") if not set(one) - {"cost", "hours"}), {})


def _without(held: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: told for name, told in _mapping(held.get("remove")).items() if name != key}


def _kept(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What else the file says of a crew of this name."""
    same = next((one for one in _lines(held, "crews") if one.get("name") == name), {})
    return {key: told for key, told in same.items() if key not in CREW}


def _parted(name: str, day: str) -> dict[str, str]:
    parts = day.split("-")
    return dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), parts, strict=True)) if len(parts) == 3 else {}


def _shown(lines: list[dict[str, Any]], names: tuple[str, ...]) -> tuple[Mapping[str, str], ...]:
    empty = dict.fromkeys(names, "")
    told = [{name: str(one.get(name, "")) for name in names} for one in lines]
    return (*told[:MOST_LINES], *(empty for _ in range(EMPTY)))


def _typed(post: Mapping[str, str], kind: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    lines = ({name: text_of(post, f"{kind}-{number}-{name}", 400) for name in names} for number in range(MOST_LINES))
    return [one for one in lines if any(one.values())]


def _whole(text: str, name: str) -> int:
    plain = text.replace(",", "").replace(" ", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 13):
        raise Unfit(f"{name}: {text[:20]!r} is no whole number")
    return int(plain)


def _tell(held: dict[str, Any], name: str, told: Any) -> None:
    """Tells a key, or takes it out where nothing is told."""
    if told:
        held[name] = told
    else:
        held.pop(name, None)
