"""Writes the report in its forms; returns what lies where, for the page of data."""

from __future__ import annotations

from pathlib import Path

from custodes.publication.annual.document import docx
from custodes.publication.annual.govspeak import govspeak
from custodes.publication.annual.payload import payload
from custodes.publication.annual.print import pdf
from custodes.publication.edition.content import Release
from custodes.publication.opendata.frozen import dump
from custodes.publication.opendata.tables import tables
from custodes.publication.opendata.write import Listed
from custodes.publication.proof.bundle import write
from custodes.publication.site.build import Head

_APPENDICES = ("states", "answers")


def write_report(made: Path, found: Release, head: Head) -> Listed:
    """Path, what it holds, and bytes, of each file."""
    every = {table.name: table for table in tables(found)}
    report = payload(found, head, [every[name] for name in _APPENDICES])
    short = payload(found, head, [])
    files = {
        "report/report.pdf": ("the report with its appendices (PDF/A-2a, PDF/UA-1)", pdf(report)),
        "report/report.docx": ("the report for clearance, without appendices", docx(short)),
        "report/report.md": ("the report for GOV.UK (Govspeak), without appendices", govspeak(short)),
        "report/report.json": ("what the report is set from", dump(report)),
    }
    for path, (_, data) in files.items():
        write(made, path, data)
    return tuple((path, holds, len(data)) for path, (holds, data) in files.items())
