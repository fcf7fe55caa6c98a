"""`survey foi`: parse, call one function of the survey room, render."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.cli.assessing import progress, read_day
from custodes.cli.output import note, print_json
from custodes.cli.surveying import pick
from custodes.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Requesting:
    """What is wanted of a round of requests."""

    paths: tuple[Path, ...]
    sent: str | None
    act: str | None
    on: str | None
    out: Path | None
    reviews: Path | None
    marking: str


def foi_main(asked: Requesting, form: str) -> None:
    """Run `custodes survey foi`."""
    from custodes.publication.foi import line_object, render_round, write_reviews, write_table
    from custodes.survey.foi.campaign import Round, table
    from custodes.survey.foi.inbox import messages
    from custodes.survey.foi.regimes import regimes

    act = pick(asked.act, regimes(), "Act")
    on = read_day(asked.on, "--on") or date.today()
    round_ = Round(read_day(asked.sent, "--sent"), regimes().get(act), on, _makers())
    tell = progress()
    found = []
    for path in asked.paths:
        for message in messages(path, note):
            found.append(message)
            if len(found) % 50 == 0:
                tell(f"read {len(found):,} replies")
    if not found:
        raise BadInput("no reply could be read", where=", ".join(map(str, asked.paths))[:200])
    lines = table(found, round_)
    if asked.out is not None:
        note(f"written: {write_table(lines, asked.out, on, asked.marking)}")
    if asked.reviews is not None:
        note(f"{len(write_reviews(lines, asked.reviews, on, asked.marking)):,} letters in {asked.reviews}")
    if form != "table":
        print_json(map(line_object, lines), form)
        return
    sys.stdout.write(render_round(lines, shutil.get_terminal_size((100, 24)).columns))


def _makers() -> Callable[[str], Sequence[str]]:
    """Names the brands in a reply: sentence by sentence, with the reference data."""
    from custodes.attribution.text import resolve_text
    from custodes.knowledge import knowledge
    from custodes.model.vocab import Status

    loaded = knowledge()

    def makers(text: str) -> Sequence[str]:
        parts = re.split(r"[;\n]|[.:,]\s", text)[:400]
        found = (resolve_text(part, loaded, explain=False).mentions for part in parts)
        return [item.brand for mentions in found for item in mentions if item.status is not Status.UNKNOWN]

    return makers
