"""What a column holds, told from its values alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from custodes.evidence.registers import credentials
from custodes.evidence.registers.text import listed, words
from custodes.model.vocab import Field

_IP = r"(?:\d{1,3}\.){3}\d{1,3}"
_ADDRESS = re.compile(
    rf"(?:[a-z][a-z0-9+.-]*://\S+|{_IP}(?::\d+)?(?:/\S*)?|\[?[0-9a-f]{{0,4}}(?::[0-9a-f]{{0,4}}){{2,7}}\]?(?::\d+)?)\Z",
    re.I,
)
_DEVICE_URL = re.compile(rf"(?:(?:[a-z][a-z0-9+.-]*://)?{_IP}(?::\d+)?(?:/\S*)?|(?:rtsps?|onvif)://\S+)\Z", re.I)
_COORDINATES = re.compile(r"\(?[+-]?\d{1,3}\.\d+\s*[,; ]\s*[+-]?\d{1,3}\.\d+\)?\Z|POINT ?\(.*", re.I)
_HOST = re.compile(rf"(?:{_IP}|(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)+|[a-z]+[\w-]*\d[\w-]*)(?::\d+)?(?:/\S*)?\Z", re.I)
_SERIAL = re.compile(r"(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z-]*\d){4})[A-Z0-9][A-Z0-9-]{7,47}\Z")
_MODEL = re.compile(r"(?=[A-Z0-9/ -]*[A-Z])(?=[A-Z0-9/ -]*\d)[A-Z0-9]+(?:[-/ ][A-Z0-9]+)+\Z", re.I)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?\Z")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?\Z")
_PLAIN_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2}){5}\Z|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}\Z")
_ID_WORDS = frozenset(listed("id ids ref reference uuid guid code key number no street road location object fid"))

_NOT_ITS_OWN = frozenset(listed("gateway mask subnet dns ntp server image screenshot multicast proxy syslog gw"))


def are_coordinates(column: Sequence[str]) -> bool:
    """Whether a column holds latitude and longitude in one cell."""
    return share(column, lambda cell: bool(_COORDINATES.match(cell))) >= 0.5


def is_mac(value: str) -> bool:
    """Whether the whole cell is one MAC address (twelve digits alone are a number, not a MAC)."""
    return bool(_PLAIN_MAC.match(value)) and not value.isdigit()


def is_value(value: str) -> bool:
    """Whether a cell is plainly a value and no heading: a number, date, MAC or address."""
    return bool(_NUMBER.match(value) or _DATE.match(value) or _ADDRESS.match(value) or is_mac(value))


def is_address(value: str) -> bool:
    """Whether a cell is a network address, URL or host name."""
    return bool(_ADDRESS.match(value) or _HOST.match(value))


def share(column: Sequence[str], test: Callable[[str], bool]) -> float:
    """Share of the non-blank cells that pass `test` (0.0 for a blank column)."""
    filled = [cell.strip()[:300] for cell in column if cell.strip()]
    return sum(1 for cell in filled if test(cell)) / len(filled) if filled else 0.0


def field_of(heading: str, column: Sequence[str]) -> Field | None:
    """The canonical field that the values of a column show, whatever its heading says; else None."""
    if share(column, is_mac) >= 0.6:
        return Field.MAC
    if (
        share(column, lambda cell: bool(_DEVICE_URL.match(cell))) >= 0.8
        and not set(words(heading).split()) & _NOT_ITS_OWN
    ):
        return Field.ADDRESS
    if not set(words(heading).split()) & _ID_WORDS and _distinct(column) and _serials(column):
        return Field.SERIAL
    return None


def _serials(column: Sequence[str]) -> bool:
    return share(column, lambda cell: bool(_SERIAL.match(cell))) >= 0.8


def _distinct(column: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in column if cell.strip()]
    return len(filled) >= 3 and len(set(filled)) >= 0.95 * len(filled)


def headless_field(column: Sequence[str], taken: set[Field]) -> Field | None:
    """The field of a column in a file without any heading; falls back on models, numbers and free text."""
    found = field_of("", column)
    if found is None and share(column, lambda cell: bool(_MODEL.match(cell))) >= 0.6:
        found = Field.MODEL
    if found is None and _counts_up(column):
        found = Field.CHANNEL
    if found is None and share(column, _is_wordy) >= 0.6:
        found = Field.DESCRIPTION
    return found if found not in taken else None


def _is_wordy(cell: str) -> bool:
    return not is_value(cell) and not credentials.looks_like_password(cell) and any(ch.isalpha() for ch in cell)


def _counts_up(column: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in column if cell.strip().isdecimal() and len(cell.strip()) < 7]
    filled = sum(1 for cell in column if cell.strip())
    return len(numbers) == filled > 1 and all(b > a for a, b in pairwise(numbers))


def may_hold_password(column: Sequence[str]) -> bool:
    """Whether a column without a heading could hold logins or passwords."""
    return share(column, credentials.is_login_name) >= 0.3 or share(column, credentials.looks_like_password) >= 0.3
