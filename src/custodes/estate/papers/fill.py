"""A form and an assessment to a paper: every value asked of the catalogue, every blank left for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes import __version__
from custodes.estate.flows import Assessed
from custodes.estate.papers import (  # noqa: F401 - they fill the catalogue
    devices,
    head,
    limits,
    models,
    others,
    purchases,
    systems,
)
from custodes.estate.papers.catalogue import HEAD, SENTENCES, TABLES, Named, Table
from custodes.estate.papers.desk import Beside, Desk
from custodes.estate.papers.folding import folded
from custodes.estate.papers.scope import bodiless, names, scoped
from custodes.estate.papers.systems import Group
from custodes.estate.ruling import Ruling
from custodes.knowledge import Knowledge
from custodes.model.errors import BadInput, KnowledgeError, did_you_mean
from custodes.model.papers import Cell, Column, Entry, Form, Kind, Line, Paper, Part, Place, Question, Section, Unplaced

#: Lines that are no table of the catalogue: a person's own, and those that the form itself holds.
PERSON, LISTED = "person", "listed"
_NAME = re.compile(r"\{([a-z0-9_.]+)\}")
_TO_FILL = Cell("", Kind.TO_FILL)


def fill(form: Form, done: Assessed, knowledge: Knowledge, ruling: Ruling, beside: Beside, body: str = "") -> Paper:
    """The paper; of one body of several, if one is named.

    Raises KnowledgeError if the form names a value that there is not, BadInput where the configuration tells something
    for a form or a question that there is not.
    """
    for fault in faults(form):
        raise KnowledgeError(fault, where=form.file, remedy="`custodes form --values` lists every name")
    _refuse_unknown_forms(done, knowledge)
    left_out, every = (bodiless(done), names(done)) if body else (0, frozenset())
    done = scoped(form, done, knowledge, ruling, body)
    desk = Desk(form, done, knowledge, ruling, beside, left_out, every - names(done))
    _refuse_unread(form, desk)
    assessment = done.assessment
    sections = [_section(part, desk) for part in form.parts]
    if beside.unplaced:
        sections.append(_unplaced(beside.unplaced))
    return Paper(
        form=form.id,
        title=form.title,
        version=form.version,
        about=form.about,
        filled_by=form.filled_by,
        goes_to=form.goes_to,
        estate=assessment.title,
        on=assessment.as_at,
        known=ruling.known,
        marking=assessment.marking,
        synthetic=assessment.synthetic,
        pack_version=knowledge.version,
        pack_date=knowledge.pack.date,
        pack_digest=knowledge.pack.digest,
        program=__version__,
        sections=tuple(sections),
        signs=tuple(Entry(one.id, one.label, _person(one, desk, "signs")) for one in form.signs),
        one_side=form.one_side,
        wide=form.wide,
        leaves=form.leaves,
        body="; ".join(one.name for one in desk.bodies),
        identified=desk.records(),
    )


def faults(form: Form) -> Iterator[str]:
    """Names in a form that the catalogue does not have."""
    for part in form.parts:
        if part.rows and part.rows not in (*TABLES, PERSON, LISTED):
            yield _unknown("lines", part.rows, [*TABLES, PERSON, LISTED])
            continue
        if part.lines and part.lines not in SENTENCES:
            yield _unknown("sentences", part.lines, list(SENTENCES))
        for one in part.fields:
            if one.value and one.value not in HEAD:
                yield _unknown("value", one.value, list(HEAD))
        known = TABLES[part.rows].values if part.rows in TABLES else {}
        for name in (*(one.value for one in part.columns if one.value), *part.where):
            if name not in known:
                yield _unknown(f"value of {part.rows or 'nothing'}", name, list(known))
        for name in (name for text in part.text for name in _NAME.findall(text)):
            if name not in HEAD:
                yield _unknown("value", name, list(HEAD))


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known)
    return f"there is no {what} {name[:60]!r}" + (f"; {hint}" if hint else "")


def _refuse_unknown_forms(done: Assessed, knowledge: Knowledge) -> None:
    for key in done.estate.forms:
        if key not in knowledge.forms:
            remedy = did_you_mean(key, knowledge.forms) or "`custodes form` lists them"
            raise BadInput(f"[form.{key[:60]}]: there is no such form", where="custodes.toml", remedy=remedy)


def _refuse_unread(form: Form, desk: Desk) -> None:
    """A configuration that answers what the form does not ask is refused: it would be lost in silence."""
    asked = {one.id for part in form.parts for one in part.fields if one.for_a_person}
    asked |= {one.id for one in form.signs} | {"clause"}
    tables = {part.id for part in form.parts if part.rows == PERSON}
    for key in desk.answers.values:
        if key not in asked:
            raise BadInput(
                _unread(form, key, asked), where="custodes.toml", remedy=f"one of: {', '.join(sorted(asked))}"
            )
    for key in desk.answers.tables:
        if key not in tables:
            raise BadInput(
                _unread(form, key, tables),
                where="custodes.toml",
                remedy=f"one of: {', '.join(sorted(tables)) or 'none'}",
            )


def _unread(form: Form, key: str, known: set[str]) -> str:
    hint = did_you_mean(key, sorted(known))
    told = f"[form.{form.id}] {key[:60]!r} answers nothing that the form asks of a person"
    return f"{told}; {hint}" if hint else told


def _section(part: Part, desk: Desk) -> Section:
    text = [_with_values(one, desk) for one in part.text]
    if part.lines:
        text += SENTENCES[part.lines][1](desk)
    entries = tuple(Entry(one.id, one.label, _field(one, desk, part.id), one.note) for one in part.fields)
    held = {key for line in part.listed for key in line}
    columns = tuple(
        Column(one.id, one.label, one.for_a_person and one.id not in held, one.wide, one.heads) for one in part.columns
    )
    lines = tuple(_lines(part, desk)) if part.rows else ()
    if part.most and len(lines) > part.most:
        lines = folded(lines, part.most)
    return Section(part.id, part.title, tuple(text), entries, columns, lines, "" if lines else part.empty)


def _unplaced(answers: Sequence[Unplaced]) -> Section:
    """What a person wrote about lines that are gone: printed, for nothing that was written may get lost."""
    labels = {"sheet": "Table", "line": "Line, as it was", "question": "Question", "text": "Answer"}
    columns = tuple(Column(key, label, wide=key in ("line", "text")) for key, label in labels.items())
    lines = tuple(
        Line(str(number), tuple(Cell(getattr(one, key), Kind.PERSON) for key in labels))
        for number, one in enumerate(answers, 1)
    )
    return Section("unplaced", "Answers to lines that are in no record any more", (), (), columns, lines)


def _with_values(text: str, desk: Desk) -> str:
    def shown(match: re.Match[str]) -> str:
        value = HEAD[match[1]].make(desk, None).value
        return f"{value:,}" if isinstance(value, int) else value

    return _NAME.sub(shown, text)


def _field(one: Question, desk: Desk, section: str) -> Cell:
    return HEAD[one.value].make(desk, None) if one.value else _person(one, desk, section)


def _person(one: Question, desk: Desk, section: str) -> Cell:
    """What a person told: in the copy that was filled in, else in the configuration; else a blank."""
    return _wrote(desk.person(one.id, section))


def _lines(part: Part, desk: Desk) -> Iterator[Line]:
    if part.rows == LISTED:
        for number, line in enumerate(part.listed, 1):
            yield Line(
                str(number), tuple(_listed(line, one, (part.id, str(number), one.id), desk) for one in part.columns)
            )
        return
    if part.rows == PERSON:
        yield from _told_lines(part, desk)
        return
    table = TABLES[part.rows]
    for key, item in table.lines(desk):
        if _wanted(part, table, desk, item):
            yield Line(key, tuple(_cell(one, table.values, desk, item, (part.id, key, one.id)) for one in part.columns))


def _listed(line: Mapping[str, str], one: Question, place: Place, desk: Desk) -> Cell:
    if one.id in line:
        return Cell(line[one.id])
    return _wrote(desk.filled.get(place, ""))


def _wrote(text: str) -> Cell:
    """What a person wrote, or a blank for them."""
    return Cell(text, Kind.PERSON) if text else _TO_FILL


def _wanted(part: Part, table: Table, desk: Desk, item: Any) -> bool:
    return all(str(table.values[name].make(desk, item).value) in words for name, words in part.where.items())


def _cell(one: Question, values: Mapping[str, Named], desk: Desk, item: Any, place: Place) -> Cell:
    if one.value:
        return values[one.value].make(desk, item)
    told = desk.filled.get(place, "") or (item.system.values.get(one.id, "") if isinstance(item, Group) else "")
    return _wrote(told)


def _told_lines(part: Part, desk: Desk) -> Iterator[Line]:
    """A person's own lines: from the configuration, then blanks; a copy that was filled in fills both."""
    told = desk.answers.tables.get(part.id, ())
    ids = [one.id for one in part.columns]
    for line in told:
        stray = next((key for key in line if key not in ids), "")
        if stray:
            raise BadInput(
                f"[form.{desk.form.id}] {part.id}: there is no column {stray[:60]!r}",
                where="custodes.toml",
                remedy=f"one of: {', '.join(ids)}",
            )
    wrote = [key for section, key, _ in desk.filled if section == part.id]
    last = max([len(told) + part.blanks, *(int(key) for key in wrote if key.isdecimal())])
    for number in range(1, last + 1):
        line = told[number - 1] if number <= len(told) else {}
        texts = (desk.filled.get((part.id, str(number), key), "") or line.get(key, "") for key in ids)
        yield Line(str(number), tuple(map(_wrote, texts)))


def listing() -> list[dict[str, str]]:
    """Every name that a form may use, with what it is: for the writers of forms."""
    rows = [{"for": "fields and text", "name": name, "what": named.what} for name, named in HEAD.items()]
    rows += [{"for": "rows", "name": name, "what": table.what} for name, table in TABLES.items()]
    rows += [{"for": "rows", "name": PERSON, "what": "a person's own lines, told in custodes.toml or filled in"}]
    rows += [{"for": "rows", "name": LISTED, "what": "the lines that the form itself holds under `listed`"}]
    rows += [{"for": "lines", "name": name, "what": what} for name, (what, _) in SENTENCES.items()]
    for table_name, table in TABLES.items():
        rows += [
            {"for": f"columns of {table_name}", "name": name, "what": named.what}
            for name, named in table.values.items()
        ]
    return rows
