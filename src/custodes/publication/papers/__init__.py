"""Papers: a filled form as workbook, document, PDF, JSON or on the screen; frozen copies; filled copies read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.model.papers import Paper
from custodes.publication.papers.payload import paper_payload


def _json(path: Path, paper: Paper) -> Path:
    from custodes.publication.tables import write_json

    return write_json(path, paper_payload(paper, whole=not paper.leaves))


def _xlsx(path: Path, paper: Paper) -> Path:
    from custodes.publication.papers.sheet import write_sheet

    return write_sheet(path, paper)


def _docx(path: Path, paper: Paper) -> Path:
    from custodes.publication.papers.document import write_document

    return write_document(path, _for_pages(paper))


def _pdf(path: Path, paper: Paper) -> Path:
    from custodes.publication.papers.print import write_print

    return write_print(path, _for_pages(paper))


WRITERS: dict[str, Callable[[Path, Paper], Path]] = {".xlsx": _xlsx, ".docx": _docx, ".pdf": _pdf, ".json": _json}
#: More lines than anybody reads on pages; a workbook holds them all.
MOST_PRINTED = 3_000


def _for_pages(paper: Paper) -> Paper:
    lines = sum(len(section.lines) for section in paper.sections)
    if lines > MOST_PRINTED:
        raise BadUsage(
            f"{lines:,} lines are too many for pages (at most {MOST_PRINTED:,})", remedy="write it as --out FILE.xlsx"
        )
    return paper


def write_paper(path: Path, paper: Paper) -> Path:
    """Writes a paper in the form that the name asks for. Raises BadUsage for any other ending."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BadUsage(f"no paper is written as {path.name[-40:]!r}", remedy=f"end it in {', '.join(WRITERS)}")
    return writer(path, paper)


__all__ = ["WRITERS", "paper_payload", "write_paper"]
