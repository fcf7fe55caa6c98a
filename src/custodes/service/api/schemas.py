"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Field, Schema


class Problem(Schema):
    """What is wrong, in a word that does not change and a sentence that may."""

    word: str
    text: str
    field: str = ""


class SurveyOut(Schema):
    """A survey."""

    id: str
    title: dict[str, str]
    version: int
    waves: list[str]


class Taken(Schema):
    """How many were taken."""

    many: int


class AnswerIn(Schema):
    """An answer. `state`: answered, none, not_known, refused (with a note), lead (with `lead`), or empty to take it
    back. `seen`: the revision that was read; left out, whatever stands is written over.
    """

    question: str = Field(max_length=120)
    part: str = Field(default="", max_length=120)
    state: str = Field(default="answered", max_length=20)
    value: str = Field(default="", max_length=20_000)
    lead: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=4000)
    seen: int | None = Field(default=None, ge=0, le=1_000_000)


class AnswersIn(Schema):
    """Answers that are taken together, all or none."""

    answers: list[AnswerIn] = Field(max_length=2000)


class AnswerOut(Schema):
    """An answer as it stands."""

    question: str
    part: str
    state: str
    value: str
    lead: str
    note: str
    revision: int


class ReturnOut(Schema):
    """A return. `answers`: to its own body at any time; to the office what was recorded."""

    survey: str
    wave: str
    body: str
    state: str
    late: int | None
    complete: bool
    digest: str
    open_questions: list[str]
    answers: list[AnswerOut]


class ReturnLine(Schema):
    """A return on the office's board."""

    body: str
    name: str
    state: str
    late: int | None
    signed_at: datetime | None


class CompleteIn(Schema):
    """The day that the answers are about. `open`: with questions left unanswered."""

    as_at: date
    open: bool = False


class SignIn(Schema):
    """The digest of the answers that were read."""

    digest: str = Field(min_length=64, max_length=64)


class QueryIn(Schema):
    """What the office asks."""

    question: str = Field(default="", max_length=120)
    text: str = Field(min_length=1, max_length=4000)


class CorrectionIn(Schema):
    """A correction of what was recorded. `state`: corrected or withdrawn."""

    question: str = Field(max_length=120)
    part: str = Field(default="", max_length=120)
    state: str = Field(default="corrected", max_length=20)
    value: str = Field(default="", max_length=20_000)
    reason: str = Field(min_length=1, max_length=1000)


class EventOut(Schema):
    """A change, as the record has it."""

    id: int
    chain: str
    seq: int
    at: datetime
    actor: int | None
    kind: str
    reason: str
    content: dict[str, object]
    hash: str


class WebhookIn(Schema):
    """Whom to tell of what. No kinds: of everything that the office sees."""

    url: str = Field(max_length=500)
    kinds: list[str] = Field(default=[], max_length=40)


class WebhookOut(Schema):
    """A webhook. `secret`: told once, when it is made."""

    id: int
    url: str
    kinds: list[str]
    secret: str = ""
