"""Headings inside a table, and its title: "Decommissioned:" speaks of every row below it.

What they say is kept with each row, for its life alone; a row's own status is stronger.
"""

from __future__ import annotations

from custodes.estate.sightings import Reading, Sighting
from custodes.knowledge import Knowledge
from custodes.knowledge.text import words
from custodes.model.vocab import Field

REASON = "a heading inside the table, not a device"
#: Where the one cell of a heading may stand; a table of fewer columns than that has no headings that can be told.
_PLACES = frozenset((Field.NAME, Field.ASSET_TAG, Field.SITE, Field.LOCATION, Field.DESCRIPTION, Field.SYSTEM))
_COLUMNS = 3
_LONGEST = 8  # words


def apply(reading: Reading, knowledge: Knowledge) -> None:
    """Takes headings out of the sightings and gives each row below what they say of it being in use."""
    titles = {(account.file, account.sheet): account.title for _, account in reading.accounts}
    kept: list[Sighting] = []
    table: tuple[str, str] | None = None
    said = ""
    for sighting in reading.sightings:
        if (sighting.file, sighting.sheet) != table:
            table = (sighting.file, sighting.sheet)
            said = _gone(titles.get(table, ""), knowledge)
        lone = _lone(sighting)
        if lone:
            said = _gone(lone, knowledge)
            if said or lone.rstrip().endswith((":", "：")):
                reading.headings.append(sighting)
                continue
        sighting.section = said
        kept.append(sighting)
    reading.sightings[:] = kept


def _lone(sighting: Sighting) -> str:
    """The text of a row that holds nothing else, in a table of several columns; else empty."""
    if len(sighting.cells) != 1 or len(sighting.mapped) < _COLUMNS or sighting.damaged:
        return ""
    ((field, text),) = sighting.cells.items()
    return text if field in _PLACES and len(text.split()) <= _LONGEST else ""


def _gone(text: str, knowledge: Knowledge) -> str:
    """The text, if it says that what stands below it is not, or not yet, in use; else empty."""
    spoken = set(words(text))
    return text if spoken & knowledge.heading_words and not spoken & knowledge.heading_live else ""
