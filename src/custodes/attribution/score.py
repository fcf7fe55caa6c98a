"""Evidence to a band and a probability. Weights are natural-log likelihood ratios; bands have fixed limits.

The two caps are rules, not weights: whatever the sum, a text with an unexplained word, a doubt or a guess in
it is never asserted, and a name that the text itself takes back is not even proposed.
"""

from __future__ import annotations

from collections.abc import Mapping

from custodes.model.vocab import Certainty, Reason, Status

NAME, LINE, WEAK, SPELLING = 6.0, 5.0, 1.2, 2.4
CODE = {Certainty.HIGH: 6.0, Certainty.MEDIUM: 4.6, Certainty.LOW: 2.0}
EQUIPMENT_WORD, AGREEING_CODE = 0.7, 1.5
TAKEN_BACK, DOUBT, UNEXPLAINED, SEVERAL, CONTRADICTION, SHORT_CODE = -12.0, -3.0, -2.5, -2.5, -4.0, -1.5
ASSERT_FROM, REVIEW_FROM = 4.0, 0.5

#: The surest first.
RANK = {Status.ASSERTED: 0, Status.REVIEW: 1, Status.UNKNOWN: 2}
_WITHOUT_TABLE = {Status.ASSERTED: 0.97, Status.REVIEW: 0.6, Status.UNKNOWN: 0.05}

#: A flag of the vocabulary to the reason a person reads.
REASONS: Mapping[str, Reason] = {
    "negation": Reason.DENIED,
    "past": Reason.FORMER,
    "future": Reason.FORMER,
    "accessory": Reason.ACCESSORY,
    "compatible": Reason.COMPATIBLE,
    "purpose": Reason.COMPATIBLE,
    "service": Reason.ACCESSORY,
    "person": Reason.PLACE_OR_PERSON,
    "placename": Reason.PLACE_OR_PERSON,
    "doubt": Reason.QUESTION,
    "part": Reason.ACCESSORY,
    "beside": Reason.QUESTION,
    "beside-place": Reason.PLACE_OR_PERSON,
}


def band(score: float, *, capped: bool, taken_back: bool) -> Status:
    """The band of a score. `capped`: review at most. `taken_back`: not proposed at all."""
    if taken_back or score < REVIEW_FROM:
        return Status.UNKNOWN
    if capped or score < ASSERT_FROM:
        return Status.REVIEW
    return Status.ASSERTED


def confidence(table: Mapping[str, float], status: Status, kind: str) -> float:
    """Calibrated probability for a band and kind of evidence; the band's own figure where a kind is rare."""
    found = table.get(f"{status}:{kind}")
    return table.get(str(status), _WITHOUT_TABLE[status]) if found is None else found
