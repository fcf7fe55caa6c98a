"""Whose unmanned aircraft a serial number is of: by what makers declared of it, of its series, of its code.

A code tells the maker as declared, not the factory: relabelled aircraft carry codes of their own, and a module that
broadcasts carries its own maker's. A radio that sends a serial number proves nothing of who sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from custodes.attribution import graph
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.drones import ALIKE, CODE, LENGTH_SIGN, CodeNote, DroneTable, is_cta
from custodes.model.assessment import Because, Candidate
from custodes.model.drones import Declaration
from custodes.model.vocab import Status

FORMS = ("cta-2063-a", "legacy", "invalid")
#: Longer texts are no serial number.
LONGEST = 64


@dataclass(slots=True)
class DroneSerial:
    """What a serial number says. `models`: every model it may be of; `module`: its maker makes what broadcasts it, and
    whose aircraft carries that is not told."""

    serial: str
    form: str = "invalid"
    maker_code: str | None = None
    maker: str | None = None
    brand: str | None = None
    models: tuple[str, ...] = ()
    module: bool = False
    status: Status = Status.UNKNOWN
    makers: tuple[Candidate, ...] = ()
    because: list[Because] = field(default_factory=list)


def look_up(text: str, knowledge: Knowledge) -> DroneSerial:
    """The answer for one serial number; case and blanks around it do not matter."""
    table = knowledge.drones
    found = DroneSerial(text.strip().upper())
    if not 1 <= len(found.serial) <= LONGEST:
        _say(found, "form", "no serial number is empty or so long")
        return found
    rows = [row for row in table.exact.get(found.serial, ()) if not row.withdrawn]
    if is_cta(found.serial):
        found.form, found.maker_code = FORMS[0], found.serial[:CODE]
        _of_declarations(found, rows, table)
    elif rows:
        _say(found, "form", _malformed(found.serial))
        _answer(found, rows, "declared as it stands", table, sure=True)
    elif not _of_legacy(found, table):
        _say(found, "form", _malformed(found.serial))
        near = [row for row in table.nearest(found.serial, ALIKE) if not is_cta(row.first)]
        if len(_makes(near, table)) == 1:
            _answer(found, near, "begins like serial numbers that are declared so", table, sure=False, of_code=True)
    _with_brand(found, knowledge)
    return found


def _malformed(serial: str) -> str:
    if not serial.isascii() or not serial.isalnum():
        return "not of the form of ANSI/CTA-2063-A: a sign that is no letter and no digit"
    if "I" in serial or "O" in serial:
        return "not of the form of ANSI/CTA-2063-A: the letters I and O are not used"
    return "not of the form of ANSI/CTA-2063-A: its length is not what its fifth sign says"


def _of_declarations(found: DroneSerial, exact: Sequence[Declaration], table: DroneTable) -> None:
    """Exact, then range, then series, then code: the nearest statement counts, one that was taken back never."""
    serial, code = found.serial, found.serial[:CODE]
    ranges, series = table.within(serial), table.series(serial)
    taken_back = [row for row in (*table.exact.get(serial, ()), *ranges, *series) if row.withdrawn]
    for row in taken_back:
        named = f"{row.make} {row.model} ({row.reference})"
        told = f"a declaration as {named} was taken back ({row.status}): it proves nothing"
        _say(found, "declaration", told, row, table, against=True)
    steps = (
        (exact, "declared as it stands"),
        ([row for row in ranges if not row.withdrawn], "lies in a declared range"),
        ([row for row in series if not row.withdrawn], "begins as a declared series"),
    )
    for rows, how in steps:
        if rows:
            _answer(found, rows, how, table, sure=True)
            return
    of_code = [row for row in table.by_code.get(code, ()) if not row.withdrawn]
    if not of_code:
        _say(found, "maker-code", f"the maker code {code} stands in no declaration that is at hand")
        return
    makes = _makes(of_code, table)
    if len(makes) == 1:
        _answer(found, of_code, f"the maker code {code}", table, sure=not taken_back, of_code=True)
        near = [] if taken_back else table.nearest(serial, ALIKE)
        found.models = tuple(dict.fromkeys(row.model for row in near if row.model))
        if found.models:
            _say(
                found,
                "serial-shape",
                f"begins like declared serial numbers of {', '.join(found.models)}",
                near[0],
                table,
            )
        return
    _say(found, "maker-code", f"the maker code {code} is declared by several: {', '.join(makes)}", of_code[0], table)
    near = table.nearest(serial, LENGTH_SIGN + 1)
    if len(_makes(near, table)) == 1:
        _answer(found, near, "begins most like serial numbers", table, sure=False, of_code=True)


def _makes(rows: Sequence[Declaration], table: DroneTable) -> list[str]:
    return list(dict.fromkeys(table.make(row) for row in rows))


def _answer(
    found: DroneSerial, rows: Sequence[Declaration], how: str, table: DroneTable, *, sure: bool, of_code: bool = False
) -> None:
    """Maker and models of declarations that agree on the maker; where they do not, both are said and none asserted."""
    makes = _makes(rows, table)
    models = tuple(dict.fromkeys(row.model for row in rows if row.model))
    note = table.notes.get(rows[0].first[:CODE])
    registry = table.registries[rows[0].registry]
    what = ", ".join(models[:4]) + (f" and {len(models) - 4} more" if len(models) > 4 else "")
    named = f"{how}: {' or '.join(makes)}" + ("" if of_code else f" {what}".rstrip())
    told = f"{named}, {registry.name} ({registry.cited.date}{f', {rows[0].reference}' if rows[0].reference else ''})"
    found.because.append(Because(registry.kind, told, f"registries/{registry.id}", source=registry.cited.source))
    if len(makes) > 1:
        return
    written = {row.make for row in rows}
    found.maker = (written.pop() if len(written) == 1 and rows[0].exact and not of_code else makes[0]) or None
    found.models = () if of_code else models
    found.status = Status.ASSERTED if sure and found.maker else Status.REVIEW if found.maker else Status.UNKNOWN
    if note is not None:
        _with_note(found, note, {row.make for row in rows})


def _with_note(found: DroneSerial, note: CodeNote, makes: set[str]) -> None:
    source = note.cited.source
    if not makes.isdisjoint(note.modules):
        found.module, found.status = True, Status.REVIEW
        told = "its maker makes broadcast modules: the aircraft that carries one is another's, and is not told"
        found.because.append(Because("maker-code", told, source=source))
    if not makes.isdisjoint(note.no_maker):
        found.status = Status.REVIEW
        told = f"what the declaration gives as make is doubtful: {note.note}"
        found.because.append(Because("maker-code", told, source=source, against=True))


def _of_legacy(found: DroneSerial, table: DroneTable) -> bool:
    for form in table.legacy:
        if form.pattern.fullmatch(found.serial):
            found.form, found.maker, found.status = FORMS[1], form.maker, Status.REVIEW
            told = f"an older form, as {form.maker} used it: {form.note}; others may use it too"
            found.because.append(Because("serial-shape", told, f"drone-codes/{form.id}", source=form.cited.source))
            return True
    return False


def _with_brand(found: DroneSerial, knowledge: Knowledge) -> None:
    """The brand of the pack that the declared make names; and who may have built it, by sourced edges."""
    if found.maker is None:
        return
    note = knowledge.drones.notes.get(found.serial[:CODE])
    named = {note.brands[found.maker]} if note and found.maker in note.brands else _named(found.maker, knowledge)
    if len(named) != 1:
        return
    found.brand = named.pop()
    row = knowledge.brand(found.brand)
    model = found.models[0] if len(found.models) == 1 else None
    text = " ".join((found.maker, *found.models))
    found.makers = graph.makers(row, model, text, "", knowledge.pack.date, knowledge)
    for item in found.makers:
        if item.relation != "own" and item.name != found.maker:
            told = (
                f"reported ({item.relation}): equipment of {row.name} that {item.name} is said to have made or licensed"
            )
            found.because.append(Because("edge", told, source=item.source))


def _named(make: str, knowledge: Knowledge) -> set[str]:
    mentions = resolve_text(make, knowledge, explain=False).mentions
    return {item.brand for item in mentions if item.status is Status.ASSERTED}


def _say(
    found: DroneSerial,
    kind: str,
    text: str,
    row: Declaration | None = None,
    table: DroneTable | None = None,
    *,
    against: bool = False,
) -> None:
    source = table.registries[row.registry].cited.source if row is not None and table is not None else ""
    found.because.append(Because(kind, text, source=source, against=against))
