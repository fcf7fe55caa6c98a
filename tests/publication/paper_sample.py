"""A small paper with everything that a layout can meet, hostile texts too. Synthetic."""

from __future__ import annotations

from datetime import date

from custodes.model.papers import Cell, Column, Entry, Identified, Kind, Line, Paper, Section

BLANK = Cell("", Kind.TO_FILL)
HOSTILE = '=HYPERLINK("http://example.invalid","x")'
NATIVE = "浙江大华 \U0001f41f"


def paper(columns: int = 4, marking: str = "OFFICIAL-SENSITIVE") -> Paper:
    names = tuple(Column(f"c{n}", f"Column {n}", person=n == columns - 1, wide=n == 1) for n in range(columns))
    middle = tuple(Cell(f"value {n}") for n in range(columns - 3))
    lines = (
        Line("key-1", (Cell(1234), Cell(HOSTILE), *middle, BLANK)),
        Line("key-2", (Cell(5), Cell("not known", Kind.NOT_KNOWN, "nobody told"), *middle, BLANK)),
    )
    table = Section("things", "Things: [all] of them", ("A sentence above.",), (), names, lines)
    head = Section(
        "head",
        "Head",
        (),
        (
            Entry("body", "Body", Cell(NATIVE)),
            Entry("who", "Who answers", BLANK, "a role"),
            Entry("n", "Number", Cell(7)),
        ),
    )
    nothing = Section("none", "Nothing", (), (), names[:2], (), "There is none.")
    limits = Section("not-looked-at", "What was not looked at", ("\x1b[31mThe \u202enetwork.",))
    return Paper(
        form="sample",
        title="A sample paper",
        version="1",
        about="About it.",
        filled_by="A person",
        goes_to="Another",
        estate="SYNTHETIC estate",
        on=date(2026, 11, 22),
        known="",
        marking=marking,
        synthetic=True,
        pack_version="1.1.0",
        pack_date=date(2026, 11, 25),
        pack_digest="0123456789abcdef",
        program="0.1.0",
        sections=(head, table, nothing, limits),
        signs=(Entry("signed", "Signed by (role)", BLANK),),
        identified=(Identified("rule", "d-1", "2026-11-22", name="Door", mac="00:00:5e:00:53:01"),),
    )
