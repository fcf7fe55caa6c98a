"""Names that may belong to something beside the device: its recorder, its protocol, what comes in the box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodes.attribution.codes import CodeHit
from custodes.attribution.context import YEAR, Reading
from custodes.attribution.names import NameHit
from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge

Flag = tuple[str, int]


def flags(
    words: Words, reading: Reading, names: Sequence[NameHit], codes: Sequence[CodeHit], knowledge: Knowledge
) -> tuple[Flag, ...]:
    """The flags that such words raise in a text that names a maker. A model code says what the thing is: then none."""
    if codes:
        return ()
    return tuple(_flags(words, reading, names, knowledge))


def _flags(words: Words, reading: Reading, names: Sequence[NameHit], knowledge: Knowledge) -> Iterator[Flag]:
    spoken, told = words.words, knowledge.beside
    recorder = next((at for at, word in enumerate(spoken) if word in told["recorder"]), None)
    if recorder is not None and not told["camera"].isdisjoint(spoken):
        yield "beside", recorder
    starts = {name.first for name in names}
    for at, word in enumerate(spoken):
        if word in told["protocol"] or (word in told["protocol_before"] and at + 1 in starts):
            yield "beside", at
    years = {word for word in spoken if YEAR.fullmatch(word)}
    if len(years) > 1 and len({name.alias.target for name in names}) > 1:
        yield "doubt", 0  # "2012: X, 2020: Y": one after the other
    joined = f" {' '.join(spoken)} "
    for phrase in knowledge.beside_phrases:
        if f" {phrase} " in joined:
            yield "accessory", len(joined[: joined.index(f" {phrase} ")].split())
    things = [word for word, kind in zip(spoken, reading.kinds, strict=True) if kind == "device"]
    if things and told["features"].issuperset(things) and any(word[0].isdigit() for word in spoken):
        yield "part", spoken.index(things[0])
