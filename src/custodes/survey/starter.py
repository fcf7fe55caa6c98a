"""A small survey folder to start from: every file, with a comment on what goes into it."""

from __future__ import annotations

from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.survey.answers import COLUMNS

_FILES = {
    "questionnaire.yaml": """\
# Types: yes_no, choice, count, number, text, date. `silence`: does no answer inside a return mean `no`, or `unknown`?
# Set it before fieldwork. A question keeps its id from wave to wave; `comparability` says how far it is the same.
id: my-survey
version: "1"
title: {en: My survey, cy: Fy arolwg}
sections:
  - id: drones
    title: {en: Drones, cy: Dronau}
    questions:
      - id: drones.use
        text: {en: Do you operate drones with cameras?, cy: A ydych yn gweithredu dronau â chamerâu?}
        type: yes_no
        silence: unknown
      - id: drones.count
        text: {en: How many?, cy: Faint?}
        type: count
        when: {"==": [{source: answers, identifier: drones.use}, "yes"]}
""",
    "waves.yaml": """\
# A wave is one time of asking. Invited are the bodies with invited_from <= opened <= invited_to; empty means open.
waves:
  - {id: first, opened: 2026-01-01, questionnaire: my-survey}
""",
    "bodies.csv": """\
body,name,kind,invited_from,invited_to
example-one,Example One (to be replaced),force,,
example-two,Example Two (to be replaced),force,,
""",
    "answers.csv": ",".join(COLUMNS) + "\n",
    "figures.yaml": """\
# kind: share (of bodies), total (over bodies), returns. The denominator is invited, returned or a rule.
figures:
  - id: returns
    title: {en: Returns received}
    kind: returns
    unit: body
  - id: drones-used
    title: {en: Bodies that operate drones with cameras}
    kind: share
    unit: body
    question: drones.use
    numerator: {"==": [{source: answers, identifier: drones.use}, "yes"]}
    denominator: returned
  - id: drones
    title: {en: Drones}
    kind: total
    unit: drone
    question: drones.count
""",
    "claims.yaml": """\
# What was said in print. bound: exactly, at_least, at_most. No verdict is written here: it is worked out.
claims: []
""",
    "editions.yaml": """\
# A paper as printed rests on what was recorded up to its cut. A correction is a new edition that `corrects` another.
editions: []
""",
}


def write_starter(path: Path) -> list[str]:
    """Write the files into a folder that has none of them. Returns their names."""
    there = [name for name in _FILES if (path / name).exists()]
    if there:
        raise BadUsage(f"{there[0]} is there already", where=str(path), remedy="give a folder that holds no survey")
    path.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return list(_FILES)
