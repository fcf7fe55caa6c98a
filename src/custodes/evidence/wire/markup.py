"""XML from devices: elements in order, read with no entity, no depth and no size beyond a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.parsers import expat

MOST_ELEMENTS = 20_000
DEEPEST = 64


class _Enough(Exception):
    """Deeper, longer or stranger than any device's reply: what came before it stands."""


class Elements:
    """The elements of a document: local names, attributes and the text directly in them.

    A document that breaks off is read up to there; `problem` then says why.
    """

    def __init__(self, raw: bytes) -> None:
        self.items: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, Mapping[str, str]]] = []
        self.namespaces: set[str] = set()
        self.problem = ""
        self._open: list[tuple[str, list[str]]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(raw, True)
        except (expat.ExpatError, _Enough, ValueError, LookupError) as error:
            self.problem = f"the XML cannot be read to its end: {str(error)[:80]}"
        while self._open:
            self._end("")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST or len(self.attributes) >= MOST_ELEMENTS:
            raise _Enough("too deep or too many elements")
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                self.namespaces.add(value)
        local = name.rpartition(":")[2]
        self.attributes.append((local, attributes))
        self._open.append((local, []))

    def _end(self, _: str) -> None:
        name, pieces = self._open.pop()
        text = " ".join("".join(pieces).split())
        if text:
            self.items.append((name, text))

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def _refuse(self, *_: object) -> None:
        raise _Enough("a document type or an entity")

    def has(self, *names: str) -> bool:
        """Whether any element has one of these names."""
        return any(name in names for name, _ in self.attributes)

    def texts(self, name: str) -> Iterator[str]:
        """The texts of all elements of one name."""
        return (text for other, text in self.items if other == name)

    def first(self, *names: str) -> str:
        """The text of the first element of the first of these names that has one."""
        return next((text for name in names for text in self.texts(name)), "")
