"""Opens an image in memory, container in container. No file is written, so that no name in it can lead anywhere."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from custodes.evidence.firmware import deep as unblob
from custodes.evidence.firmware.budget import Budget, Damaged, Enough, Opened, Part
from custodes.evidence.firmware.density import entropy, opaque_spans
from custodes.evidence.firmware.facts.kinds import is_text
from custodes.evidence.firmware.formats import FORMATS, Format, Marks
from custodes.evidence.firmware.frames import Bytes
from custodes.evidence.firmware.packing import plain
from custodes.model.firmware import Coverage, Entry, Image, Kind, Limits, Region

_SMALL = 1_024
_WINDOW = 1 << 20
_SMALL_PART = 16
_KEPT = re.compile(rb"[^\xff\0]")
_PACKED = "encrypted, or packed in a way that no reader knows"
_UNKNOWN = "code or data in no known container"
_NOT_ASKED = "other formats are not looked for: --deep has unblob open what none of the readers knows"
_MOST_PROBLEMS = 200


class _Place(NamedTuple):
    """Where bytes lie. `base`: in the image, None if they were packed; `scale`: bytes of the image for one of them."""

    path: str
    volume: str = ""
    named: bool = False
    carved: bool = True
    inside: tuple[str, ...] = ()
    base: int | None = 0
    scale: float = 1.0
    depth: int = 0


class _Piece(NamedTuple):
    start: int
    end: int
    format: Format
    opened: Opened

    @property
    def closed(self) -> bool:
        """Whether nothing came out of it, and not because it is empty."""
        return bool(self.opened.problems) and not self.opened.parts


@dataclass
class _Opening:
    """An image being opened."""

    budget: Budget
    entries: list[Entry] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    identity: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    wrapper: str = ""
    unexplained: float = 0.0
    strings: float = 0.0
    labels: Counter[str] = field(default_factory=Counter)
    held: Mapping[str, Bytes] = field(default_factory=dict)

    def open(self, data: memoryview, place: _Place, part: Part | None = None) -> None:
        """Open bytes, or keep them as a leaf."""
        if not self.budget.deep(place.depth) and len(data) >= 16:
            if place.carved:
                pieces = list(self._pieces(data))
                if place.depth == 0 or _worth(pieces, len(data)):
                    self._carved(data, place, pieces)
                    return
                self._leaf(data, place, part, False)  # a program with something packed in it is read itself too
                for piece in pieces:
                    self._container(piece, place, len(data))
                return
            first = self._first(data)
            self._leaf(data, place, part, first is not None and not first.closed)
            if first is not None:
                self._container(first, place, len(data))
            return
        self._leaf(data, place, part, False)

    def _pieces(self, data: memoryview) -> Iterator[_Piece]:
        """Containers in bytes, one behind the other. What lies in one is its reader's: no mark counts there."""
        place = 0
        first = self._first(data)
        if first is not None:
            yield first
            place = first.end
        marks = Marks(plain(data))
        while (found := marks.after(place)) is not None:
            start, one = found
            piece = self._read(one, data, start)
            if piece is not None:
                yield piece
                place = piece.end
            elif self._goes_on():
                marks.missed(one)
            else:
                return

    def _goes_on(self) -> bool:
        """Whether there may be more beginnings that are none."""
        try:
            self.budget.missed()
        except Enough:
            return False
        return True

    def _first(self, data: memoryview) -> _Piece | None:
        """The container that the bytes begin with."""
        for one in FORMATS:
            if bytes(data[one.back : one.back + len(one.mark)]) == one.mark:
                piece = self._read(one, data, 0)
                if piece is not None:
                    return piece
        return None

    def _read(self, one: Format, data: memoryview, start: int) -> _Piece | None:
        opened = Opened(self.budget)
        try:
            self.budget.room()
            end = one.read(data, start, opened)
        except Enough:
            end = max(opened.end, start + 1) if opened.parts else None
        except Damaged as error:
            opened.problems.append(f"{one.name}: {error}")
            end = max(opened.end, start + 1) if opened.parts else None
        return None if end is None else _Piece(start, min(max(end, start + 1), len(data)), one, opened)

    def _carved(self, data: memoryview, place: _Place, pieces: list[_Piece]) -> None:
        """Containers, and what lies between them."""
        at = 0
        if place.depth == 0:
            self.wrapper = _wrapper(pieces)
        for piece in pieces:
            self._between(data, at, piece.start, place)
            if piece.closed:
                self._note(piece)
                self._between(data, piece.start, piece.end, place, piece.format.name)
            else:
                self._container(piece, place, len(data))
            at = piece.end
        self._between(data, at, len(data), place)

    def _between(self, data: memoryview, start: int, end: int, place: _Place, name: str = "unknown") -> None:
        """Bytes in no container, or in one that could not be opened, without their padding."""
        start, end = _unpadded(data, start, end)
        if start == end:
            return
        whole = start == 0 and end >= len(data) - 64
        label = place.path if whole and place.path else self._label(place.path, name)
        base = None if place.base is None else place.base + start
        self._leaf(data[start:end], place._replace(path=label, base=base), None, False)

    def _note(self, piece: _Piece) -> None:
        """What a container says of itself, and what could not be read of it."""
        told = piece.opened
        self.identity.update({key: value for key, value in told.identity.items() if key not in self.identity})
        for problem in told.problems:
            if len(self.problems) < _MOST_PROBLEMS:
                self.problems[problem] = None

    def _container(self, piece: _Piece, place: _Place, size: int) -> None:
        opened, name = piece.opened, piece.format.name
        self._note(piece)
        whole = piece.start == 0 and piece.end >= size - 64
        label = place.path
        if not place.named and not (whole and (place.path or opened.wrapper)):
            label = self._label(place.path, name)
        below = place._replace(inside=(*place.inside, name), depth=place.depth + 1, base=None)
        stored = sum(part.stored for part in opened.parts)
        for part in opened.parts:
            self._part(part, below, label, opened, place, piece, stored)

    def _part(self, part: Part, below: _Place, label: str, opened: Opened, place: _Place, piece: _Piece, stored: int
              ) -> None:  # fmt: skip
        share = part.stored / max(len(part.data), 1) if part.stored else (piece.end - piece.start) / max(stored, 1)
        scale = place.scale * min(share, 1.0) if part.stored else 0.0
        base = None if part.offset is None or place.base is None else place.base + part.offset
        name = _clean(part.name)
        if not name and part.kind is Kind.FOLDER:
            return  # the folder that all of it lies in
        name = name or "content"
        if opened.volume and not opened.wrapper:
            in_file = place.named and not place.carved
            path = f"{place.path}/{name}" if in_file else name
            volume = place.volume if in_file else label
            inner = below._replace(path=path, volume=volume, named=True, carved=False, base=base, scale=scale)
        elif place.named and not place.carved:
            path = f"{place.path}/{name}" if opened.named else f"{place.path}/content"
            inner = below._replace(path=path, base=base, scale=scale)
        elif opened.wrapper:
            path = f"{label}/{name}" if label else name
            inner = below._replace(path=path, named=True, carved=True, base=base, scale=scale)
        else:
            inner = below._replace(path=f"{label}/{name}" if name != "content" else label, base=base, scale=scale)
        if part.kind is Kind.FILE:
            self.open(memoryview(part.data), inner, part)
        else:
            self._place(part, inner)

    def _label(self, parent: str, name: str) -> str:
        """A name for what the image does not name: what it is, with a number from the second on."""
        label = f"{parent}/{name}" if parent else name
        self.labels[label] += 1
        return label if self.labels[label] == 1 else f"{label}-{self.labels[label]}"

    def _place(self, part: Part, place: _Place) -> None:
        self.entries.append(
            Entry(place.volume, place.path, part.kind, True, part.mode, part.owner, link=part.link, inside=place.inside)
        )

    def _leaf(self, data: memoryview, place: _Place, part: Part | None, opened: bool) -> None:
        digest = hashlib.sha256(data).hexdigest() if part is None or part.read else ""
        mode, owner = (part.mode, part.owner) if part else (None, None)
        self.entries.append(
            Entry(place.volume, place.path, Kind.FILE, place.named, mode, owner, len(data), digest, "", place.base,
                  place.inside, opened, self.held.get(digest) or _by_itself(data))
        )  # fmt: skip
        if opened or (place.named and not place.carved):
            return
        if is_text(data):
            return
        dark = opaque_spans(data)
        for start, end in dark:
            base = None if place.base is None else place.base + start
            self.regions.append(Region(place.path, base, end - start, entropy(data[start:end]), True, _PACKED))
        closed = sum(end - start for start, end in dark)
        self.unexplained += closed * place.scale
        self.strings += (len(data) - closed) * place.scale
        if closed < len(data):
            told = entropy(data)
            self.regions.append(Region(place.path, place.base, len(data) - closed, told, False, _UNKNOWN))


