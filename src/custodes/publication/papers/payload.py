"""A paper as JSON and back: what `custodes form --format json` prints, and what a frozen copy keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from custodes.model.papers import Cell, Column, Entry, Identified, Kind, Line, Paper, Section

Payload = dict[str, Any]


def paper_payload(paper: Paper, *, whole: bool = True) -> Payload:
    """The machine object of a paper; schema `form`. Not `whole`: without the marks of single devices, for outsiders."""
    return {
        "form": paper.form,
        "title": paper.title,
        "version": paper.version,
        "about": paper.about,
        "filled_by": paper.filled_by,
        "goes_to": paper.goes_to,
        "estate": paper.estate,
        "as_at": paper.on.isoformat(),
        "as_known": paper.known,
        "marking": paper.marking,
        "synthetic": paper.synthetic,
        "pack": {"version": paper.pack_version, "date": paper.pack_date.isoformat(), "digest": paper.pack_digest},
        "program": paper.program,
        "one_side": paper.one_side,
        "wide": paper.wide,
        "leaves": paper.leaves,
        "body": paper.body,
        "sections": [_section(section) for section in paper.sections],
        "signs": [_entry(entry) for entry in paper.signs],
        "identified": [asdict(one) for one in paper.identified] if whole else [],
    }


def _section(section: Section) -> Payload:
    return {
        "id": section.id,
        "title": section.title,
        "text": list(section.text),
        "fields": [_entry(entry) for entry in section.entries],
        "columns": [
            {"id": one.id, "label": one.label, "person": one.person, "wide": one.wide, "heads": one.heads}
            for one in section.columns
        ],
        "lines": [{"key": line.key, "cells": [_cell(cell) for cell in line.cells]} for line in section.lines],
        "empty": section.empty,
    }


def _entry(entry: Entry) -> Payload:
    return {"id": entry.id, "label": entry.label, **_cell(entry.cell), "note": entry.note}


def _cell(cell: Cell) -> Payload:
    return {"value": cell.value, "kind": cell.kind.value, **({"why": cell.why} if cell.why else {})}


def paper_of(payload: Mapping[str, Any]) -> Paper:
    """The paper of a machine object. Raises KeyError, TypeError or ValueError if it is none."""
    pack = payload["pack"]
    return Paper(
        form=payload["form"],
        title=payload["title"],
        version=payload["version"],
        about=payload["about"],
        filled_by=payload["filled_by"],
        goes_to=payload["goes_to"],
        estate=payload["estate"],
        on=date.fromisoformat(payload["as_at"]),
        known=payload["as_known"],
        marking=payload["marking"],
        synthetic=payload["synthetic"],
        pack_version=pack["version"],
        pack_date=date.fromisoformat(pack["date"]),
        pack_digest=pack["digest"],
        program=payload["program"],
        sections=tuple(_section_of(item) for item in payload["sections"]),
        signs=tuple(_entry_of(item) for item in payload["signs"]),
        one_side=payload["one_side"],
        wide=payload["wide"],
        leaves=payload["leaves"],
        body=payload["body"],
        identified=tuple(identified_of(one) for one in payload["identified"]),
    )


def identified_of(item: Mapping[str, Any]) -> Identified:
    """One identification of a machine object. Raises KeyError, TypeError or ValueError if it is none."""
    found = Identified(**item)
    if not all(isinstance(getattr(found, one.name), int if one.name == "quantity" else str) for one in fields(found)):
        raise TypeError("an identification holds texts and a number")
    date.fromisoformat(found.day)
    return found


def _section_of(item: Mapping[str, Any]) -> Section:
    if any(len(one["cells"]) != len(item["columns"]) for one in item["lines"]):
        raise ValueError("a line has more or fewer cells than its table has columns")
    return Section(
        item["id"],
        item["title"],
        tuple(item["text"]),
        tuple(_entry_of(one) for one in item["fields"]),
        tuple(Column(one["id"], one["label"], one["person"], one["wide"], one["heads"]) for one in item["columns"]),
        tuple(Line(one["key"], tuple(_cell_of(cell) for cell in one["cells"])) for one in item["lines"]),
        item["empty"],
    )


def _entry_of(item: Mapping[str, Any]) -> Entry:
    return Entry(item["id"], item["label"], _cell_of(item), item["note"])


def _cell_of(item: Mapping[str, Any]) -> Cell:
    return Cell(item["value"], Kind(item["kind"]), item.get("why", ""))
