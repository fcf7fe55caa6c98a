"""What is never published, whatever a policy says: addresses, serial numbers, positions, ways to reach a person.

A text is published with each of them taken out and named by its kind. Names of persons cannot be told by their form:
a policy lists them, and free text is withheld unless a policy publishes it.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

from custodes.publication.text import clean_lines

_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s<>\"')\]]+")
_MAC_END = r"(?![0-9A-Fa-f])"
#: A single number of a list: capitals and digits, one digit at least.
_NUMBER = r"(?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{4,}"
#: Parts of a web address that are parts of its path and name nobody: letters and digits of a page's own name.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", re.compile(r"[\w.%+'-]{1,64} ?[@＠] ?[\w-]{1,63}(?:\.[\w-]{1,63})*\.\w{2,24}")),
    ("a MAC address", re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}" + _MAC_END)),
    ("a MAC address", re.compile(r"(?<![0-9A-Fa-f.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![0-9A-Fa-f.])")),
    (
        "a position",
        re.compile(
            r"(?<![\d.])[-+]?\d{1,3}\.\d{3,}\s*°?\s*[NSns]?\s*[,;/ ]\s*[-+]?\d{1,3}\.\d{3,}\s*°?\s*[EWew]?(?![\d.])"
        ),
    ),
    ("a position", re.compile(r"(?i)\b(?:lat|lon|lng|long)(?:itude)?\s*[=: ]\s*[-+]?\d{1,3}[.,]\d{2,}")),
    ("a position", re.compile(r"(?<![\d.])\d{1,2}\.\d{2,}\s*[,;]\s*-\d{1,3}\.\d{2,}(?![\d.])")),
    (
        "a position",
        re.compile(r"\d{1,3}\s*°\s*\d{1,2}(?:\.\d+)?\s*['′’]\s*(?:\d{1,2}(?:\.\d+)?\s*[\"″]?)?\s*[NSEWnsew]"),
    ),
    ("a position", re.compile(r"\b[HJNOST][A-HJ-Z] ?\d{3,5} ?\d{3,5}\b")),
    ("a position", re.compile(r"(?<![\d.,/-])\d{6}\s*[,/]\s*\d{6,7}(?![\d.,/-])")),
    # two that a hash is not: hashes of sources are told as such
    (
        "a MAC address",
        re.compile(
            r"(?<!sha256 )(?<!sha256:)(?<![0-9A-Za-z])(?=\d*[A-Fa-f])(?=[A-Fa-f]*\d)[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
        ),
    ),
    (
        "a MAC address",
        re.compile(r"(?<![0-9A-Za-z])(?=[\d -]*[A-Fa-f])[0-9A-Fa-f]{6}[-:][0-9A-Fa-f]{6}(?![0-9A-Za-z])"),
    ),
    (
        "a MAC address",
        re.compile(r"(?<![0-9A-Za-z])(?=[\d ]*[A-Fa-f])(?:[0-9A-Fa-f]{2} ){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z])"),
    ),
    ("a postcode", re.compile(r"(?i)\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")),
    (
        "a telephone number",
        re.compile(
            r"(?<![\w.])(?:(?:\+|00)\d{1,3}[ .-]?(?:\(0\) ?)?|\(0|0)\d{2,4}\)?[ ./-]?\d{3,4}[ .-]?\d{3,4}(?![\w.])"
        ),
    ),
    (
        "a serial number",
        # letters alone are one only behind a colon: "serial numbers were not recorded" tells none
        re.compile(
            r"(?i)\b(?:serial(?: ?(?:nos?|nrs?|numbers?))?|s/ns?|sns?|imei|imsi)\b\.?(?: (?:is|was|are|were))?\s*"
            r"(?:[:#=]\s*[A-Z0-9][A-Z0-9-]{4,}|" + _NUMBER + r")(?:\s*(?:,|;|/|&|and)\s*" + _NUMBER + ")*"
        ),
    ),
    # long words of capitals and digits, as makers number single goods; codes of models are shorter or have hyphens
    ("a serial number", re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Z]*\d){4})(?=\d*[A-Z])[A-Z0-9]{12,}(?![A-Za-z0-9])")),
    ("a serial number", re.compile(r"(?<![\d.,/-])\d{12,}(?![\d.,/-])")),
)
#: E-mail, MAC and positions: what a web address may not tell either.
_IN_LINKS = 7
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:(?:\.|\[\.\])\d{1,3}){3}(?:/\d{1,2})?(?!\w|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w.:])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:]{2,39}"
    r"(?:\d{1,3}(?:\.\d{1,3}){3})?(?:/\d{1,3})?(?!\w)"
)
MASK = "[withheld: {}]"
_SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def scrub(text: str, names: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A text as it may be published, and the kinds of what was taken out. Links to pages stay, unless one tells more.

    `names`: of persons and places that a policy lists; they are taken out wherever they stand as words.
    """
    told = _SPACES.sub(" ", unicodedata.normalize("NFC", clean_lines(text)))
    known = tuple(names)
    taken: list[str] = []
    parts: list[str] = []
    last = 0
    for link in _URL.finditer(told):
        parts += [_scrubbed(told[last : link.start()], known, taken), _link(link[0], known, taken)]
        last = link.end()
    parts.append(_scrubbed(told[last:], known, taken))
    return "".join(parts), tuple(dict.fromkeys(taken))


