"""Where a device is from, in five readings that are never answered one for another."""

from __future__ import annotations

from collections.abc import Iterable

from custodes.measures.subject import Firms, Subject
from custodes.model.rules import Answer

READINGS = ("brand", "maker", "owner", "component", "assembled")


def origin(subject: Subject, firms: Firms, country: str) -> dict[str, str]:
    """Each reading as yes, no or unknown for one country (two capital letters).

    brand: the seat of the label's own firm; maker: of the actual maker, if established; owner: of any owner of that
    maker on the day; component: of the maker of a part seen in this very unit; assembled: told by a document.
    """
    owners = [firms.country.get(owner, "") for owner in subject.owners]
    maybe = [firms.country.get(owner, "") for owner in subject.maybe_owners]
    return {
        "brand": _is(firms.country.get(subject.label_firm or "", ""), country),
        "maker": _is(firms.country.get(subject.maker or "", ""), country),
        "owner": _owner(owners, maybe, country) if subject.maker else Answer.UNKNOWN.value,
        "component": _is(firms.country.get(subject.part_of_unit or "", ""), country),
        "assembled": _is(subject.assembled_in, country),
    }


def _is(found: str, country: str) -> str:
    if not found:
        return Answer.UNKNOWN.value
    return (Answer.YES if found == country else Answer.NO).value


def _owner(countries: Iterable[str], maybe: Iterable[str], country: str) -> str:
    """Yes if one owner sits there; no only if the seats of all that hold or may hold are known, and there is one."""
    held, perhaps = list(countries), list(maybe)
    if country in held:
        return Answer.YES.value
    if country in perhaps or not all(perhaps):
        return Answer.UNKNOWN.value
    return (Answer.NO if held and all(held) else Answer.UNKNOWN).value
