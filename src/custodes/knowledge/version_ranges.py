"""Ranges of versions as advisories write them: ">= 5.2.0 build 140721 | <= 5.4.0", "vers:all/*", "<4.x", "2.6.2".

What is not understood is told, never guessed: a sentence about versions is no version.
"""

from __future__ import annotations

import re

from custodes.model.vulnerabilities import Bound, Range

_LONGEST = 400
_PREFIX = re.compile(r"^vers:[a-z0-9.\-]*/", re.IGNORECASE)
_SIGNED = re.compile(r"^(<=|>=|==|<|>|=|≤|≥) ?(.+)$")
_TAIL = re.compile(r"^(.+?),? (?:and|or) (prior|earlier|below|older|later|newer|above)(?: versions?)?$", re.IGNORECASE)
_HEAD = re.compile(
    r"^(?:all )?(?:firmware )?(?:versions? )?"
    r"(prior to|before|earlier than|older than|lower than|less than|up to|through|until|from|starting with) (.+)$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"^(\S.*?) (?:to|through|–|-) ([vV]?\d.*)$")
_ALL = re.compile(r"^(?:\*|all(?: versions?)?|-|any|every version)$", re.IGNORECASE)
_SIGNS = {"≤": "<=", "≥": ">=", "==": "="}
_HEADS = {"up to": "<=", "through": "<=", "until": "<=", "from": ">=", "starting with": ">="}
_TAILS = {"later": ">=", "newer": ">=", "above": ">="}
_LABEL = re.compile(r"^(?:(?:firmware|software|versions?|release)\b[ :.]?)+", re.IGNORECASE)
_VERSION = re.compile(r"^(?=.*\d|.*\*)[\w.\-+ ()*/:]{1,120}$")
#: Words of sentences and names of papers: where one stands, it is no version.
_PROSE = re.compile(
    r"\b(?:CVE|ICSA|SSA)-\d|\b(?:all|prior|before|after|fixed|not|affected|unaffected|less|lower|than|up|to|through|until"
    r"|from|and|or|earlier|later|older|newer|below|above|next|only|without|with|using|that|the|see|of|in|is)\b",
    re.IGNORECASE,
)
_LOWER, _UPPER = (">", ">="), ("<", "<=")


def ranges(text: str) -> tuple[tuple[Range, ...], list[str]]:
    """Ranges of a text, any of which holds, and the parts of it that are no version. "vers:all/*" is one without
    bounds. Bounds between strokes follow each other from below: an upper one closes the lower one before it; limits
    between commas hold together."""
    plain = _PREFIX.sub("", " ".join(text[:_LONGEST].split()))
    found: list[Range] = []
    faults: list[str] = []
    lower: tuple[Bound, ...] = ()
    for piece in filter(None, (one.strip() for one in plain.split("|"))):
        if _ALL.match(piece):
            found.append(())
            continue
        for bounds in _together(piece, faults):
            if all(bound.sign in _LOWER for bound in bounds):
                found.extend([lower] if lower else [])
                lower = bounds
            elif all(bound.sign in _UPPER for bound in bounds):
                found.append((*lower, *bounds))
                lower = ()
            else:
                found.append(bounds)
    found.extend([lower] if lower else [])
    return tuple(dict.fromkeys(found)), faults


def bound(sign: str, text: str) -> Bound | None:
    """One limit, if the text is a version."""
    version = _LABEL.sub("", " ".join(text[:_LONGEST].split())).strip()
    return Bound(sign, version) if _VERSION.match(version) and not _PROSE.search(version) else None


def _together(piece: str, faults: list[str]) -> list[Range]:
    """The bounds of a piece: limits between commas are one range, single versions between commas are several."""
    told = [one for part in filter(None, re.split(r"[,;] ?", piece)) if (one := _bounds(part.strip(), faults))]
    flat = tuple(bound for bounds in told for bound in bounds)
    if len(told) > 1 and all(bound.sign != "=" for bound in flat):
        return [flat]
    return told


def _bounds(piece: str, faults: list[str]) -> Range:
    signed, tail, head, span = (pattern.match(piece) for pattern in (_SIGNED, _TAIL, _HEAD, _SPAN))
    if signed:
        told = [(_SIGNS.get(signed[1], signed[1]), signed[2])]
    elif tail:
        told = [(_TAILS.get(tail[2].lower(), "<="), tail[1])]
    elif head:
        told = [(_HEADS.get(head[1].lower(), "<"), head[2])]
    elif span and re.search(r"\d", span[1]):
        told = [(">=", span[1]), ("<=", span[2])]
    else:
        told = [("=", piece)]
    found = [bound(sign, version) for sign, version in told]
    if any(one is None for one in found):
        faults.append(piece[:80])
        return ()
    return tuple(one for one in found if one is not None)
