"""A DOCX letter: marked on every page, and the same bytes every time."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from custodes.model.days import in_words
from custodes.publication.fixedzip import fixed
from custodes.publication.text import clean


def begun(title: str, to: str, day: date, marking: str) -> Any:
    """A letter with its marking, heading, addressee and day."""
    from docx import Document

    page = Document()
    for place in (page.sections[0].header, page.sections[0].footer):
        place.paragraphs[0].text = clean(marking)
    page.add_heading(clean(title), 1)
    page.add_paragraph(f"To {clean(to)}, {in_words(day)}")
    return page


def finished(page: Any, day: date) -> bytes:
    """The letter as a file."""
    raw = io.BytesIO()
    stamp = datetime(day.year, day.month, day.day)
    page.core_properties.created = page.core_properties.modified = stamp
    page.core_properties.author = "custodes"
    page.save(raw)
    return fixed(raw, stamp, stored=True)
