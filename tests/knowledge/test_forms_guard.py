"""What no form may say, and what is wrong with one: refused at load, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodes.knowledge import knowledge
from custodes.knowledge.forms import NEVER
from custodes.model.errors import KnowledgeError

GOOD = """
- id: mine
  title: My own list
  version: "1"
  before: Read this first.
  measure: us-ndaa-889-B
  words: {"yes": named, "no": not named, unknown: not determined, excepted: exception claimed}
  clocks: [{clause: Clause 1, text: a report, business_days: 3}]
  parts:
  - id: head
    fields: [{id: body, label: Body, value: body.name}, {id: open, label: Not determined, value: count.not_determined}]
  - id: things
    rows: devices
    where: {device.determination: [named]}
    blanks: 2
    columns: [{id: maker, label: Maker, value: device.maker}, {id: ok, label: Seen}]
  - {id: not-looked-at, lines: not-looked-at}
"""


def pack(folder: Path, text: str) -> Path:
    (folder / "forms").mkdir(parents=True)
    (folder / "forms" / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_form_that_says_nothing_it_may_not_is_loaded(tmp_path: Path) -> None:
    assert knowledge((pack(tmp_path / "own", GOOD),)).forms["mine"].clocks[0].business_days == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("My own list", "Statement of compliance", "never says 'compliance'"),
        ("My own list", "Cameras that comply", "never says 'comply'"),
        ("Read this first", "This is illegal", "never says 'illegal'"),
        ("text: a report", "text: report prohibited devices", "never says 'prohibited'"),
        ("label: Seen", "label: We do not use any", "never says 'do not use'"),
        ("label: Seen", "label: ☑ none", "never says '☑'"),
        ("label: Seen", "label: Certified", "never says 'Certified'"),
        ("unknown: not determined", "unknown: nothing found", "calls what is not determined 'nothing found'"),
        ("unknown: not determined", "unknown: not named", "not named"),
        ("label: Not determined", "label: In order", "stands at a number of what is not known"),
        ('"no": not named', '"no": named', "same word"),
        ("[named]", "[nmaed]", "which no answer of the form says"),
        ("id: ok", "id: maker", "stands twice among the columns"),
        ("id: open,", "id: body,", "stands twice among the fields"),
        ("- id: things", "- id: head", "stands twice among the parts"),
        ("    rows: devices\n", "", "columns alone"),
        ("    blanks: 2", "    empty: No device is covered.\n    blanks: 2", "never says 'No device is covered'"),
        ("    blanks: 2", "    empty: Nothing was found.\n    blanks: 2", "says nothing of what was not determined"),
        ("unknown: not determined", 'unknown: "not known: not covered"', "calls what is not determined"),
        ("label: Not determined", "label: Not known no more", "stands at a number of what is not known"),
        ("  - id: head\n", "  - id: head\n    text: ['{count.not_determined} covered']\n", "gives a number of what is"),
        ("My own list", "We use no such kit", "never says 'use no'"),
        ("My own list", "This body represents that all is well", "never says 'represents that'"),
        ("lines: not-looked-at", "lines: not-looked-at-models", "what was not looked at"),
        ("business_days: 3", "business_days: -3", "minimum"),
        ("business_days: 3", "business_days: 100000", "maximum"),
        ("blanks: 2", "blanks: 100000", "maximum"),
        ("title: My own list", "title: My own list\n  titel: x", "titel"),
        ("  - {id: not", "  - {id: hello, text: hello}\n  - {id: not", "is not of type 'array'"),
    ],
)
def test_what_is_wrong_with_a_form_is_said(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(KnowledgeError) as error:
        _ = knowledge((pack(tmp_path / "bad", GOOD.replace(old, new)),)).forms
    assert message in str(error.value)
    assert "mine.yaml line" in str(error.value)


@pytest.mark.parametrize(
    "text", ["Not determined", "approved by the board", "complete", "a restriction list", "banner"]
)
def test_other_words_may_stand(text: str) -> None:
    assert not NEVER.search(text)
