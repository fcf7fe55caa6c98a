"""A paper as PDF/A-2a and PDF/UA-1, set by Typst from one template in fonts of a known release: the same bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage
from custodes.model.papers import Cell, Entry, Kind, Paper, Section
from custodes.publication.papers.said import as_blocks, block_title, cell_text, for_page, heading
from custodes.publication.text import clean

#: What papers are set in, by the hash of the file: another release would give other bytes.
LATIN = {
    "NotoSans-Regular.ttf": "89c3c497f618fdaa0b2d1e98fef93582f28c71debd2c4a8cdf41f190ced2909d",
    "NotoSans-Bold.ttf": "e83493c945848ecd4a9ad0f6d19164541a0d3e23a9c952304a00a46e00272ac5",
}
#: Signs of names in native script; only a wheel with its fonts has it.
EASTERN = "NotoSansCJK-part.otf"
_SHIPPED = Path(str(resources.files("custodes.publication.papers") / "fonts"))
_FOLDERS = (_SHIPPED, Path("/usr/share/fonts/truetype/noto"))
FAMILIES = ["Noto Sans", "Noto Sans CJK SC"]


def write_print(path: Path, paper: Paper) -> Path:
    """Writes the PDF. Raises BadUsage, with the line that helps, where Typst or the fonts are not there."""
    try:
        import typst
    except ImportError:
        raise BadUsage("a PDF needs an extra", remedy="pip install 'custodes[publish]', or --out FILE.docx") from None
    fonts = find_fonts()
    given = _given(paper, FAMILIES[: len(fonts) - 1], letters(fonts))
    template = (resources.files("custodes.publication.papers") / "paper.typ").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for file in fonts:
            shutil.copyfile(file, Path(folder) / file.name)  # Typst takes folders, and would read all others there too
        done = typst.compile(
            template,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"paper": json.dumps(given, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime(paper.on.year, paper.on.month, paper.on.day, tzinfo=UTC),
        )
    assert isinstance(done, bytes)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(done)
    return path


@lru_cache(maxsize=1)
def find_fonts() -> tuple[Path, ...]:
    """The font files of the known release, those of the wheel first. Raises BadUsage."""
    found = []
    for name, wanted in LATIN.items():
        files = (folder / name for folder in _FOLDERS)
        file = next((file for file in files if file.is_file() and _sha256(file) == wanted), None)
        if file is None:
            raise BadUsage(
                "a PDF needs the fonts it is set in (Noto Sans, the release of Debian 12)",
                remedy="apt install fonts-noto-core, or --out FILE.docx, which needs none",
            )
        found.append(file)
    return (*found, _SHIPPED / EASTERN) if (_SHIPPED / EASTERN).is_file() else tuple(found)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def letters(files: tuple[Path, ...]) -> frozenset[int]:
    """Every sign that the fonts have."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for file in files:
        with TTFont(file, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def _given(paper: Paper, fonts: list[str], letters: frozenset[int]) -> dict[str, Any]:
    """The paper as the template takes it; a sign that no font has is written as its number."""

    def shown(text: str) -> str:
        return "".join(sign if ord(sign) in letters else f"U+{ord(sign):04X}" for sign in for_page(clean(text)))

    def cell(one: Cell) -> dict[str, Any]:
        return {"blank": one.kind is Kind.TO_FILL, "text": shown(cell_text(one))}

    def entries(found: tuple[Entry, ...]) -> list[dict[str, Any]]:
        return [{"label": shown(one.label), "note": shown(one.note), **cell(one.cell)} for one in found]

    def section(one: Section) -> dict[str, Any]:
        blocks = as_blocks(one)
        return {
            "title": shown(one.title),
            "text": [shown(text) for text in one.text],
            "fields": entries(one.entries),
            "columns": [shown(column.label) for column in one.columns],
            "widths": [2.4 if column.wide else 1 for column in one.columns],
            "numbers": [_counts(one, place) for place in range(len(one.columns))],
            "lines": [] if blocks else [[cell(item) for item in line.cells] for line in one.lines],
            "blocks": list(_blocks(one, shown, cell)) if blocks else [],
            "empty": shown(one.empty or "No line.") if one.columns and not one.lines else "",
        }

    return {
        "title": shown(paper.title),
        "about": shown(paper.about),
        "marking": shown(paper.marking),
        "one_side": paper.one_side,
        "wide": paper.wide,
        "fonts": fonts,
        "year": paper.on.year,
        "month": paper.on.month,
        "day": paper.on.day,
        "heading": [{"label": a, "note": "", "blank": False, "text": shown(b)} for a, b in heading(paper)],
        "sections": [section(one) for one in paper.sections],
        "signs": entries(paper.signs),
    }


def _counts(section: Section, place: int) -> bool:
    """Whether a column holds numbers only."""
    return bool(section.lines) and all(isinstance(line.cells[place].value, int) for line in section.lines)


def _blocks(section: Section, shown: Any, cell: Any) -> Iterator[dict[str, Any]]:
    for place, line in enumerate(section.lines):
        pairs = zip(section.columns, line.cells, strict=True)
        rows = [{"label": shown(column.label), "note": "", **cell(one)} for column, one in pairs]
        left, right = rows[: (len(rows) + 1) // 2], rows[(len(rows) + 1) // 2 :]
        yield {"title": shown(block_title(section, place)), "left": left, "right": right}
