"""Letters of the confirmation round: to each body the findings that name it, to each supplier its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from custodes.model.days import in_words
from custodes.model.names import file_word
from custodes.publication.letterhead import begun, finished
from custodes.publication.text import clean, file_marking
from custodes.survey.answers import Cell
from custodes.survey.count import surely
from custodes.survey.editions import Edition
from custodes.survey.figures import Figure
from custodes.survey.folder import Survey
from custodes.survey.output import edition_figures
from custodes.survey.sentences import STATE_NAMES, SYNTHETIC, sentence
from custodes.survey.situation import ALONE
from custodes.survey.values import VALUED, shown
from custodes.survey.verdicts import said


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `answers`: question, answer; `findings`: heading, the sentence to be printed."""

    party: str
    kind: str
    name: str
    answers: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str], ...]


def letters(survey: Survey, edition: Edition) -> list[Letter]:
    """To every body that has an answer in the edition, and to every supplier that one of its sentences names."""
    figures = list(edition_figures(survey, edition))
    counted = {figure.definition.id: _counted(survey, figure, edition) for figure in figures}
    asked = {wave: survey.asking(survey.waves[wave], edition.cut) for wave in {figure.wave for figure in figures}}
    questions = dict.fromkeys((item.wave, item.definition.question) for item in figures if item.definition.question)
    given = [(question, asked[wave].cells(question)) for wave, question in questions]
    found = []
    for body in survey.bodies.values():
        answers = [
            (survey.questions[question].text.get("en", question), _answer(cells[body.id]))
            for question, cells in given
            if body.id in cells
        ]
        naming = tuple(_finding(figure) for figure in figures if body.id in counted[figure.definition.id])
        if answers:
            found.append(Letter(body.id, "body", body.name, tuple(dict.fromkeys(answers)), naming))
    for supplier in dict.fromkeys(name for figure in figures for name in figure.definition.names):
        naming = tuple(_finding(figure) for figure in figures if supplier in figure.definition.names)
        found.append(Letter(supplier, "supplier", supplier, (), naming))
    return found


def _counted(survey: Survey, figure: Figure, edition: Edition) -> frozenset[str]:
    if figure.definition.kind == "returns":
        return frozenset()
    return frozenset(surely(figure.definition, survey.asking(survey.waves[figure.wave], edition.cut)))


def _answer(cell: Cell) -> str:
    """What holds for a body, as it was given."""
    told = [
        (f"{part}: " if part != ALONE else "")
        + (shown(held.value) if held.state in VALUED and held.value is not None else STATE_NAMES[held.state])
        for part, held in cell.items()
    ]
    return "; ".join(told)


def _finding(figure: Figure) -> tuple[str, str]:
    title = figure.definition.title.get("en") or figure.definition.id
    return title, f"{sentence(figure)} ({said(figure)})"


@dataclass(frozen=True, slots=True)
class Posting:
    """How letters go out. `synthetic`: whether some answers are made up, which every letter then says."""

    reply_by: date
    day: date
    marking: str
    synthetic: bool


def write_letters(wanted: Iterable[Letter], edition: Edition, out: Path, posting: Posting) -> list[Path]:
    """A DOCX for each letter; the same bytes every time."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for letter in wanted:
        name = f"confirm_{file_word(edition.id)}_{letter.kind}_{file_word(letter.party)}"
        path = out / f"{name}{file_marking(posting.marking)}.docx"
        path.write_bytes(_document(letter, edition, posting))
        written.append(path)
    return written


def _document(letter: Letter, edition: Edition, posting: Posting) -> bytes:
    day, reply_by = posting.day, posting.reply_by
    page = begun(edition.title or edition.id, letter.name, day, posting.marking)
    if posting.synthetic:
        page.add_paragraph(SYNTHETIC)
    if letter.kind == "body":
        page.add_paragraph(
            "We intend to publish figures that rest on the answers below, which you gave. Please confirm that they are "
            f"right, or say what is wrong, by {in_words(reply_by)}. If we hear nothing, the publication will say that "
            "you did not answer."
        )
        page.add_heading("Your answers", 2)
        grid(page, ("Question", "Answer"), letter.answers)
    else:
        page.add_paragraph(
            "We intend to print the sentences below, which name your company. You may reply, and what we have by "
            f"{in_words(reply_by)} will be published with them. If we hear nothing, the publication will say so."
        )
    page.add_heading("Findings that count you" if letter.kind == "body" else "The sentences", 2)
    if letter.findings:
        grid(page, ("Finding", "As it will be printed"), letter.findings)
    else:
        page.add_paragraph("None of the findings counts you.")
    page.add_heading("Your reply", 2)
    page.add_paragraph("Confirmed / not right, because:")
    page.add_paragraph("Role and date:")
    return finished(page, day)


def grid(page: Any, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table in a letter."""
    table = page.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = clean(text)
