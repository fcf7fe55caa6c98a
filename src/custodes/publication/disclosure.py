"""What may be released of one body to whoever asks: its answers as sent and as corrected, what is withheld, and why.

It releases what the survey's policy publishes and no more. Synthetic rows are no answers of the body and are left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from custodes.publication.edition.content import Release
from custodes.publication.letterhead import begun, finished
from custodes.publication.letters import grid
from custodes.publication.opendata.frozen import table
from custodes.publication.opendata.tables import tables
from custodes.publication.redaction.visible import COMPLEMENT
from custodes.survey.sentences import STATE_NAMES

_EPOCH = (1980, 1, 1, 0, 0, 0)
_README = """What is released of {name}.

release.docx   the release as a document
answers.csv    every answer that is released, in the order in which it was recorded: the last one of a question holds,
               the ones before are as they were sent
withheld.csv   the questions whose answers are withheld, if there are any, and why
figures.csv    the published figures, and what this body is for each

With what was recorded up to {day}. Source of each answer beside it.
"""


def disclosure(found: Release, body: str, marking: str) -> bytes:
    """The release of one body as an archive, the same bytes every time."""
    day, name = found.last.edition.cut, found.survey.bodies[body].name
    answers = [one.content for one in found.rows if one.row.body == body]
    withheld = _withheld(found, body)
    figures = [row for one in tables(found) if one.name == "members" for row in one.rows if row["body"] == body]
    files = {
        "README.txt": _README.format(name=name, day=day.isoformat()).encode(),
        "release.docx": _document(found, body, answers, withheld, day, marking),
        "answers.csv": table(next(one.names for one in tables(found) if one.name == "answers"), answers),
        "withheld.csv": table(("question", "why"), withheld),
        "figures.csv": table(("figure", "body", "standing"), figures),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _withheld(found: Release, body: str) -> list[dict[str, Any]]:
    """Every question whose answer would not be released, whether there is one or not: that there is one tells already
    what it hangs on.
    """
    policy, survey = found.plan.policy, found.survey
    others = {one.row.question: one.why for one in found.kept_back if one.why == COMPLEMENT}
    rows = []
    for name, question in survey.questions.items():
        why = policy.why_of(name, body, question) or others.get(name, "")
        if why:
            rows.append({"question": name, "why": why})
    return rows


def _document(
    found: Release,
    body: str,
    answers: Sequence[Mapping[str, str]],
    withheld: Sequence[Mapping[str, Any]],
    day: date,
    marking: str,
) -> bytes:
    questions = found.survey.questions
    page = begun("Release of information", found.survey.bodies[body].name, day, marking)
    page.add_heading("Answers", 2)
    if answers:
        rows = [
            (
                questions[one["question"]].text.get("en") or one["question"],
                one["value"] or STATE_NAMES[one["state"]],
                one["recorded_at"],
                one["source"],
            )
            for one in answers
        ]
        grid(page, ("Question", "Answer", "Recorded", "Source"), rows)
    else:
        page.add_paragraph("No answer of this body is held that may be released.")
    page.add_heading("Withheld", 2)
    if withheld:
        names = [(questions[one["question"]].text.get("en") or one["question"], one["why"]) for one in withheld]
        grid(page, ("Question", "Why"), names)
    else:
        page.add_paragraph("Nothing that is held of this body is withheld.")
    return finished(page, day)
