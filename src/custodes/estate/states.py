"""What the words of a status say about a unit being in use: it is, it is not, both at once, or nothing known.

"Not decommissioned" and "due for replacement" are in use, "no longer in use" is not; "live - housing replaced" says
both, and then the unit counts as in use and the words are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from custodes.knowledge import Knowledge
from custodes.knowledge.text import clauses, has_phrase, squash, words

#: A "no" that answers the heading, not one that denies the words behind it: "No - removed".
_ANSWER = re.compile(r"^\W*(?:no|non|nein|nee|nie)\s*[-–—,;:(/]", re.IGNORECASE)
_LONGEST = 4  # words of one state
_BEFORE = 2  # words within which a "not" governs what follows


class State(StrEnum):
    """What a text says."""

    IN_USE = "in use"
    GONE = "gone"
    BOTH = "both"
    UNKNOWN = "unknown"


def read_state(text: str, knowledge: Knowledge) -> State:
    """The state that a status text tells."""
    joined = squash(text)
    if joined in knowledge.not_live:
        return State.GONE
    if joined in knowledge.live_words or joined in knowledge.states["strong"]:
        return State.IN_USE
    said: set[State] = set()
    for place, told in enumerate(clauses(_ANSWER.sub("", text.replace("_", " ")))):
        said |= {state for state in _said(told, knowledge, first=place == 0) if state is not None}
    if len(said) > 1:
        return State.BOTH
    return said.pop() if said else State.UNKNOWN


def _said(told: Sequence[str], knowledge: Knowledge, *, first: bool) -> Iterator[State | None]:
    """What each word or run of words says; None where it is governed into saying nothing."""
    at = 0
    while at < len(told):
        size, gone = _state_at(told, at, knowledge)
        if not size and first and at == 0 and told[at] in knowledge.states["yes"]:
            yield State.IN_USE
        if size:
            yield _governed(told, at, size, gone, knowledge)
        at += max(size, 1)


def _state_at(told: Sequence[str], at: int, knowledge: Knowledge) -> tuple[int, bool]:
    """(number of words, whether they say that it is gone) of the longest state that starts here; 0 if none does."""
    states = knowledge.states
    for size in range(min(_LONGEST, len(told) - at), 0, -1):
        key = "".join(told[at : at + size])
        if key in knowledge.not_live or (size == 1 and key in states["removal"]):
            return size, True
        if key in states["strong"]:
            return size, False
    return 0, False


def _governed(told: Sequence[str], at: int, size: int, gone: bool, knowledge: Knowledge) -> State | None:
    before, after = told[max(0, at - _BEFORE) : at], told[at + size : at + size + 2]
    states, word = knowledge.states, told[at]
    denied = _denies(before, knowledge) or (gone and _denied_after(after, states))
    if not gone:
        past = any(one in states["was"] for one in before)
        denied = denied or (size == 2 and any(one in states["no_longer"] for one in before))
        return None if past else State.GONE if denied else State.IN_USE
    if any(one in knowledge.note_words["parts"] for one in before):
        return None  # "lens replaced": a part of the unit, not the unit
    if denied and word in states["swapped"]:
        return None  # "removed - not replaced"
    planned = bool(before) and before[-1] in states["removal"] and word in states["to_come"]
    if denied or planned or _to_come(before, states):
        return State.IN_USE
    if word in states["removal"]:
        return None  # "removal": of what, and whether it was done, is not said
    if word in states["to_come"] | states["lacking"] and after and after[0] in states["upkeep"]:
        return State.IN_USE  # "pending firmware update", "awaiting repair"
    return State.GONE


def _to_come(before: Sequence[str], states: Mapping[str, frozenset[str]]) -> bool:
    """Whether what follows is still to happen: "due for", "wird 2027"; behind "until" a year ends what went before."""
    year = any(one.isdecimal() for one in before)
    return any(one in states["to_come"] and not (year and one in states["until"]) for one in before)


def _denied_after(after: Sequence[str], states: Mapping[str, frozenset[str]]) -> bool:
    """Whether a removal is taken back behind it: "cancelled", or a "no" that ends the clause ("Decommissioned? No")."""
    if not after:
        return False
    return after[0] in states["denied_after"] or (len(after) == 1 and after[0] in states["no"])


def noted_gone(text: str, knowledge: Knowledge) -> bool:
    """Whether a note, where no status is given, says that the unit is gone; not the fate of anything else."""
    if has_phrase(words(text), knowledge.gone_phrases):
        return True
    gone = knowledge.gone_words
    return any(_fate(told, at, knowledge) for told in clauses(text) for at, word in enumerate(told) if word in gone)


def _fate(told: Sequence[str], at: int, knowledge: Knowledge) -> bool:
    """Whether a word such as "scrapped" is said of the unit: first, or after "was", and then no more than when."""
    states = knowledge.states
    starts = at == 0 or told[at - 1] in states["said_of_unit"]
    after = told[at + 1 : at + 2]
    ends = not after or after[0].isdecimal() or after[0] in states["then"]
    denied = _denies(told[max(0, at - _BEFORE) : at], knowledge)
    return starts and ends and not denied and states["another"].isdisjoint(told)


def _denies(before: Sequence[str], knowledge: Knowledge) -> bool:
    return any(knowledge.word_class.get(one) == "flag:negation" for one in before)