def _link(link: str, names: tuple[str, ...], taken: list[str]) -> str:
    """A link to a page stays whole; one that tells an address, a person or a name goes whole."""
    read = unquote(link.replace("+", " "))
    tells: list[str] = []
    for words in (read, re.sub(r"[/_.?&=#-]", " ", read)):
        _masked_names(words, names, tells)
    for kind, pattern in _PATTERNS[:_IN_LINKS]:  # words of a page's own name may look like the rest
        tells += [kind] if pattern.search(read) else []
    tells += ["an address"] if any(map(_is_address, _IPV4.findall(read))) or "//[" in read else []
    query = read.partition("?")[2]
    _scrubbed(re.sub(r"[&=]", " ", query), names, tells)
    if not tells:
        return link
    return _mask(tells[0], taken)


def _scrubbed(text: str, names: tuple[str, ...], taken: list[str]) -> str:
    for kind, pattern in _PATTERNS:
        text = pattern.sub(lambda _, kind=kind: _mask(kind, taken), text)  # type: ignore[misc]
    for address in (_IPV4, _IPV6):
        text = address.sub(lambda match: _mask("an address", taken) if _is_address(match[0]) else match[0], text)
    return _masked_names(text, names, taken)


def _masked_names(text: str, names: tuple[str, ...], taken: list[str]) -> str:
    known = _names(names)
    return text if known is None else known.sub(lambda _: _mask("a name", taken), text)


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    told = sorted({unicodedata.normalize("NFC", name.strip()) for name in names if name.strip()}, key=len, reverse=True)
    if not told:
        return None
    each = "|".join(one for name in told for one in _forms(name.split()))
    return re.compile(rf"(?i)(?<![^\W_])(?:{each})(?![^\W_])")


def _forms(words: list[str]) -> list[str]:
    """A name as patterns: its words, whatever parts them, and the last one first."""
    parts = [_APOSTROPHE.sub("['’ʼ`]", re.escape(word)) for word in words]
    found = [r"[\s_]*".join(parts)]
    if len(parts) > 1:
        found.append(rf"{parts[-1]}\s*,\s*" + r"[\s_]*".join(parts[:-1]))
    return found


_APOSTROPHE = re.compile(r"\\?['’ʼ`]")


def _is_address(text: str) -> bool:
    bare = text.partition("/")[0].replace("[.]", ".")
    if ":" not in bare:  # also where a part has noughts before it
        return all(part.isdigit() and int(part) < 256 for part in bare.split("."))
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def _mask(kind: str, taken: list[str]) -> str:
    taken.append(kind)
    return MASK.format(kind)
