"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Packs = Annotated[
    list[Path] | None,
    typer.Option("--pack", help="Reference data laid over the bundled pack; may be repeated."),
]
AsAt = Annotated[str | None, typer.Option("--as-at", help="The day to answer for, YYYY-MM-DD; today unless told.")]
Mapping = Annotated[Path | None, typer.Option("--mapping", help="Your own mapping of columns (see `custodes map`).")]
Marking = Annotated[str, typer.Option("--marking", help="Stands on every page, sheet and file name.")]
Measures = Annotated[
    list[str] | None, typer.Option("--measure", help="Ask this rule only, whatever the answer; may be repeated.")
]
Country = Annotated[
    str | None, typer.Option("--country", help="Two letters: how many are from there, in five different readings.")
]
Known = Annotated[
    str | None, typer.Option("--as-known", help="Rules and lists as they were known on this day, YYYY-MM-DD.")
]
Kind = Annotated[str, typer.Option("--body-kind", help="Which kind of body this is, where no configuration says it.")]
Seconds = Annotated[
    float, typer.Option("--seconds", min=1, max=86_400, help="Time allowed for one file; a very large one needs more.")
]
Answers = Annotated[
    list[Path] | None,
    typer.Option("--answers", help="Answered question workbooks to read back; may be repeated."),
]
