"""What is never published, whatever a policy says: addresses, serial numbers, positions, ways to reach a person.

A text is published with each of them taken out and named by its kind. Names of persons cannot be told by their form:
a policy lists them, and free text is withheld unless a policy publishes it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}")),
    ("a MAC address", re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")),
    ("a MAC address", re.compile(r"(?<![0-9A-Fa-f.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![0-9A-Fa-f.])")),
    (
        "a position",
        re.compile(
            r"(?<![\d.])[-+]?\d{1,3}\.\d{3,}\s*°?\s*[NSns]?\s*[,;/ ]\s*[-+]?\d{1,3}\.\d{3,}\s*°?\s*[EWew]?(?![\d.])"
        ),
    ),
    ("a position", re.compile(r"\d{1,3}\s*°\s*\d{1,2}\s*['′]\s*(?:\d{1,2}(?:\.\d+)?\s*[\"″])?\s*[NSEWnsew]")),
    ("a position", re.compile(r"\b[HJNOST][A-HJ-Z] ?\d{3,5} ?\d{3,5}\b")),
    ("a postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")),
    (
        "a telephone number",
        re.compile(r"(?<![\w.])(?:\+\d{1,3}[ -]?(?:\(0\) ?)?|0)\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}(?![\w.])"),
    ),
    (
        "a serial number",
        re.compile(r"(?i)\b(?:serial(?: ?(?:no|nr|number))?|s/n|sn|imei|imsi)\b\.?\s*[:#=]?\s*[A-Z0-9][A-Z0-9-]{4,}"),
    ),
    # long words of capitals and digits, as makers number single goods; codes of models are shorter or have hyphens
    ("a serial number", re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Z]*\d){4})(?=\d*[A-Z])[A-Z0-9]{12,}(?![A-Za-z0-9])")),
    ("a serial number", re.compile(r"(?<![\d.,/-])\d{12,}(?![\d.,/-])")),
)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?:/\d{1,3})?(?![\w:]|\.\d)"
)
MASK = "[withheld: {}]"


def scrub(text: str, names: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A text as it may be published, and the kinds of what was taken out. The names of web pages stay whole.

    `names`: of persons and places that a policy lists; they are taken out wherever they stand as words.
    """
    taken: list[str] = []
    parts: list[str] = []
    last = 0
    for link in _URL.finditer(text):
        parts += [_scrubbed(text[last : link.start()], tuple(names), taken), _link(link[0], tuple(names), taken)]
        last = link.end()
    parts.append(_scrubbed(text[last:], tuple(names), taken))
    return "".join(parts), tuple(dict.fromkeys(taken))


def _link(link: str, names: tuple[str, ...], taken: list[str]) -> str:
    """A link to a page in public stays; one to a bare address is an address."""
    host = link.split("//", 1)[1].split("/", 1)[0]
    if "@" in host or _ADDRESS.search(host.rpartition(":")[0] or host) or _named(host, names):
        return _scrubbed(link, names, taken) if "@" not in host else _masked("an address", taken)
    return link


def _scrubbed(text: str, names: tuple[str, ...], taken: list[str]) -> str:
    if len(text) < 4:
        return text
    for kind, pattern in _PATTERNS:
        text = pattern.sub(lambda _, kind=kind: _masked(kind, taken), text)  # type: ignore[misc]
    text = _ADDRESS.sub(lambda match: _masked("an address", taken) if _is_address(match[0]) else match[0], text)
    known = _names(names)
    return text if known is None else known.sub(lambda _: _masked("a name", taken), text)


def _named(text: str, names: tuple[str, ...]) -> bool:
    pattern = _names(names)
    return pattern is not None and pattern.search(text) is not None


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    told = sorted((name.strip() for name in names if name.strip()), key=len, reverse=True)
    if not told:
        return None
    each = "|".join(r"\s+".join(map(re.escape, name.split())) for name in told)
    return re.compile(rf"(?i)(?<!\w)(?:{each})(?!\w)")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return True


def _masked(kind: str, taken: list[str]) -> str:
    taken.append(kind)
    return MASK.format(kind)
