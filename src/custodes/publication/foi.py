"""A round of requests as a table, on a terminal, as CSV or XLSX, and the letters that ask for a review or complain."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from custodes.model.days import in_words
from custodes.model.names import file_word
from custodes.publication.fixedzip import save
from custodes.publication.letterhead import begun, finished
from custodes.publication.tables.sheets import set_text, stamp_marking
from custodes.publication.text import clean, file_marking, hang, no_formula, shorten
from custodes.survey.foi.campaign import NO_REPLY, Line, counts
from custodes.survey.foi.clocks import due
from custodes.survey.foi.regimes import Regime, regimes
from custodes.survey.foi.reply import Kind

COLUMNS = (
    "body",
    "kind",
    "also",
    "missing",
    "a person decides",
    "suggestion",
    "act",
    "sections",
    "answered",
    "due",
    "working days",
    "late by",
    "requester's mark",
    "shared wording",
    "file",
    "page",
    "url",
    "verbatim",
    "typed by A",
    "typed by B",
    "agreed",
)
_LATE_KINDS = (NO_REPLY, str(Kind.ACKNOWLEDGED))
_REVIEWED = (Kind.REFUSED, Kind.COST, Kind.NCND, Kind.PARTIAL)


def line_object(line: Line) -> dict[str, Any]:
    """One line as machines read it."""
    reading = line.reading
    return {
        "body": line.message.body,
        "kind": line.kind,
        "decided": line.decided,
        "also": list(reading.also) if reading else [],
        "missing": list(reading.missing) if reading else [],
        "suggestion": (reading.suggestion or None) if reading else None,
        "person": list(reading.person) if reading else [],
        "act": (reading.regime or None) if reading else None,
        "sections": [
            {
                "cited": item.text,
                "means": item.section.means if item.section else None,
                "say": item.section.say if item.section else None,
            }
            for item in (reading.sections if reading else ())
        ],
        "answered": line.message.day.isoformat() if line.message.day else None,
        "due": line.due.isoformat() if line.due else None,
        "working_days": line.days,
        "late": line.late,
        "mark": line.message.mark or None,
        "cluster": line.cluster or None,
        "file": line.message.file,
        "page": line.message.page or None,
        "url": line.message.url or None,
        "quotes": [{"cue": quote.cue, "text": quote.text} for quote in (reading.quotes if reading else ())],
    }


def _cells(line: Line) -> list[str]:
    told = line_object(line)
    sections = "; ".join(f"{item['cited']} {item['say'] or '(under which Act?)'}" for item in told["sections"])
    values = (
        told["body"],
        told["kind"],
        "; ".join(told["also"]),
        "; ".join(told["missing"]),
        "; ".join(told["person"]),
        told["suggestion"],
        told["act"],
        sections,
        told["answered"],
        told["due"],
        told["working_days"],
        told["late"],
        told["mark"],
        told["cluster"],
        told["file"],
        told["page"],
        told["url"],
        line.message.text[:8000],
        "",
        "",
        "",
    )
    return ["" if value is None else clean(value) for value in values]


def write_table(lines: Sequence[Line], path: Path, on: date, marking: str) -> Path:
    """The campaign table, as CSV or XLSX by its ending: one line a reply, columns to type each figure in twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            out = csv.writer(stream, lineterminator="\r\n")
            out.writerow(COLUMNS)
            out.writerows([no_formula(cell) for cell in _cells(line)] for line in lines)
        return path
    from openpyxl import Workbook

    book = Workbook()
    page: Any = book.worksheets[0]
    page.title = "Replies"
    for row, cells in enumerate((COLUMNS, *map(_cells, lines)), 1):
        for column, cell in enumerate(cells, 1):
            set_text(page.cell(row, column), cell)
    page.freeze_panes = "B2"
    stamp_marking(page, marking)
    return save(book, path, on)


def render_round(lines: Sequence[Line], columns: int) -> str:
    """The round in a screen: kinds, who is late, what a person decides, wordings that replies share."""
    columns = max(columns, 24)
    out = hang(f"{len(lines):,} requests", columns)
    for kind, many in sorted(counts(lines).items(), key=lambda item: (-item[1], item[0])):
        out += hang(f"{many:>5,}  {kind.replace('_', ' ')}", columns, "  ", "         ")
    late = [line for line in lines if line.late and line.kind in _LATE_KINDS]
    if late:
        out += ["", *hang(f"{len(late):,} overdue by law:", columns)]
        for line in sorted(late, key=lambda line: -(line.late or 0))[:20]:
            out += hang(f"{clean(line.message.body)}: {line.late:,} working days over", columns, "  ", "    ")
    deciding = Counter(word for line in lines if line.reading for word in line.reading.person)
    if deciding:
        out += ["", *hang("a person decides:", columns)]
        for word, many in deciding.most_common():
            out += hang(f"{many:>5,}  {word}", columns, "  ", "         ")
    shared: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.cluster:
            shared[line.cluster].append(line)
    for name, group in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))[:5]:
        out += ["", *hang(f"{len(group):,} of {len(lines):,} replies share a paragraph [{name}]", columns)]
        out += hang(f"“{shorten(clean(group[0].message.text), 160)}”", columns, "  ", "  ")
    return "\n".join(out) + "\n"


