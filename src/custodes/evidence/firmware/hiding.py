"""Takes passwords, their hashes and keys out of texts before anything of them is kept.

Rather too much than too little: the word behind "password" goes, whatever it is.
"""

from __future__ import annotations

import hashlib
import re

#: A word that names a secret, taken whole and from its beginning, so that the search stays linear in a long line; and a
#: "pass" behind it, which names the secret again.
_WORD = (
    r"(?<![\w.\-])(?=[\w.\-]*(?:passw(?:or)?d|passwd|passphrase|passwort|pwd|(?<![^\W_])pass(?=[_\W])|psk|secret|token"
    r"|api_?key|(?:[a-z0-9]_|wep|wifi|wpa|private|shared|access)_?key))[\w.\-]++(?:\Wpass(?=[_\W])[\w.\-]*+)?"
)
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|[^\s\"'&;,<>]+)"
#: A name that says so, then what belongs to it.
_SECRET = re.compile(rf"(?i)({_WORD}[\"']?(?:\s*[=:]+\s*|\s+(?:is\s+)?|>\s*)){_VALUE}")
_OPTION = re.compile(rf"(?i)(option\s+(?=\w*(?:key|pass|secret|psk))\w++\s+){_VALUE}")
_COMMAND = re.compile(r"((?:sshpass\s+-p\s*|(?<!\w)(?:-u|--user)\s+[^\s:]+:))\S+")
_CHANGED = re.compile(r"((?<![\w.\-])[\w.\-]+:)[^\s\"']+")
_CALLER = re.compile(r"(://)[^/@\s]+@")
_ARMOUR = re.compile(r"(?<![\w/.\-])[A-Za-z0-9+/]{40,}={0,2}(?![\w/.\-])")
_ACCOUNT = re.compile(r"([A-Za-z0-9_.][\w.\-]{0,31}):([^:\s]{2,}):(?=\d*:)")
_HASH = re.compile(r"\$(?:1|2[aby]|5|6|7|y|apr1|argon2\w*|md5|sha1)\$[./A-Za-z0-9$=,+]{8,}|\{S?SHA\d*\}\S+")
#: Lines of other files of passwords: a name, then a hash of the older kinds to the end.
_LINE = re.compile(r"^([+\-]?\s*[\w.\-@]{1,64}(?::[^:\n]{1,64})?:)(?:[./A-Za-z0-9]{13}|[0-9a-fA-F]{32,128})\s*$")
_BLOCK = re.compile(r"(-----BEGIN ([A-Z0-9 ]{3,40})-----).*?(-----END \2-----|\Z)", re.DOTALL)
#: What one of the expressions above needs; most lines have none of it.
_ANY = re.compile(r"(?i)pass|pwd|psk|secret|token|key|[:$@{]|[a-z0-9+/]{40}")


def hidden(text: str) -> str:
    """A line without what is a password, a password's hash or a key in it."""
    if not _ANY.search(text):
        return text
    if "chpasswd" in text:
        text = _CHANGED.sub(r"\1(hidden)", text)
    text = _HASH.sub("(hidden)", text)
    text = _LINE.sub(r"\1(hidden)", text)
    text = _ACCOUNT.sub(lambda match: match[0] if match[2] in ("x", "*", "!", "!!") else f"{match[1]}:(hidden):", text)
    text = _CALLER.sub(r"\1(hidden)@", text)
    text = _COMMAND.sub(r"\1(hidden)", text)
    text = _OPTION.sub(r"\1(hidden)", text)
    text = _SECRET.sub(r"\1(hidden)", text)
    return _ARMOUR.sub(lambda match: "(hidden)" if _is_armour(match[0]) else match[0], text)


def without_blocks(text: str) -> str:
    """A text in which what is in armour (PEM) stands as its fingerprint, so that a change of it is still seen."""
    return _BLOCK.sub(_fingerprint, text)


def _fingerprint(match: re.Match[str]) -> str:
    digest = hashlib.sha256(match[0].encode("utf-8", "replace")).hexdigest()[:16]
    return f"{match[1]}\n(hidden, fingerprint {digest})\n{match[3]}"


def _is_armour(text: str) -> bool:
    """Whether letters look like bytes in armour and not like a path or a name."""
    mixed = re.search(r"[A-Z]", text) and re.search(r"[a-z]", text) and re.search(r"\d", text)
    return bool(mixed) and text.count("/") * 12 <= len(text)
