"""Accounts: who may log in, and with what kind of password. No password's hash is kept: only its fingerprint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from custodes.evidence.firmware.facts.kinds import placed
from custodes.model.firmware import Entry, Fact, Grade

_PLACE = re.compile(r"(?:^|/)etc/(passwd|shadow)-?$")
_KINDS = {"1": "MD5", "5": "SHA-256", "6": "SHA-512", "7": "scrypt", "y": "yescrypt", "2a": "bcrypt", "2b": "bcrypt",
          "2y": "bcrypt"}  # fmt: skip
_PASSWD = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\-]{0,31}:[^:\n]*:\d+:\d+:[^:\n]*:[^:\n]*:[^:\n]*")
_SHADOW = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\-]{0,31}:[^:\n]*:\d*(?::\d*){3,5}:?[^\n]*")
_DES = re.compile(r"[./A-Za-z0-9]{13}")
_NO_LOGIN = ("/bin/false", "/sbin/nologin", "/usr/sbin/nologin", "/bin/nologin")


def accounts(entry: Entry, data: bytes) -> Iterator[Fact]:
    """The accounts in a file of accounts or of their passwords."""
    place = _PLACE.search(entry.path)
    if place is None or len(data) > 1 << 16:
        return
    shadow = place[1] == "shadow"
    for offset, line in placed(data.decode("utf-8", "replace")):
        if (_SHADOW if shadow else _PASSWD).fullmatch(line.rstrip("\r")):
            yield _account(entry, line.rstrip("\r").split(":"), offset, shadow)


def _account(entry: Entry, fields: list[str], offset: int, shadow: bool) -> Fact:
    told = [fields[0]]
    if not shadow and len(fields) >= 7:
        told.append(f"number {fields[2]}")
        told.append("may not log in" if fields[6] in _NO_LOGIN else f"shell {fields[6] or '/bin/sh'}")
    held = fields[1]
    if shadow or held not in ("x", ""):
        told.append(_password(held))
    elif not held:
        told.append("no password needed")
    rule = "shadow" if shadow else "passwd"
    value = ", ".join(told)
    return Fact("account", value, entry.volume, entry.path, Grade.EXECUTED, rule, offset, subject=fields[0])


def _password(held: str) -> str:
    if not held:
        return "no password needed"
    if held[0] in "!*x":
        return "no password set"
    parts = held.split("$")
    kind = _KINDS.get(parts[1], "") if len(parts) > 2 else "DES" if _DES.fullmatch(held) else ""
    return f"password {kind or 'of an unknown kind'}, fingerprint {hashlib.sha256(held.encode()).hexdigest()[:12]}"
