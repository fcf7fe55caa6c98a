"""What every layout of a paper says alike: the lines above it, a cell as text, which tables are laid out as blocks."""

from __future__ import annotations

from collections.abc import Sequence

from custodes.model.papers import Cell, Kind, Paper, Section
from custodes.publication import words as w
from custodes.publication.text import clean, shorten

#: More columns than fit across a page: each line is then a block of its own, a label and a value a row.
MOST_COLUMNS = 10
#: Of one value in the heading of a block, and of values in it.
MOST_TITLE, MOST_HEADS = 80, 3
#: Of one text on a page.
MOST_SIGNS = 3_000
TO_FILL = "to be filled in by a person"


Pair = tuple[str, str]


def heading(paper: Paper) -> list[tuple[str, str]]:
    """The lines above a paper: what it is, for whom, on which day, with which knowledge."""
    known = f", rules as known on {w.plain_date(paper.known)}" if paper.known else ""
    pack = f"{clean(paper.pack_version)} of {w.day(paper.pack_date)}{known}"
    lines = [
        ("Marking", clean(paper.marking) or "none was chosen"),
        ("About", clean(paper.estate)),
        ("On", w.day(paper.on)),
        ("Filled in by", clean(paper.filled_by)),
        ("Goes to", clean(paper.goes_to)),
        ("Reference data", pack),
        ("Made with", f"custodes {clean(paper.program)}, form {clean(paper.form)} version {clean(paper.version)}"),
    ]
    if paper.leaves:  # the title may be the name of a file, and the records are nobody else's
        lines = [line for line in lines if line[0] != "About"]
    if paper.one_side:  # every line counts there
        lines = [line for line in lines if line[0] in ("Marking", "On", "Reference data")]
    if paper.synthetic:
        lines.insert(0, ("Invented example", "These devices are invented, for training and tests."))
    return [(label, text) for label, text in lines if text]


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it; a blank is empty, a "not known" says why."""
    if cell.kind is Kind.TO_FILL:
        return ""
    text = w.number(cell.value) if isinstance(cell.value, int) else w.plain_date(clean(cell.value))
    return f"{text}: {clean(cell.why)}" if cell.why else text


def page_text(cell: Cell) -> str:
    """A cell on a page: a text that would fill pages by itself is cut, and says so."""
    return for_page(cell_text(cell))


def for_page(text: str) -> str:
    """A text as a page has room for it."""
    return text if len(text) <= MOST_SIGNS else f"{text[:MOST_SIGNS]} … (cut here: the workbook holds more)"


def as_blocks(section: Section) -> bool:
    """Whether the table of a section is too wide for a page."""
    return len(section.columns) > MOST_COLUMNS


def _at(cells: Sequence[Cell], places: Sequence[int]) -> list[Cell]:
    return [cells[place] for place in places if place < len(cells) and cells[place].kind is not Kind.NOT_KNOWN]


def halves(pairs: list[Pair]) -> list[tuple[Pair, Pair | None]]:
    """The rows of a block in two columns, read down the left one first."""
    middle = (len(pairs) + 1) // 2
    return [(pair, pairs[middle + n] if middle + n < len(pairs) else None) for n, pair in enumerate(pairs[:middle])]


def block_title(section: Section, place: int) -> str:
    """The heading of a line that is laid out as a block: its number and the values that head it, else the first."""
    line = section.lines[place]
    marked = [n for n, column in enumerate(section.columns) if column.heads] or [0, 1, 2]
    named = [shorten(cell_text(cell), MOST_TITLE) for cell in _at(line.cells, marked)]
    return f"{place + 1}. " + " · ".join(filter(None, named[:MOST_HEADS]))
