"""JSON as it stands in tables of results: one object for each of millions of rows, so that a fast library writes it."""

from __future__ import annotations

import msgspec

_ENCODER = msgspec.json.Encoder()


def compact(told: object) -> bytes:
    """JSON in UTF-8 without blanks, keys in their order: the bytes that the language's own `json` writes with
    `ensure_ascii=False` and `separators=(",", ":")`. Raises UnicodeEncodeError for half of a surrogate pair.
    """
    return _ENCODER.encode(told)
