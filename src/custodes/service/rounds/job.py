"""Reads the replies of a round, in a limited process: a line each, the table, and the letters that are next."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from custodes.attribution.naming import letter_namer
from custodes.knowledge import knowledge
from custodes.model.errors import BadInput
from custodes.publication.foi import line_object, write_complaints, write_reviews, write_table
from custodes.publication.tables import dumps
from custodes.survey.foi.campaign import Line, Round, table
from custodes.survey.foi.inbox import Message, messages
from custodes.survey.foi.regimes import regimes

Job = Mapping[str, Any]
LINES, NOTES = "lines.jsonl", "notes.json"
_MOST_NOTES = 200


def foi_job(job: Job, step: Callable[[str], None]) -> None:
    """The replies of a folder. Raises BadInput if there is none."""
    out = Path(job["out"])
    notes: list[str] = []
    found: list[Message] = []
    for path in sorted(Path(job["folder"]).iterdir()):
        for message in messages(path, notes.append):
            found.append(message)
            if len(found) % 25 == 0:
                step(f"read {len(found):,} replies")
    if not found:
        raise BadInput("no reply could be read", why="; ".join(notes[:3])[:300])
    sent = date.fromisoformat(job["sent"]) if job.get("sent") else None
    on = date.fromisoformat(job["on"])
    lines = table(found, Round(sent, regimes().get(job.get("law", "")), on, letter_namer(knowledge(()))))
    step("writing the table and the letters")
    with (out / LINES).open("w", encoding="utf-8") as stream:
        stream.writelines(f"{dumps(_told(line))}\n" for line in lines)
    (out / NOTES).write_text(dumps(notes[:_MOST_NOTES]), encoding="utf-8")
    for end in ("csv", "xlsx"):
        write_table(lines, out / f"table.{end}", on, "")
    for name, written in (("reviews", write_reviews), ("complaints", write_complaints)):
        folder = out / name
        _pack(written(lines, folder, on, ""), out / f"{name}.zip")


def _told(line: Line) -> dict[str, Any]:
    """A line with the name by which what people decide of it is found again: by what the reply is, not its place."""
    told = line_object(line)
    words = (line.message.body, line.message.file, str(line.message.page or ""), line.message.url, line.message.text)
    digest = sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()
    return {**told, "key": digest[:32], "text": line.message.text[:20_000]}


def _pack(paths: Sequence[Path], out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)


JOBS: Mapping[str, Callable[[Job, Callable[[str], None]], None]] = {"foi": foi_job}
