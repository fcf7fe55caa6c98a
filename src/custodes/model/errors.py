"""Every error a person can meet.

    CustodesError
    ├── BadInput         an input cannot be read at all         exit 2
    ├── BadUsage         the call itself is wrong               exit 2
    └── KnowledgeError   the reference data does not load       exit 2

Anything else that escapes is a fault of this program (exit 3).
"""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """ "did you mean 'x'?" for the nearest known word; empty if none is as near as `cutoff` (0 to 1)."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 1, cutoff)
    return f"did you mean {near[0]!r}?" if near else ""


class CustodesError(Exception):
    """One clear message: what happened, where, why, and what to do about it.

    `what` is a sentence without a full stop; `where` names the file and the place in it; `why` and
    `remedy` may be empty. `str(error)` is at most four short lines, safe to print to a terminal.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", why: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.why:
            lines.append(f"  because  {self.why}")
        if self.remedy:
            lines.append(f"  to do    {self.remedy}")
        return "\n".join(lines)


class BadInput(CustodesError):
    """A file or stream that no reader can use."""


class BadUsage(CustodesError):
    """A wrong option, a missing argument, a path that is not there."""


class KnowledgeError(CustodesError):
    """Reference data that is malformed or refers to unknown ids."""
