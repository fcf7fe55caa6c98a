"""Bytes and texts as they come from a device, cut and cleaned before anything looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from custodes.model.wire import Part

#: Longer replies are looked at up to here.
MOST_BYTES = 256 * 1024
#: One field of a reply is looked at up to here.
MOST_CHARS = 2048
#: Pieces of a page that are looked at, and characters in which they overlap.
WINDOWS, OVERLAP = 8, 256
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")
_NOTHING = frozenset(("", "null", "none", "n/a", "unknown", "0.0.0.0"))  # noqa: S104 - what devices say, no address
_MAC = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{2}[:\-.]?){5}[0-9a-f]{2}(?![0-9a-z])", re.IGNORECASE)


def decoded(raw: bytes) -> str:
    """Bytes as text: UTF-8, with what is none of it replaced."""
    return raw[:MOST_BYTES].decode("utf-8", "replace")


def cleaned(text: str) -> str:
    """A field without control characters, trimmed and cut."""
    if text.isascii() and text.isprintable() and len(text) <= MOST_CHARS:
        return text.strip()
    return _CONTROL.sub(" ", text[: MOST_CHARS * 2]).strip()[:MOST_CHARS]


def windows(text: str) -> list[str]:
    """A long text in pieces that overlap, so that what stands in it is whole in one; a short one as it is."""
    starts = range(0, (MOST_CHARS - OVERLAP) * WINDOWS, MOST_CHARS - OVERLAP)
    pieces = (text[start : start + MOST_CHARS] for start in starts if not start or len(text) > start + OVERLAP)
    return [piece for piece in map(cleaned, pieces) if piece]


def padded(raw: bytes) -> str:
    """A text field of fixed width, ended by its first zero byte."""
    return cleaned(raw.split(b"\0", 1)[0].decode("utf-8", "replace"))


def mac_text(raw: bytes) -> str:
    """Six bytes as a MAC address; empty if they are not six or all one."""
    return raw.hex(":") if len(raw) == 6 and len(set(raw)) > 1 else ""


def address_text(raw: bytes) -> str:
    """Four bytes as an IPv4 address; empty if they are not four."""
    return ".".join(map(str, raw)) if len(raw) == 4 else ""


def parts(pairs: Iterable[tuple[Part, str]]) -> tuple[tuple[Part, str], ...]:
    """Parts that say something, each once."""
    found = ((part, cleaned(text)) for part, text in pairs)
    return tuple(dict.fromkeys((part, text) for part, text in found if text.lower() not in _NOTHING))


def fields(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(field, text) pairs for rules, cleaned, without those that say nothing."""
    found = ((field, cleaned(text)) for field, text in pairs)
    return tuple((field, text) for field, text in found if text)


def mac_in(text: str) -> str:
    """The first MAC address in a text; empty if there is none."""
    found = _MAC.search(text)
    return found.group() if found is not None else ""
