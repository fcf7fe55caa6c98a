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


class EstateOut(Schema):
    """What was found last of an estate. Counts are of pieces in use, by who actually made them."""

    run: int
    as_at: str
    pack: str
    records: int
    live: int
    not_live: int
    established: int
    probable: int
    unknown: int
    asked: int


class DevicesAsked(Schema):
    """A filter of the register. `sure`: asserted, review or unknown; `least`: 1 note, 2 check, 3 serious."""

    after: int = Field(default=0, ge=0, le=2_000_000_000)
    search: str | None = Field(default=None, max_length=100)
    sure: str | None = Field(default=None, max_length=12)
    make: str | None = Field(default=None, max_length=80)
    maker: str | None = Field(default=None, max_length=160)
    system: str | None = Field(default=None, max_length=200)
    site: str | None = Field(default=None, max_length=200)
    live: str | None = Field(default=None, pattern="^(yes|no)$")
    least: int | None = Field(default=None, ge=1, le=3)


class DeviceLine(Schema):
    """A device as the register lists it. `sure`: how sure the maker is; `severity`: of its worst finding, or 0."""

    ident: str
    name: str
    make: str
    model: str
    maker: str
    sure: str
    system: str
    site: str
    firmware: str
    quantity: int
    live: bool
    sensitive: bool
    severity: int


class DevicesOut(Schema):
    """A page of the register. `next`: 0 behind the last one."""

    devices: list[DeviceLine]
    next: int


class FindingsAsked(Schema):
    """Which findings: at least so serious, from so many on."""

    least: int = Field(default=1, ge=1, le=3)
    start: int = Field(default=0, ge=0, le=10_000_000)


class FindingLine(Schema):
    """A finding, and where it stands."""

    key: str
    kind: str
    severity: str
    text: str
    device: str
    state: str
    due: date | None


class WorkIn(Schema):
    """Where findings stand: open, doing, done, accepted (with a note), mistaken (with a note)."""

    findings: list[str] = Field(max_length=2000, min_length=1)
    state: str = Field(max_length=12)
    due: date | None = None
    note: str = Field(default="", max_length=4000)


class JudgementIn(Schema):
    """What is judged: `say` maker, make or site with a `value`; same or not-same of two devices and more."""

    say: str = Field(max_length=12)
    devices: list[str] = Field(max_length=2000, min_length=1)
    value: str = Field(default="", max_length=200)
    because: str = Field(max_length=4000)


class RunOut(Schema):
    """A run: waiting, running, done or failed."""

    number: int
    kind: str
    state: str
    step: str
    error: str