def write_reviews(lines: Iterable[Line], out: Path, on: date, marking: str) -> list[Path]:
    """A letter asking for a review, for each reply that refuses or withholds, and for each that is late by law."""
    return _write(lines, out, marking, "review", lambda line: _review(line, on, marking))


def write_complaints(lines: Iterable[Line], out: Path, on: date, marking: str) -> list[Path]:
    """A complaint to the regulator for each of the same replies: what happened when, the words relied on, the files."""
    return _write(lines, out, marking, "complaint", lambda line: _complaint(line, on, marking))


def _write(lines: Iterable[Line], out: Path, marking: str, what: str, document: Callable[[Line], bytes]) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    taken: Counter[str] = Counter()
    for line in lines:
        if line.kind in _REVIEWED or (line.late and line.kind in _LATE_KINDS):
            safe = file_word(line.message.body)
            taken[safe] += 1
            number = f"-{taken[safe]}" if taken[safe] > 1 else ""
            path = out / f"{what}_{safe}{number}{file_marking(marking)}.docx"
            path.write_bytes(document(line))
            written.append(path)
    return written


def _review(line: Line, on: date, marking: str) -> bytes:
    page = begun("Request for an internal review", line.message.body, on, marking)
    if line.message.asked:
        page.add_paragraph(f"About the request: {clean(line.message.asked)}")
    for text in _grounds(line):
        page.add_paragraph(text)
    regime = _act(line)
    if regime is not None and regime.ask_review_within_days and line.message.day is not None:
        last = due(line.message.day, regime.ask_review_within_days, regime)
        page.add_paragraph(
            f"[For you, not for the letter: under the {regime.name} a review is to be asked for by {in_words(last)}.]"
        )
    page.add_paragraph("[Say in your own words what you ask to be looked at again.]")
    return finished(page, on)


def _complaint(line: Line, on: date, marking: str) -> bytes:
    regime = _act(line)
    page = begun(
        f"Complaint about {clean(line.message.body)}",
        regime.regulator if regime is not None and regime.regulator else "[the regulator of the Act]",
        on,
        marking,
    )
    page.add_heading("What happened", 2)
    for text in _history(line):
        page.add_paragraph(text, style="List Bullet")
    page.add_heading("What the complaint is about", 2)
    for text in _grounds(line):
        page.add_paragraph(text)
    quoted = line.reading.quotes if line.reading is not None else ()
    if quoted:
        page.add_heading("Words of the reply", 2)
        for quote in quoted:
            page.add_paragraph(f"“… {clean(quote.text)} …”", style="List Bullet")
    if line.cluster:
        page.add_paragraph(f"Other bodies sent a paragraph in nearly the same words [{line.cluster}].")
    page.add_heading("Enclosed", 2)
    for text in filter(None, (line.message.file, line.message.url, "[the request as sent]", "[the review, if any]")):
        page.add_paragraph(clean(text), style="List Bullet")
    page.add_paragraph(
        "[For you, not for the letter: a regulator mostly wants a review by the body first. "
        + (
            f"Under the {regime.name} a complaint is made within {regime.complain_within_months} months.]"
            if regime is not None and regime.complain_within_months
            else "How long there is to complain is not known here: look it up.]"
        )
    )
    return finished(page, on)


def _history(line: Line) -> Iterable[str]:
    """The days of a request in order, as far as they are known."""
    if line.message.asked:
        yield f"Asked: {clean(line.message.asked)}"
    yield f"Sent on {in_words(line.sent)}." if line.sent is not None else "Sent on [day]."
    if line.due is not None:
        yield f"A reply was due by {in_words(line.due)}."
    if line.kind == NO_REPLY:
        yield "No reply has come."
    else:
        when = f"on {in_words(line.message.day)}" if line.message.day is not None else "on [day]"
        what = "The request was acknowledged" if line.kind in _LATE_KINDS else "The body replied"
        yield f"{what} {when}{f', page {clean(line.message.page)}' if line.message.page else ''}."
    yield "A review was asked for on [day]; its outcome came on [day]."


def _act(line: Line) -> Regime | None:
    return regimes().get(line.reading.regime) if line.reading else None


def _grounds(line: Line) -> Iterable[str]:
    """What is wrong with a reply, as far as it is known."""
    if line.kind in _LATE_KINDS and line.due is not None:
        yield f"A reply was due by {in_words(line.due)}, {line.late:,} working days ago. Please answer the request."
    elif line.reading is not None:
        cited = ", ".join(
            item.text + (f" ({item.section.say})" if item.section else "") for item in line.reading.sections
        )
        yield f"The reply relies on {cited}." if cited else "The reply names no section of an Act."
        yield (
            "Please say of each exemption why it applies to each part that is withheld, and how the public interest "
            "was weighed."
        )
