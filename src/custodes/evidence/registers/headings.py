"""Where the heading of a table is, and which records are no devices (titles, repeats, totals, footers)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from custodes.evidence.registers import values
from custodes.evidence.registers.credentials import is_credential_header
from custodes.evidence.registers.text import compact

WINDOW = 30

_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|sheet|page)[ -]?)?(?:totals?|total (?:number|count|cameras?|devices?|"
    r"units?|items?|assets?)"
    r"[\w ]*|sum|count|summe|zwischensumme|gesamt(?:summe|zahl|anzahl)?|insgesamt|anzahl gesamt|somme|"
    r"total général|suma|totale|"
    r"totaal|aantal totaal|razem|ogółem|cyfanswm|"
    r"合计|总计|合計|總計|小计|总数|総計)\s*(?:[:=：–-].*|\d[\d .,]*.*)?\Z",
    re.IGNORECASE,
)
#: The total of a group, which names the group behind it.
_PART_TOTAL = re.compile(
    r"(?:sub|grand|part|group|site)[ -]?totals?\b|zwischensumme\b|sous-total\b|subtotaal\b", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:exported|generated|printed|produced|created|extracted|compiled|prepared|report (?:run|date|"
    r"generated|created)|"
    r"run (?:by|on|date)|data (?:as at|as of|source)|as at|source|notes?|n\.?b\.?|page \d+|"
    r"end of (?:report|list|file|export|data)|"
    r"\*{1,3}|[©]|copyright|disclaimer|last (?:updated|modified|refreshed)|"
    r"erstellt|exportiert|gedruckt|stand|quelle|seite \d+|exporté|généré|imprimé|créé|exportado|"
    r"generado|impreso|fuente|"
    r"esportato|generato|stampato|fonte|geëxporteerd|gegenereerd|bron|wyeksportowan\w+|wygenerowan\w+|"
    r"allforiwyd|导出|制表|打印|"
    r"出力|作成)(?:\b|[ :：.]|(?<=[^\x00-\x7f])).*\Z"
    r"|(?:total[: ]+)?\d+ (?:rows?|records?|devices?|cameras?|items?|assets?|entries|"
    r"results?)(?: (?:found|exported|listed|in total))?\.?\Z"
    r"|\(?\d+ rows? affected\)?\Z|-+ ?end.*\Z",
    re.IGNORECASE | re.DOTALL,
)


def find_heading(records: Sequence[Sequence[str]], knows: Callable[[str], bool]) -> int | None:
    """Index of the heading among the first records, or None (the file has none that can be told)."""
    window = records[:WINDOW]
    width = _width(records)
    known = [_known(cells, knows, width) for cells in window]
    best = max(range(len(window)), key=lambda index: known[index], default=0)
    if not window or not known[best]:
        return _by_shape(records)
    if best + 1 < len(window) and known[best + 1] == known[best] and _filled(window[best + 1]) > _filled(window[best]):
        best += 1  # two rows of headings: the upper one spans groups of columns
    return next((index for index in range(best) if _heads_a_table(window, known, index, best)), best)


def _heads_a_table(window: Sequence[Sequence[str]], known: Sequence[int], index: int, best: int) -> bool:
    """Whether a record above the fullest heading is itself a heading, with rows of its own below it."""
    filled = _filled(window[index])
    if known[index] < 2 or known[index] * 2 < filled:
        return False
    return any(not known[row] and _filled(window[row]) >= 2 for row in range(index + 1, best))


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _known(cells: Sequence[str], knows: Callable[[str], bool], width: int) -> int:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or sum(1 for cell in filled if values.is_value(cell)) > 0.3 * len(filled):
        return 0
    if any(len(cell) > 120 for cell in filled):
        return 0
    known = sum(1 for cell in filled if len(cell) <= 80 and (knows(cell) or is_credential_header(cell)))
    if len(filled) == 1:
        return known if width <= 1 else 0
    return known if known >= 2 or known * 2 >= len(filled) else 0


def _width(records: Sequence[Sequence[str]]) -> int:
    counts = sorted(_filled(cells) for cells in records if any(cells))
    return counts[len(counts) // 2] if counts else 0


def _by_shape(records: Sequence[Sequence[str]]) -> int | None:
    """A heading told by its shape: short distinct texts above a row that holds numbers or addresses."""
    width = _width(records)
    if width < 2:
        return None
    for index, cells in enumerate(records[:WINDOW]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) < max(2, 0.7 * width):
            continue
        plain = not any(values.is_value(cell) or len(cell) > 60 for cell in filled)
        if plain and len(set(filled)) == len(filled) and _contrast(cells, records[index + 1 : index + 21]):
            return index
        return None
    return None


def _contrast(heads: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether some column holds digits or values under a heading that has none."""
    for column, head in enumerate(heads):
        cells = [row[column] for row in below if column < len(row) and row[column].strip()]
        if not head.strip() or not cells:
            continue
        if values.share(cells, values.is_value) >= 0.8:
            return True
        if not _has_digit(head) and values.share(cells, _has_digit) >= 0.8:
            return True
    return False


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


