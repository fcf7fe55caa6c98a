"""Reads the `when` of a rule: a mapping whose keys must all hold, with `all`, `any` and `not` for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from custodes.model.days import is_day
from custodes.model.errors import did_you_mean
from custodes.model.rules import (
    AllOf,
    AnyOf,
    AssembledIn,
    AtSite,
    Bought,
    By,
    Companies,
    Expression,
    ForPurpose,
    InSystem,
    Not,
    OfClass,
    Told,
)

DEEPEST = 12
ROLES = ("made_by", "owned_by", "branded", "part_from")
_COMPANY_KEYS = ("suppliers", "lists", "laws", "countries", "affiliates")


class Malformed(ValueError):
    """An expression that cannot be read, and why."""


def parse(node: Any, known: Mapping[str, frozenset[str]], depth: int = 0) -> Expression:
    """The expression of a YAML node. `known`: ids by kind (suppliers, lists, laws, classes). Raises Malformed."""
    if depth > DEEPEST:
        raise Malformed("the expression is nested too deep")
    if not isinstance(node, Mapping) or not node:
        raise Malformed("an expression is a mapping such as `made_by: {suppliers: [...]}`")
    parts = [_part(str(key), value, known, depth) for key, value in node.items()]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _part(key: str, value: Any, known: Mapping[str, frozenset[str]], depth: int) -> Expression:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise Malformed(f"`{key}` takes a list of expressions")
        inner = tuple(parse(item, known, depth + 1) for item in value)
        return AllOf(inner) if key == "all" else AnyOf(inner)
    if key == "not":
        return Not(parse(value, known, depth + 1))
    if key in ROLES:
        return By(key, companies(value, known))
    reader = _READERS.get(key)
    if reader is None:
        keys = ", ".join(["all", "any", "not", *ROLES, *_READERS])
        raise Malformed(f"nothing reads {key[:40]!r} in an expression; known: {keys}")
    return reader(value, known)


def companies(value: Any, known: Mapping[str, frozenset[str]]) -> Companies:
    """A set of companies. Raises Malformed for an id that is in no file."""
    if not isinstance(value, Mapping) or not value:
        raise Malformed("companies are given as {suppliers, lists, laws, countries: [...], affiliates: true}")
    for key in value:
        if key not in _COMPANY_KEYS:
            raise Malformed(f"nothing reads {str(key)[:40]!r} in a set of companies; known: {', '.join(_COMPANY_KEYS)}")
    suppliers, lists, laws = (_ids(value, key, known) for key in ("suppliers", "lists", "laws"))
    found = _countries(value.get("countries"))
    if not (suppliers or lists or laws or found):
        raise Malformed("a set of companies names none: give suppliers, lists, laws or countries")
    if not isinstance(value.get("affiliates", False), bool):
        raise Malformed("`affiliates` is true or false")
    return Companies(frozenset(suppliers), lists, laws, found, value.get("affiliates") is True)


def _countries(value: Any) -> frozenset[str]:
    found = frozenset(text.upper() for text in texts(value))
    wrong = next((text for text in sorted(found) if not (len(text) == 2 and text.isalpha() and text.isascii())), "")
    if wrong:
        raise Malformed(f"{wrong[:40]!r} is no country: two letters, as in ISO 3166")
    return found


def near_miss(kind: str, word: str, known: Mapping[str, frozenset[str]]) -> str:
    """The word, which may be a new one; refused if it only looks like a known one. Raises Malformed."""
    words = known.get(kind, frozenset())
    hint = did_you_mean(word, sorted(words), 0.85) if word not in words else ""
    if hint:
        raise Malformed(f"{word[:60]!r} is none of the {kind}; {hint}")
    return word


def _ids(value: Mapping[str, Any], key: str, known: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    found = texts(value.get(key))
    for item in found:
        if item not in known[key]:
            raise Malformed(f"{item[:60]!r} is in no file of {key}")
    return found


def texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts. Raises Malformed for anything else."""
    listed = [value] if isinstance(value, str) else value or []
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise Malformed("a list of texts is wanted")
    return tuple(listed)


def _class(value: Any, known: Mapping[str, frozenset[str]]) -> Expression:
    found = frozenset(texts(value))
    unknown = found - known["classes"]
    if unknown or not found:
        raise Malformed(f"no such product class: {', '.join(sorted(unknown)) or 'none given'}")
    return OfClass(found)


def _site(value: Any, _known: Mapping[str, frozenset[str]]) -> Expression:
    if value not in ("sensitive", "not sensitive"):
        raise Malformed("`site` is `sensitive` or `not sensitive`")
    return AtSite(value == "sensitive")


def _fact(value: Any, known: Mapping[str, frozenset[str]]) -> Expression:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Malformed("`fact` takes one name and its value: `fact: {core-network: true}`")
    name, wanted = next(iter(value.items()))
    return Told(near_miss("facts", str(name), known), plain(wanted))


def plain(value: Any) -> str:
    """A value of a configuration as the text it is compared by."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _bought(value: Any, _known: Mapping[str, frozenset[str]]) -> Expression:
    if not isinstance(value, Mapping) or not set(value) <= {"since", "until"}:
        raise Malformed("`bought` takes {since: day, until: day}")
    days = {key: str(value.get(key) or "").strip() for key in ("since", "until")}
    wrong = next((text for text in days.values() if text and not is_day(text)), "")
    if wrong:
        raise Malformed(f"bought: {wrong[:40]!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")
    return Bought(days["since"], days["until"])


def _words(kind: str, value: Any, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = frozenset(near_miss(kind, word, known) for word in texts(value))
    if not found:
        raise Malformed(f"no {kind} are given")
    return found


_READERS: Mapping[str, Callable[[Any, Mapping[str, frozenset[str]]], Expression]] = {
    "class": _class,
    "assembled_in": lambda value, _: AssembledIn(_countries(value)),
    "site": _site,
    "purpose": lambda value, known: ForPurpose(_words("purposes", value, known)),
    "system": lambda value, known: InSystem(_words("systems", value, known)),
    "fact": _fact,
    "bought": _bought,
}
