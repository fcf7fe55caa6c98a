"""Puts the certificates of a time-stamp into the order that DER asks for.

Authorities that run on OpenSSL send them in the order of their configuration, which a strict reader refuses. The order
is under no signature, and sorting changes no length.
"""

from __future__ import annotations

from collections.abc import Iterator

_SEQUENCE, _CERTIFICATES = 0x30, 0xA0


def sorted_certificates(reply: bytes) -> bytes:
    """The reply (RFC 3161) with its certificates sorted; as it was where it is not built like one."""
    try:
        start, end = _certificates(reply)
        parts = sorted(reply[one[1] : one[3]] for one in _elements(reply, start, end))
    except (ValueError, IndexError):
        return reply
    return reply[:start] + b"".join(parts) + reply[end:]


def _certificates(reply: bytes) -> tuple[int, int]:
    """Where the set lies: TimeStampResp, timeStampToken, content, SignedData, certificates."""
    start, end = _inside(reply, 0, len(reply), _SEQUENCE, 0)
    start, end = _inside(reply, start, end, _SEQUENCE, 1)
    start, end = _inside(reply, start, end, _CERTIFICATES, 0)
    start, end = _inside(reply, start, end, _SEQUENCE, 0)
    return _inside(reply, start, end, _CERTIFICATES, 0)


def _inside(data: bytes, start: int, end: int, tag: int, number: int) -> tuple[int, int]:
    """The contents of the element with a tag, counted from 0 among those of its tag. Raises IndexError."""
    found = [one for one in _elements(data, start, end) if one[0] == tag]
    return found[number][2], found[number][3]


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, where it begins, where its contents begin and end. Raises ValueError for what is not DER."""
    while start < end:
        length, place = data[start + 1], start + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("a length that is no length")
            length, place = int.from_bytes(data[place : place + count]), place + count
        if place + length > end:
            raise ValueError("an element beyond its frame")
        yield data[start], start, place, place + length
        start = place + length