OTHER_HEADING = "another heading: the records below it are read under the first one"


class Sorter:
    """Decides, record by record, whether a record under the heading is a device row.

    `known`: every heading that some format uses, in compact form.
    """

    def __init__(self, heads: Sequence[str], *, has_heading: bool, known: frozenset[str] = frozenset()) -> None:
        self._known = known
        self._heads = [compact(head) for head in heads]
        self._width = sum(1 for head in self._heads if head)
        self._first = next((index for index, head in enumerate(self._heads) if head), 0)
        self._first_raw = heads[self._first].strip().casefold() if heads else ""
        self._has_heading = has_heading

    def reason(self, cells: Sequence[str], filled: int) -> str:
        """Why a record is no device row; empty if it is one. `filled` counts its non-blank cells."""
        if self._has_heading and self._is_heading(cells, filled):
            return OTHER_HEADING
        if self._has_heading and self._repeats(cells):
            return "a repeat of the heading"
        if filled <= 3 or filled * 3 <= self._width:
            return self._small(cells, filled)
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if len(first) < 40 and _TOTAL.match(first) and self._only_numbers(cells):
            return "a total, not a device"
        return ""

    def _is_heading(self, cells: Sequence[str], filled: int) -> bool:
        """Whether every cell is a heading of some format, and not just those of the heading above."""
        if filled < 3 or filled > 40:
            return False
        first = next(cell for cell in cells if cell.strip())
        if len(first) > 40 or compact(first) not in self._known:
            return False
        held = {compact(cell) for cell in cells if cell.strip()}
        return len(held) == filled and held <= self._known and not held <= set(self._heads)

    def _repeats(self, cells: Sequence[str]) -> bool:
        if self._first >= len(cells) or cells[self._first].strip().casefold() != self._first_raw:
            return False
        pairs = [(compact(cell), head) for cell, head in zip(cells, self._heads, strict=False) if cell.strip()]
        return len(pairs) >= min(2, self._width) and sum(1 for cell, head in pairs if cell == head) >= 0.7 * len(pairs)

    def _small(self, cells: Sequence[str], filled: int) -> str:
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if len(first) > 400:
            return ""
        if _TOTAL.match(first) and self._only_numbers(cells):
            return "a total, not a device"
        if _PART_TOTAL.match(first) and self._only_numbers(cells, said=first):
            return "a total, not a device"
        lone = filled == 1 and (self._width >= 2 or bool(re.search(r"\d", first)))
        pair = filled == 2 and self._width >= 4 and first.rstrip().endswith((":", "："))
        if (lone or pair) and _FOOTER.match(first):
            return "a footer of the export, not a device"
        return ""

    @staticmethod
    def _only_numbers(cells: Sequence[str], said: str = "") -> bool:
        """Whether the cells behind the first are numbers, or repeat what the first one says."""
        rest = [cell.strip() for cell in cells if cell.strip()][1:]
        return all((said and cell in said) or (values.is_value(cell) and not values.is_mac(cell)) for cell in rest)
