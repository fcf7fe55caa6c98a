"""Passwords of a user's own table, kept out of its annotated copy: cells, comments, names, properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from custodes.publication.records import cell_text
from custodes.publication.tables.sheets import set_text, shorten_chars
from custodes.publication.text import clean, clean_lines

BlankCells = Callable[[str], bool]
Scrub = Callable[[str], tuple[str, int]]
MayHold = Callable[[Sequence[str]], Sequence[bool]]  # for each text, whether `Scrub` might find anything
_NUMBERED = re.compile(r"column (\d+)\Z")  # how a column without a heading is called
_REMOVED = "[removed]"
_REFERENCE = re.compile(r"=?(?:'[^']*'|[\w.]+)!\$?[A-Z]{1,3}\$?\d|=?\$?[A-Z]{1,3}\$?\d+(?::|\Z)|[A-Z]+\(")


def blank_nothing(_header: str) -> bool:
    """The default: no heading names a secret."""
    return False


def scrub_nothing(text: str) -> tuple[str, int]:
    """The default: no text holds a secret."""
    return text, 0


def telling(value: str) -> bool:
    """Whether a blanked value is long and odd enough to be looked for in the other cells."""
    return len(value) >= 6 and not value.isalpha()


@dataclass(slots=True)
class _Places:
    """Where secrets stand in one sheet: columns below a row, single cells, and rows from a column on."""

    columns: dict[int, int] = field(default_factory=dict)
    cells: set[tuple[int, int]] = field(default_factory=set)
    shifted: dict[int, int] = field(default_factory=dict)

    def hold(self, row: int, column: int) -> bool:
        """Whether the cell is one of them."""
        below = self.columns.get(column)
        if below is not None and row > below:
            return True
        return (row, column) in self.cells or column >= self.shifted.get(row, column + 1)


class Secrets:
    """First `find` in every sheet, then `remove` from every one: what one tells is taken out of all."""

    def __init__(
        self, blank_cells: BlankCells, scrub: Scrub, dropped: Iterable[str], may_hold: MayHold | None = None
    ) -> None:
        self._blank, self._scrub, self._may_hold = blank_cells, scrub, may_hold
        self._harmless: set[str] = set()
        self._dropped = {clean(header) for header in dropped}
        self._numbered = {int(m.group(1)) for m in map(_NUMBERED.match, self._dropped) if m}
        self._places: dict[str, _Places] = {}
        self._values: set[str] = set()
        self._search: AhoCorasick | None = None
        self._cache: dict[str, tuple[str, int]] = {}

    def find(self, sheet: Any, header: int | None, *, read: bool, shifting: bool) -> None:
        """Learns the places and values of secrets in `sheet`, whose headings are in row `header`."""
        places = self._places[sheet.title] = self._look(sheet, header)
        if read:
            for number in self._numbered:
                places.columns.setdefault(number, header or 0)
        if header and shifting and places.columns:
            self._shifted(sheet, header, places)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and places.hold(cell.row, cell.column):
                    value = cell_text(cell.value).strip()
                    if telling(value):
                        self._values.add(value)

    def _look(self, sheet: Any, header: int | None) -> _Places:
        """In a sheet whose heading row is known only that row is asked; in any other sheet every row is."""
        places = _Places()
        for row in sheet.iter_rows(min_row=header, max_row=header):
            filled = [cell for cell in row if cell.value is not None]
            named = [cell for cell in filled if isinstance(cell.value, str) and self.named(cell.value)]
            if len(filled) == 2 and named == filled[:1] and not header:
                places.cells.add((filled[1].row, filled[1].column))
                continue
            for cell in named:
                places.columns.setdefault(cell.column, cell.row)
        return places

    def named(self, header: str) -> bool:
        """Whether a heading names a secret, to the caller or to the reader of the file."""
        told = clean(header)
        return told in self._dropped or self._blank(told)

    def _shifted(self, sheet: Any, header: int, places: _Places) -> None:
        """A record with more cells than headings has slipped: what follows the first secret may be one."""
        wide = max((cell.column for cell in sheet[header] if cell.value is not None), default=0)
        first = min(places.columns)
        for row in sheet.iter_rows(min_row=header + 1, min_col=wide + 1):
            if any(cell.value is not None for cell in row):
                places.shifted[row[0].row] = first

    def remove(self, sheet: Any) -> None:
        """Blanks the places found, and takes secrets out of every other text of `sheet`."""
        places = self._places[sheet.title]
        self._sift(sheet)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and not cell.comment:
                    continue
                if places.hold(cell.row, cell.column):
                    cell.value, cell.comment, cell.hyperlink = None, None, None
                else:
                    self._clean_cell(cell)
        for rule in sheet.data_validations.dataValidation:
            areas = [(area.min_col, area.max_col) for area in rule.sqref.ranges]
            secret = any(low <= column <= high for column in places.columns for low, high in areas)
            if rule.formula1 and (secret or self.scrubbed(str(rule.formula1))[1]):
                rule.formula1 = '""'
            for told in ("prompt", "promptTitle", "error", "errorTitle"):
                if getattr(rule, told, None) and (secret or self.scrubbed(str(getattr(rule, told)))[1]):
                    setattr(rule, told, None)
        self._clean_margins(sheet)
        sheet._pivots = [pivot for pivot in sheet._pivots if not self._pivot_holds_secret(pivot)]

    def _sift(self, sheet: Any) -> None:
        """Learns which texts of a sheet surely hold nothing: asked for all of them at once, that is quick."""
        if self._may_hold is None:
            return
        values = (cell.value for row in sheet.iter_rows() for cell in row)
        texts = list({cell_text(value) for value in values if isinstance(value, str)})
        self._harmless |= {text for text, may in zip(texts, self._may_hold(texts), strict=True) if not may}

    def _clean_margins(self, sheet: Any) -> None:
        """Takes secrets out of the header and footer that are printed on each page."""
        for kind in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
            for side in ("left", "center", "right"):
                part = getattr(getattr(sheet, kind), side)
                if part.text and self.scrubbed(part.text)[1]:
                    part.text = self.scrubbed(part.text)[0]

    def scrubbed(self, text: str) -> tuple[str, int]:
        """`text` without the secrets in it, and how many there were."""
        if text not in self._cache:
            found, hits = (text, 0) if text in self._harmless else self._scrub(text)
            if self._values:
                found, more = self._without_values(found)
                hits += more
            self._cache[text] = (found, hits)
        return self._cache[text]

    def _without_values(self, text: str) -> tuple[str, int]:
        """`text` without the blanked values; one of digits only counts when it stands alone."""
        if self._search is None:
            self._search = AhoCorasick(sorted(self._values), matchkind=MatchKind.LeftmostLongest)
        parts, at, hits = [], 0, 0
        for _, start, end in self._search.find_matches_as_indexes(text):
            around = text[max(0, start - 1) : start] + text[end : end + 1]
            if text[start:end].isdecimal() and any(map(str.isalnum, around)):
                continue
            parts += [text[at:start], _REMOVED]
            at, hits = end, hits + 1
        return "".join([*parts, text[at:]]), hits

    def _pivot_holds_secret(self, pivot: Any) -> bool:
        """A pivot table keeps its own copy of the data; one with a secret column cannot stay."""
        return any(self.named(item.name) for item in pivot.cache.cacheFields if item.name)

    def _clean_cell(self, cell: Any) -> None:
        value = cell.value
        if value is not None and not isinstance(value, bool | int | float):
            formula = getattr(value, "text", None)
            text = formula if isinstance(formula, str) else cell_text(value)
            cleaned, hits = self.scrubbed(text)
            if hits:
                cell.value = None
                set_text(cell, shorten_chars(clean_lines(cleaned)))
        link = cell.hyperlink
        if link is not None and any(
            self.scrubbed(text)[1] for text in (link.target, link.location, link.tooltip) if text
        ):
            cell.hyperlink = None
        if cell.comment is not None:
            cleaned, hits = self.scrubbed(cell.comment.text)
            if hits:
                old = cell.comment
                cell.comment = Comment(cleaned, old.author, old.height, old.width)

    def clean_properties(self, book: Workbook) -> None:
        """Takes secrets out of document properties and of defined names."""
        for name in ("title", "subject", "description", "keywords", "category", "creator", "lastModifiedBy"):
            value = getattr(book.properties, name, None)
            if isinstance(value, str) and self.scrubbed(value)[1]:
                setattr(book.properties, name, self.scrubbed(value)[0])
        custom: Any = getattr(book, "custom_doc_props", None)
        for name in [p.name for p in custom.props if self._told(p.name, p.value)] if custom else []:
            del custom[name]
        owners: list[Any] = [book, *book.worksheets]
        for owner in owners:
            for name, defined in list(owner.defined_names.items()):
                if self._told(name, defined.value):
                    del owner.defined_names[name]

    def _told(self, name: str, value: object) -> bool:
        """Whether a named value is a secret, by its name or by what it says."""
        constant = not _REFERENCE.match(str(value))
        return (constant and self.named(name)) or bool(self.scrubbed(f"{name}: {value}")[1])
