"""A published table of listed companies, one row a listing, to the editions of a list.

A row has a name, often an alias and former names, the day from which it is listed and perhaps the day on which that
ended. A company that changed its name between editions stays one member: by its supplier row, its alias or its former
name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from custodes.knowledge.rows import Supplier
from custodes.knowledge.text import plain, words
from custodes.model.errors import BadInput

_NAMES = ("clean name", "name", "entity", "company", "covered equipment or services")
_ALIASES = ("alias", "aliases", "also known as")
_FORMER = ("previous name", "former name", "formerly")
_STARTS = ("start date", "date", "listed", "date of inclusion on covered list", "date of inclusion")
_ENDS = ("end date", "removed", "date of removal")
_FORMS = frozenset("co ltd limited inc incorporated corp corporation company llc plc sa ag gmbh".split())  # noqa: SIM905
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|[A-Z][a-z]+ \d{1,2}, \d{4}")
_BY = re.compile(
    r"(?:produced|provided|supplied)\b[^.:;]*?\bby ([A-Z].+?)"
    r"(?=,| to the extent| subject to| including| or any|\.\s*$|$)"
)
_MAX = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listing:
    """One row: the member it names (a supplier's id, else a name), and the days between which it is listed."""

    member: str
    supplier: str
    name: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Change:
    """The list from `day` on: suppliers and other names on it, and what came and went since the day before.

    `whole`: the table lists all members anew on that day, not only those that came.
    """

    day: str
    whole: bool
    suppliers: tuple[str, ...]
    others: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def read_table(path: Path, suppliers: Mapping[str, Supplier]) -> list[Listing]:
    """The listings of a CSV table. Raises BadInput naming what is missing."""
    rows, heads = _rows(path)
    columns = {plain(head.replace("_", " ")): head for head in heads}
    name, start = _column(columns, _NAMES), _column(columns, _STARTS)
    if name is None or start is None:
        raise BadInput(
            "this is no table of listed companies",
            where=path.name,
            why=f"a column for the {'name' if name is None else 'day'} was not found",
            remedy=f"name: {', '.join(_NAMES)}; day: {', '.join(_STARTS)}",
        )
    alias, former, end = (_column(columns, wanted) for wanted in (_ALIASES, _FORMER, _ENDS))
    known = _by_name(suppliers.values())
    found: list[tuple[str, list[str], str, str]] = []
    for number, row in enumerate(rows, 2):
        since = _days(row.get(start, ""))
        if not since:
            raise BadInput("a listing has no day that can be read", where=f"{path.name} row {number}")
        until = _days(row.get(end or "", ""))
        for told, others in _named(row[name], row.get(alias or "", ""), row.get(former or "", "")):
            found.append((told, others, since[0], until[0] if until else ""))
    return _listings(found, known)


def _rows(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    why = ""
    rows: list[dict[str, str]] = []
    heads: list[str] = []
    try:
        if path.stat().st_size > _MAX:
            why = "it is larger than 32 MiB"
        else:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream)
                heads = list(reader.fieldnames or ())
                rows = [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = f"it cannot be read as UTF-8 CSV ({type(error).__name__})"
    if why:
        raise BadInput("the table cannot be read", where=path.name, why=why)
    return rows, heads


def _column(columns: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    return next((columns[key] for key in wanted if key in columns), None)


def _named(name: str, alias: str, former: str) -> Iterator[tuple[str, list[str]]]:
    """The companies that a cell names, each with its other names: one, or those by whom a sentence says it is made."""
    spoken = [match.group(1) for match in _BY.finditer(name)]
    if len(name) > 100 or spoken:
        yield from ((told, []) for told in spoken if not re.match(r"Do[DW]\b|DHS\b|the ", told))
        return
    yield name, [text.strip() for text in (alias, *former.split(";")) if text.strip()]


def _stem(name: str) -> str:
    """A company's name without its legal form and without a last word in brackets ("... (Acme)*")."""
    return " ".join(word for word in words(re.sub(r"\([^)]*\)\W*$", " ", name)) if word not in _FORMS)


def _by_name(suppliers: Iterable[Supplier]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in suppliers:
        for name in (row.legal_name, row.name, *row.native_names):
            found.setdefault(_stem(name), row.id)
    return {stem: key for stem, key in found.items() if stem}


def _supplier(names: Sequence[str], known: Mapping[str, str]) -> str:
    stems = [_stem(name) for name in names]
    exact = next((known[stem] for stem in stems if stem in known), "")
    if exact:
        return exact
    ends = {key for stem in stems if " " in stem for whole, key in known.items() if whole.endswith(f" {stem}")}
    return ends.pop() if len(ends) == 1 else ""


def _listings(found: Sequence[tuple[str, list[str], str, str]], known: Mapping[str, str]) -> list[Listing]:
    """One member for all names of a company. Two rows of one day are two members, whatever their other names."""
    groups = _Groups()
    for name, _, since, _ in found:
        groups.add(_stem(name), since)
    for name, others, _, _ in sorted(found, key=lambda item: item[2]):
        for other in map(_stem, others):
            groups.join(_stem(name), other)
    firms: dict[str, str] = {}
    latest: dict[str, str] = {}
    for name, others, _, _ in sorted(found, key=lambda item: item[2]):
        group = groups.root(_stem(name))
        latest[group] = name
        key = _supplier([name, *others], known)
        if key:
            firms.setdefault(group, key)
    listings = []
    for name, _, since, until in found:
        group = groups.root(_stem(name))
        key = firms.get(group, "")
        listings.append(Listing(key or latest[group], key, name, since, until))
    return listings


class _Groups:
    """Names that are one company's, each group with the days on which a row of it was listed."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._days: dict[str, set[str]] = {}

    def add(self, stem: str, day: str) -> None:
        """A row of that name, listed on `day`."""
        self._days.setdefault(self.root(stem), set()).add(day)

    def root(self, stem: str) -> str:
        """The name that stands for the group."""
        while self._parent.setdefault(stem, stem) != stem:
            stem = self._parent[stem]
        return stem

    def join(self, stem: str, other: str) -> None:
        """Both are one company's, unless the two stand side by side on one day."""
        one, two = self.root(stem), self.root(other)
        if not other or one == two:
            return
        days = self._days.get(one, set()), self._days.get(two, set())
        if days[0].isdisjoint(days[1]):
            self._parent[one] = two
            self._days[two] = days[0] | days[1]


def _days(text: str) -> list[str]:
    found = []
    for match in _DAY.finditer(text):
        told = match.group()
        try:
            day = date.fromisoformat(told) if told[0].isdigit() else datetime.strptime(told, "%B %d, %Y").date()
        except ValueError:
            continue
        found.append(day.isoformat())
    return found


def editions(listings: Sequence[Listing]) -> list[Change]:
    """The list on every day on which it changed, oldest first.

    A day on which most of the members before are listed again is a whole list: who is not named there has gone.
    Any other day adds its rows to the list before, and takes away those that end.
    """
    firms = {one.member for one in listings if one.supplier}
    changes: list[Change] = []
    before: set[str] = set()
    for day in sorted({one.since for one in listings} | {one.until for one in listings if one.until}):
        begun = {one.member for one in listings if one.since == day}
        ended = {one.member for one in listings if one.until == day}
        whole = bool(before) and len(begun & before) * 2 >= len(before)
        members = begun if whole else (before - ended) | begun
        parts = (members & firms, members - firms, members - before, before - members)
        changes.append(Change(day, whole or not before, *map(_sorted, parts)))
        before = members
    return changes


def list_row(key: str, name: str, source: str, changes: Sequence[Change]) -> dict[str, object]:
    """The row of `lists/` for a table: every edition whole, so that no later correction of one changes another."""
    return {
        "id": key,
        "name": name,
        "editions": [
            {"date": one.day, "members": list(one.suppliers), "others": list(one.others), "complete": True}
            for one in changes
        ],
        "source": source,
    }


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
