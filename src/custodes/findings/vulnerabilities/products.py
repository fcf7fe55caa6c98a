"""Names and patterns of products in advisories, held against the model of a device.

"DS-2CD2xx2F-I Series", "IPC-HX3XXX" and "EFD-22xx" are families: an x stands for any sign, a single one between a
letter and a digit for one to four letters ("IPC-HX3XXX": HFW, HDBW), and a model may go on behind a family. A plain
name must be the whole model, or all of it up to a mark that begins its variant ("DS-7104NI-Q1/4P").
"""

from __future__ import annotations

import re
from functools import lru_cache

_SERIES = re.compile(r"\s*\b(?:series|family|cameras?|devices?)\s*$", re.IGNORECASE)
_LONGEST = 80
#: Letters of a market's code at most, and signs of a model behind it at least.
_MARKET, _SHORTEST = 3, 5
_KINDS = frozenset((
    "ip", "network", "dome", "bullet", "ptz", "camera", "cameras", "nvr", "dvr", "xvr", "nvrs", "dvrs", "recorder",
    "recorders", "video", "digital", "firmware", "software", "series", "device", "devices", "system", "systems",
    "product", "products", "and", "or", "the", "some", "multiple", "all", "server", "client", "web", "security", "cctv",
))  # fmt: skip
_TOKEN = re.compile(r"x+|X+|[^xX]+")


@lru_cache(maxsize=16_384)
def matches(product: str, model: str) -> bool:
    """Whether a product of an advisory is, or covers, a model."""
    if not any(sign.isdigit() for sign in product):
        return _is_line(product, model)
    told = _spelt(model)
    return bool(told) and any(one.match(text) for one in _patterns(product) for text in _without_market(told))


@lru_cache(maxsize=16_384)
def is_kind(product: str) -> bool:
    """Whether a product is only the word for a kind of device ("IP Camera"): it tells no product from another."""
    spoken = re.findall(r"[a-z0-9]+", product.lower())
    return all(word in _KINDS for word in spoken)


def _without_market(text: str) -> tuple[str, ...]:
    """A model as written, and without the code of a market before it: "DHI-NVR4104HS"."""
    front, _, rest = text.partition("-")
    plain = 0 < len(front) <= _MARKET and front.isalpha() and len(rest) >= _SHORTEST and any(map(str.isdigit, rest))
    return (text, rest) if plain else (text,)


def _is_line(product: str, model: str) -> bool:
    """Whether the name of a line ("VioStor") stands in a model, but is not the next one of that name ("NVRmini 2")."""
    line, spoken = product.lower().split(), model.lower().split()
    for start in range(len(spoken) - len(line) + 1):
        behind = spoken[start + len(line) : start + len(line) + 1]
        if spoken[start : start + len(line)] == line and not (behind and behind[0][:1].isdigit()):
            return bool(line)
    return False


@lru_cache(maxsize=4_096)
def _patterns(product: str) -> tuple[re.Pattern[str], ...]:
    """A product as expressions: as written, and without what stands before its model ("Dahua IPC-HX2XXX")."""
    text = product[:_LONGEST].strip()
    series = _SERIES.search(text) is not None
    text = _SERIES.sub("", text)
    spellings = [text]
    if " " in text and re.search(r"\d", text.rsplit(" ", 1)[-1]):
        spellings.append(text.rsplit(" ", 1)[-1])
    spellings += [one for text in tuple(spellings) for one in _without_market(text)[1:]]
    return tuple(_pattern(one, series) for one in spellings if len(_spelt(one)) >= 2)


def _pattern(text: str, series: bool) -> re.Pattern[str]:
    out, family, before = "", series, ""
    pieces = _TOKEN.findall("".join(text.split()))
    rows = any(piece[:2].upper() == "XX" for piece in pieces)
    for place, piece in enumerate(pieces):
        after = pieces[place + 1] if place + 1 < len(pieces) else ""
        if piece[:1] not in "xX" or not _is_wild(piece, before, after, rows):
            out += re.escape(_spelt(piece)).replace("\\-", "-?")
        elif len(piece) == 1 and before[-1:].isalpha() and after[:1].isdigit():
            out, family = out + "[A-Z]{1,4}", True
        elif after:
            out, family = out + f"[A-Z0-9]{{{len(piece)}}}", True
        else:  # a row of them at the end stands for one sign at least
            out, family = out + f"[A-Z0-9]{{1,{len(piece)}}}", True
        before = piece
    return re.compile(out if family else rf"{out}(?:[^A-Z0-9].*)?$")


def _is_wild(piece: str, before: str, after: str, rows: bool) -> bool:
    """Whether an x, or a row of them, stands for other signs: never at the beginning; a single capital one only behind
    a digit and not before a hyphen, or before a digit where the name has rows of them too (`rows`)."""
    if not before:
        return False
    if len(piece) > 1 or piece == "x":
        return True
    if before[-1:].isdigit():
        return after[:1].isalnum() or not after
    return rows and before[-1:].isalpha() and after[:1].isdigit()


def _spelt(text: str) -> str:
    return "".join(text.split()).upper().replace("_", "-")
