"""One text read: its words, names, model codes and what the words around them are. No judgement yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from custodes.attribution import beside, context, spelling
from custodes.attribution.codes import CodeHit, find_codes
from custodes.attribution.names import NameHit, find_names
from custodes.attribution.tokens import CODE_LIKE, WordKinds, Words, cut
from custodes.knowledge import Knowledge

_TIES = ("-", "/", "_")


@dataclass(slots=True)
class Scene:
    """Everything found in one text. `explain`: whether evidence is to be written out."""

    raw: str
    words: Words
    names: list[NameHit]
    codes: list[CodeHit]
    reading: context.Reading
    knowledge: Knowledge
    guessed: dict[int, str]
    explain: bool
    model: str | None = None
    device_type: str | None = None

    def shown(self, first: int, last: int) -> str:
        """Words `first`..`last` as they were written."""
        start, end = self.words.span(first, last)
        source = self.raw if len(self.raw) == len(self.words.text) else self.words.text
        told = source[start:end]
        return told + ")" if source[end : end + 1] == ")" and told.count("(") > told.count(")") else told


def read_scene(raw: str, knowledge: Knowledge, explain: bool) -> Scene:
    """Read one text."""
    words = cut(raw)
    kinds = _kinds(knowledge)
    base = [kinds[word] for word in words.words]
    names = find_names(words, knowledge)
    if any([hit.alias.kind == "word" for hit in names]):
        names = _apply_words(names, base)
    codes = find_codes(words, base, knowledge, names)
    reading = context.read_context(words, base, names, codes, knowledge.pack.date.year)
    guessed = spelling.guesses(words, reading, knowledge) if reading.unexplained else {}
    if guessed:
        told = _explained(guessed, codes)
        left = tuple(index for index in reading.unexplained if index not in told)
        reading = context.Reading(reading.kinds, reading.flags, left)
    if names and (len(names) > 1 or not knowledge.beside_words.isdisjoint(words.words)):
        flags = beside.flags(words, reading, names, codes, knowledge)
        reading = reading._replace(flags=(*reading.flags, *flags)) if flags else reading
    scene = Scene(raw, words, names, codes, reading, knowledge, guessed, explain)
    scene.model = _model(scene)
    scene.device_type = _device_type(scene)
    return scene


def _explained(guessed: dict[int, str], codes: list[CodeHit]) -> set[int]:
    """Guessed words that are explained: beside a model code of another maker a guess may be any word."""
    brands = {brand for code in codes for brand in code.brands}
    return {index for index, brand in guessed.items() if not brands or brand in brands}


def _apply_words(names: list[NameHit], base: list[str]) -> list[NameHit]:
    """Give the signs of vocabulary words their class; what is left are names."""
    for hit in names:
        if hit.alias.kind == "word":
            base[hit.first : hit.last + 1] = [hit.alias.target] * (hit.last - hit.first + 1)
    return [hit for hit in names if hit.alias.kind != "word"]


@lru_cache(maxsize=8)
def _kinds(knowledge: Knowledge) -> WordKinds:
    return WordKinds(knowledge.word_class)


def _model(scene: Scene) -> str | None:
    """The model as written, in capitals: a known code, else the first code-like run, else a product line."""
    if scene.codes:
        return scene.words.folded(scene.codes[0].first, scene.codes[0].last).upper()
    kinds, gaps = scene.reading.kinds, scene.words.gaps
    if CODE_LIKE in kinds:
        first = last = kinds.index(CODE_LIKE)
        while last + 1 < len(kinds) and gaps[last] in _TIES:
            last += 1
        while first and gaps[first - 1] in _TIES and kinds[first - 1] != "name":
            first -= 1
        return scene.words.folded(first, last).upper()
    return next((hit.alias.shown for hit in scene.names if hit.alias.kind == "line"), None)


def _device_type(scene: Scene) -> str | None:
    types = scene.knowledge.device_types
    for word in scene.words.words:
        if word in types:
            return types[word]
    if scene.codes:
        return scene.codes[0].grammars[0].row.device_type or None
    return next((hit.alias.device_type for hit in scene.names if hit.alias.device_type), None)
