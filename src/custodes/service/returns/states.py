"""The states of a return, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ReturnState(StrEnum):
    """Where a return stands. That it is late is a number of days, not a state."""

    INVITED = "invited"
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    SIGNED_OFF = "signed_off"
    QUERIED = "queried"
    ACCEPTED = "accepted"
    PARTIAL = "partial_accepted"
    DECLINED = "declined"


S = ReturnState
#: States in which a body may change its answers. One that was completed or signed goes back, and its signature falls.
EDITABLE = frozenset((S.INVITED, S.OPENED, S.IN_PROGRESS, S.SUBMITTED, S.SIGNED_OFF, S.QUERIED, S.DECLINED))
#: States in which nobody of the body has said that it is complete or declined.
OPEN = frozenset((S.INVITED, S.OPENED, S.IN_PROGRESS))
#: States in which the office has the return, and reads its answers.
RECEIVED = frozenset((S.SIGNED_OFF, S.ACCEPTED, S.PARTIAL))
#: States in which nothing is awaited of the body.
SETTLED = frozenset((S.SIGNED_OFF, S.ACCEPTED, S.PARTIAL, S.DECLINED))

#: Act to the states from which it may be done, and the one to which it leads.
MOVES: Mapping[str, tuple[frozenset[S], S]] = {
    "open": (frozenset((S.INVITED,)), S.OPENED),
    "complete": (frozenset((S.OPENED, S.IN_PROGRESS, S.QUERIED)), S.SUBMITTED),
    "sign": (frozenset((S.SUBMITTED,)), S.SIGNED_OFF),
    "query": (frozenset((S.SIGNED_OFF, S.ACCEPTED, S.PARTIAL)), S.QUERIED),
    "accept": (frozenset((S.SIGNED_OFF,)), S.ACCEPTED),
    "accept_partial": (frozenset((S.OPENED, S.IN_PROGRESS, S.SUBMITTED, S.SIGNED_OFF, S.QUERIED)), S.PARTIAL),
    "decline": (frozenset((S.INVITED, S.OPENED, S.IN_PROGRESS, S.SUBMITTED, S.QUERIED)), S.DECLINED),
}
