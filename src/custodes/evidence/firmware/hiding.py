"""Takes passwords, their hashes and keys out of texts before anything of them is kept."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|psk|_key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,<]+"
)
_CALLER = re.compile(r"(://)[^/@\s]+@")
_ARMOUR = re.compile(r"(?<![\w/.\-])[A-Za-z0-9+/]{40,}={0,2}(?![\w/.\-])")
_ACCOUNT = re.compile(r"([A-Za-z0-9_.][\w.\-]{0,31}):([^:\s]{2,}):(?=\d*:)")
_HASH = re.compile(r"\$(?:1|2[aby]|5|6|y)\$[./A-Za-z0-9$=,]{8,}")


def hidden(text: str) -> str:
    """A line without what is a password, a password's hash or a key in it."""
    text = _SECRET.sub(r"\1(hidden)", text)
    text = _CALLER.sub(r"\1(hidden)@", text)
    text = _HASH.sub("(hidden)", text)
    text = _ACCOUNT.sub(lambda match: match[0] if match[2] in ("x", "*", "!", "!!") else f"{match[1]}:(hidden):", text)
    return _ARMOUR.sub(lambda match: "(hidden)" if _is_armour(match[0]) else match[0], text)


def _is_armour(text: str) -> bool:
    """Whether letters look like bytes in armour and not like a path or a name."""
    mixed = re.search(r"[A-Z]", text) and re.search(r"[a-z]", text) and re.search(r"\d", text)
    return bool(mixed) and text.count("/") * 12 <= len(text)