def _by_itself(data: memoryview) -> Bytes:
    """Bytes without what they are a small part of, which would stay in memory for them."""
    whole = data.obj
    return bytes(data) if isinstance(whole, bytes) and len(data) * _SMALL_PART < len(whole) else data


def _unpadded(data: memoryview, start: int, end: int) -> tuple[int, int]:
    """Where bytes begin and end without what fills erased flash; piece by piece, since they may be many."""
    first = _KEPT.search(data, start, end)
    if first is None:
        return end, end
    start = first.start()
    while not (kept := bytes(data[max(end - _WINDOW, start) : end]).rstrip(b"\xff\0")):
        end -= _WINDOW
    return start, max(end - _WINDOW, start) + len(kept)


def _clean(name: str) -> str:
    """A name inside an image as a path below it."""
    parts = [part for part in PurePosixPath("/", name).parts[1:] if part not in ("..", ".")]
    return "/".join(parts)


def _worth(pieces: list[_Piece], size: int) -> bool:
    """Whether bytes are containers rather than a program with something packed in it."""
    held = sum(piece.end - piece.start for piece in pieces)
    return any(piece.opened.volume for piece in pieces) or held * 2 >= size


def _wrapper(pieces: list[_Piece]) -> str:
    if not pieces:
        return "none"
    first = pieces[0]
    return first.format.name if first.start == 0 and len(pieces) == 1 else "flat"


