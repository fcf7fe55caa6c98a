"""Ranges of versions as advisories write them: ">= 5.2.0 build 140721 | <= 5.4.0", "vers:all/*", "<4.x", "2.6.2"."""

from __future__ import annotations

import re

from custodes.model.vulnerabilities import Bound, Range

_PREFIX = re.compile(r"^vers:[a-z0-9.\-]*/", re.IGNORECASE)
_SIGNED = re.compile(r"^(<=|>=|==|!=|<|>|=|≤|≥)\s*(.+)$")
_WORDED = re.compile(r"^(.*?)\s+(?:and\s+)?(prior|earlier|below|older|later|newer|above)$", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:versions?\s+)?(?:prior\s+to|before|earlier\s+than)\s+(.+)$", re.IGNORECASE)
_SPAN = re.compile(r"^(\S.*?)\s+(?:to|through|–|-)\s+(v?\d.*)$", re.IGNORECASE)
_ALL = re.compile(r"^(?:\*|all(?:\s+versions?)?|-|any)$", re.IGNORECASE)
_SIGNS = {"≤": "<=", "≥": ">=", "==": "="}
#: A version has a digit, and is no name of a fault or of another paper.
_VERSION = re.compile(r"^(?!.*\b(?:CVE|ICSA|SSA)-\d)(?=.*\d|.*\*)[\w.\-+ ()*/:]{1,120}$", re.IGNORECASE)
_LOWER, _UPPER = (">", ">="), ("<", "<=")


def ranges(text: str) -> tuple[tuple[Range, ...], list[str]]:
    """Ranges of a text, any of which holds, and the parts of it that are no version. "vers:all/*" is one without
    bounds. Bounds follow each other from below: an upper one closes the lower one before it."""
    text = _PREFIX.sub("", text.strip())
    found: list[Range] = []
    faults: list[str] = []
    lower: list[Bound] = []
    for piece in (one.strip() for one in re.split(r"[|,;]", text)):
        if not piece:
            continue
        if _ALL.match(piece):
            found.append(())
            continue
        for bound in _bounds(piece, faults):
            if bound.sign in _LOWER:
                found.extend([tuple(lower)] if lower else [])
                lower = [bound]
            elif bound.sign in _UPPER:
                found.append((*lower, bound))
                lower = []
            else:
                found.append((bound,))
    found.extend([tuple(lower)] if lower else [])
    return tuple(dict.fromkeys(found)), faults


def _bounds(piece: str, faults: list[str]) -> list[Bound]:
    signed, worded, before, span = (pattern.match(piece) for pattern in (_SIGNED, _WORDED, _BEFORE, _SPAN))
    if signed:
        told = [(_SIGNS.get(signed[1], signed[1]), signed[2])]
    elif before:
        told = [("<", before[1])]
    elif worded:
        told = [(">=" if worded[2].lower() in ("later", "newer", "above") else "<=", worded[1])]
    elif span and re.search(r"\d", span[1]):
        told = [(">=", span[1]), ("<=", span[2])]
    else:
        told = [("=", piece)]
    if told[0][0] == "!=" or not all(_VERSION.match(version) for _, version in told):
        faults.append(piece[:80])
        return []
    return [Bound(sign, " ".join(version.split())) for sign, version in told]
