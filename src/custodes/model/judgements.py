"""What a person judged of the records of an estate: data of their own, with who and when; no machine changes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Say(StrEnum):
    """What is judged: that records are of one unit, that they are of different ones, its make (the label), its
    actual maker, its site."""

    SAME = "same"
    NOT_SAME = "not-same"
    MAKE = "make"
    MAKER = "maker"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement. `of`: the records meant (FILE:ROW, mac:..., serial:..., or a device's id); `value`: the make, the
    maker or the site; `by`, `on`: who judged it and on which day (ISO); `place`: where it stands, for messages."""

    say: Say
    of: tuple[str, ...]
    by: str
    on: str
    because: str
    value: str
    place: str

    @property
    def sentence(self) -> str:
        """Who judged what, when and why, in words."""
        what = {"same": "one unit", "not-same": "different units"}.get(self.say.value, f"{self.say.value} {self.value}")
        return f"judged by {self.by} on {self.on}: {what}" + (f", because {self.because}" if self.because else "")
