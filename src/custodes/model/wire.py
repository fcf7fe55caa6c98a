"""What a device said by itself on a network: one reply taken apart, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Parts that structured replies share, whatever their maker calls them."""

    LABEL = "label"  # the maker or vendor text
    MODEL = "model"
    FIRMWARE = "firmware"
    SERIAL = "serial"
    MAC = "mac"
    CLASS = "class"  # the kind of device, in the maker's words
    NAME = "name"  # a name that a user may have given
    HARDWARE = "hardware"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. `family`: id of the protocol family it was told by, empty for plain banners.

    `texts`: (field, text) pairs for rules to be looked for in, such as ("http.server", "App-webs/"). `parts`: what a
    structured reply says under its own headings. `problem`: why some or all of it could not be read.
    """

    family: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[Part, str], ...] = ()
    problem: str = ""

    def of(self, part: Part) -> Iterator[str]:
        """The texts of one part, in order."""
        return (text for name, text in self.parts if name is part)

    def first(self, part: Part) -> str:
        """The first text of one part; empty if there is none."""
        return next(self.of(part), "")
