"""A round as a table: who owes what, the kind of each reply, its clock, and paragraphs that replies share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from custodes.survey.asked import csv_rows
from custodes.survey.faults import Faults
from custodes.survey.foi.clocks import due, working_days
from custodes.survey.foi.inbox import Message
from custodes.survey.foi.regimes import Regime, regimes
from custodes.survey.foi.reply import PENDING, Kind, Reading, read_reply
from custodes.survey.foi.statements import Makers
from custodes.survey.values import read_date

#: Letters of a paragraph that is compared: shorter ones are forms of address.
SHORTEST_PARAGRAPH = 80
#: How alike two paragraphs are to be one wording, in per cent.
ALIKE = 92.0
#: How a requester marks a request in an export, and what it says where no text of the reply is there.
MARKS: Mapping[str, Kind] = {
    "successful": Kind.UNREAD,
    "partially_successful": Kind.PARTIAL,
    "rejected": Kind.REFUSED,
    "not_held": Kind.NOT_HELD,
    "waiting_clarification": Kind.CLARIFICATION,
}
NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True)
class Line:
    """One reply in the table. `kind`: of the reply, or `no_reply`; `decided`: by the machine or the requester's mark.

    `due`: by law, where the Act and the day of sending are known; `days`, `late`: in working days.
    """

    message: Message
    reading: Reading | None
    kind: str
    decided: str
    sent: date | None
    due: date | None
    days: int | None
    late: int | None
    cluster: str


@dataclass(frozen=True, slots=True)
class Round:
    """What a round is judged with. `on`: the day it is looked at."""

    sent: date | None
    regime: Regime | None
    on: date
    makers: Makers | None = None


def table(messages: Iterable[Message], round_: Round) -> list[Line]:
    """The lines of a round, in the order of the messages."""
    told = list(messages)
    shared = clusters([message.text for message in told])
    return [_line(message, round_, shared[place]) for place, message in enumerate(told)]


def _line(message: Message, round_: Round, cluster: str) -> Line:
    reading = None
    decided = "machine"
    if message.text.strip() or message.attachments:
        reading = read_reply(
            message.text,
            asked=message.asked,
            regime=round_.regime,
            attachments=message.attachments,
            makers=round_.makers,
        )
        kind = str(reading.kind)
    else:
        mark = MARKS.get(message.mark.casefold().replace(" ", "_"))
        kind, decided = (str(mark), "requester") if mark is not None else (NO_REPLY, "machine")
    regime = regimes().get(reading.regime) if reading is not None and reading.regime else round_.regime
    answered = message.day if kind not in (NO_REPLY, *PENDING) else None
    limit = None
    days = late = None
    if regime is not None and round_.sent is not None and regime.respond_days is not None:
        limit = due(round_.sent, regime.respond_days, regime)
        running = kind in (NO_REPLY, *PENDING)
        last = round_.on if running else answered
        if last is not None and last >= round_.sent:
            days = working_days(round_.sent, last, regime)
            late = working_days(limit, last, regime)
    return Line(message, reading, kind, decided, round_.sent, limit, days, late, cluster)


def clusters(texts: Sequence[str]) -> list[str]:
    """For each text a name of the wording it shares with others, empty if it shares none: a fact about text only.

    Two texts share a wording if each has a paragraph that is nearly the same as one of the other's.
    """
    from rapidfuzz import fuzz

    kept: list[tuple[str, set[int]]] = []
    exact: dict[str, int] = {}
    for place, text in enumerate(texts):
        for paragraph in _paragraphs(text):
            at = exact.get(paragraph)
            if at is None:
                at = next(
                    (
                        number
                        for number, (other, _) in enumerate(kept)
                        if abs(len(other) - len(paragraph)) < len(other) / 5
                        and fuzz.ratio(other, paragraph, score_cutoff=ALIKE)
                    ),
                    None,
                )
            if at is None:
                at = len(kept)
                kept.append((paragraph, set()))
            exact[paragraph] = at
            kept[at][1].add(place)
    found = [""] * len(texts)
    for paragraph, places in sorted(kept, key=lambda item: (-len(item[1]), item[0])):
        if len(places) > 1:
            name = sha256(paragraph.encode()).hexdigest()[:6]
            for place in places:
                found[place] = found[place] or name
    return found


def _paragraphs(text: str) -> list[str]:
    """The longer paragraphs of a text, folded, numbers and names of days left out of account."""
    parts = re.split(r"\n\s*\n|(?<=[.;])\s*\n", text)
    folded = (" ".join(re.sub(r"\d+", "#", part.casefold()).split()) for part in parts)
    return [part for part in folded if len(part) >= SHORTEST_PARAGRAPH][:200]


def counts(lines: Iterable[Line]) -> Mapping[str, int]:
    """Kind to replies."""
    return Counter(line.kind for line in lines)


def like_requests(sent: Sequence[tuple[str, date]], day: date, regime: Regime) -> dict[str, int]:
    """Bodies to requests already sent to them within the days in which a law lets like ones be added together."""
    if regime.like_requests_within_days is None:
        return {}
    first = day - timedelta(days=regime.like_requests_within_days * 2)
    found: dict[str, int] = defaultdict(int)
    for body, when in sent:
        if first <= when <= day and working_days(when, day, regime) <= regime.like_requests_within_days:
            found[body] += 1
    return dict(found)


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure typed twice: where it stands, what each typed, and what holds. `holds` empty: not settled."""

    line: int
    body: str
    place: str
    first: str
    second: str
    holds: str


def typed_twice(path: Path, faults: Faults) -> list[Typed]:
    """The figures of a campaign table that somebody typed, from its CSV. They hold where both typed the same."""
    found = []
    for line, row in csv_rows(path, ("body", "file", "page", "typed by A", "typed by B", "agreed"), faults):
        first, second, agreed = (" ".join(row[name].split()) for name in ("typed by A", "typed by B", "agreed"))
        if first or second:
            same = first if first == second else ""
            place = ", ".join(filter(None, (row["file"].strip(), row["page"].strip())))
            found.append(Typed(line, row["body"].strip(), place, first, second, agreed or same))
    return found


def earlier(path: Path, faults: Faults) -> list[tuple[str, date]]:
    """Requests sent before, from a CSV with the columns `body` and `sent`."""
    found = []
    for line, row in csv_rows(path, ("body", "sent"), faults):
        try:
            found.append((row["body"].strip(), read_date(row["sent"].strip())))
        except ValueError as error:
            faults.add(path.name, line, f"sent: {error}")
    return found