def _deepened(opening: _Opening, limits: Limits, *, deep: bool) -> tuple[str, ...]:
    """Hand what no reader knows to unblob where that is asked for; what is to be said of it."""
    places = {region.path for region in opening.regions if region.size >= _SMALL}
    if not places:
        return ()
    why = unblob.ready() if deep else _NOT_ASKED
    if why:
        return (why,)
    told = []
    for entry in [one for one in opening.entries if one.path in places and not one.volume and one.kind is Kind.FILE]:
        found = unblob.dig(entry.data, limits)
        if found.problem:
            opening.budget.reached[found.problem] = None
        told.append(f"unblob found {len(found.parts)} files in {entry.path}")
        for part in found.parts:
            opening.entries.append(_dug(part, entry))
    return tuple(told)


def _dug(part: Part, holder: Entry) -> Entry:
    return Entry(
        holder.path, f"{holder.path}/{part.name}", part.kind, False, part.mode, None, len(part.data),
        hashlib.sha256(part.data).hexdigest() if part.kind is Kind.FILE else "", part.link, None,
        (*holder.inside, "unblob"), False, part.data,
    )  # fmt: skip


def open_image(
    data: bytes, name: str, limits: Limits, *, deep: bool = False, held: Mapping[str, Bytes] | None = None
) -> Image:
    """Everything in an image that a reader knows, with what none of them does; `deep`: that is handed to unblob.
    `held`: contents in memory already, by SHA-256; they are not kept twice."""
    opening = _Opening(Budget(limits), held=held or {})
    opening.open(memoryview(data), _Place(""))
    size = len(data)
    unexplained, strings = min(round(opening.unexplained), size), min(round(opening.strings), size)
    missing = _deepened(opening, limits, deep=deep)
    coverage = Coverage(
        size,
        max(size - unexplained - strings, 0),
        strings,
        tuple(opening.regions),
        tuple(opening.budget.reached),
        tuple(opening.problems),
        missing,
    )
    return Image(
        name, hashlib.sha256(data).hexdigest(), size, opening.wrapper, dict(sorted(opening.identity.items())),
        tuple(opening.entries), coverage,
    )  # fmt: skip
