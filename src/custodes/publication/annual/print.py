"""The report as PDF/A-2a and PDF/UA-1: set by Typst, made smaller by qpdf's library, the same bytes every time."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage
from custodes.publication.papers.print import FAMILIES, find_fonts, letters


def pdf(report: Mapping[str, Any]) -> bytes:
    """The PDF of a payload. Raises BadUsage, with the line that helps, where Typst or the fonts are not there."""
    try:
        import typst
    except ImportError:
        raise BadUsage("a report as PDF needs an extra", remedy="pip install 'custodes[publish]'") from None
    fonts = find_fonts()
    shown = _shown({**report, "fonts": FAMILIES[: len(fonts) - 1]}, letters(fonts))
    template = (resources.files("custodes.publication.annual") / "report.typ").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for file in fonts:
            shutil.copyfile(file, Path(folder) / file.name)  # Typst takes folders, and would read all others there too
        done = typst.compile(
            template,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"report": json.dumps(shown, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime(report["year"], report["month"], report["day"], tzinfo=UTC),
        )
    assert isinstance(done, bytes)
    return smaller(done)


def _shown(told: Any, known: frozenset[int]) -> Any:
    """Every text with the signs that no font has written as their numbers: the standards refuse a missing sign."""
    if isinstance(told, str):
        return "".join(sign if ord(sign) in known else f"U+{ord(sign):04X}" for sign in told)
    if isinstance(told, Mapping):
        return {key: _shown(value, known) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_shown(value, known) for value in told]
    return told


def smaller(data: bytes) -> bytes:
    """A PDF with its objects packed into streams: a long table shrinks to a sixth, and says the same."""
    import pikepdf

    pikepdf.settings.set_flate_compression_level(6)  # 9 takes twice as long for two per cent
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as book:
        book.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return out.getvalue()
