"""What a spreadsheet did to an identifier. A damaged identifier is named, and never used as evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from custodes.evidence.registers.cells import DateCell, NumberCell
from custodes.model.vocab import Damage, Field

IDENTIFIERS = frozenset({Field.MAC, Field.SERIAL, Field.ASSET_TAG})
#: Fields where only a spreadsheet's error value or a date cell counts as damage.
NAMED = frozenset({Field.MAKE, Field.MODEL, Field.FIRMWARE})

_MONTH = (
    r"(?:jan(?:uar[yi]?)?|feb(?:ruar[yi]?)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?|fév|fev|mär|mrz|maa|avr|abr|mai|mei|maj|jui|aou|aoû|ago|set|ott|"
    r"dic|déc)\.?"
)
_DATE = re.compile(
    rf"\d{{1,2}}[-/ .]{_MONTH}(?:[-/ .]\d{{2,4}})?\Z|{_MONTH}[-/ .](?:\d{{1,2}}|(?:19|20)\d\d)\Z"
    r"|\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?\Z"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}(?: \d{1,2}:\d{2}(?::\d{2})?(?: [ap]m)?)?\Z",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}\Z", re.IGNORECASE)
_SIGNED_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]\d{1,3}\Z", re.IGNORECASE)
_FLOAT = re.compile(r"\d+[.,]0+\Z")
_ERROR = re.compile(r"#[A-ZÄÖÜÉ][A-ZÄÖÜÉ/0-9.]*[!?]?\Z|#(?:N/A|DIV/0!|NV)\Z|#{2,}\Z")
_PLACEHOLDER = re.compile(
    r"(?:n\.?/?a\.?|none|null|nil|nan|unknown|not (?:known|available|applicable|held|recorded|set)|"
    r"tb[acd]|missing|blank|"
    r"to be (?:confirmed|advised|filled(?: by o\.?e\.?m\.?)?)|default string|unbekannt|k\. ?a\.|"
    r"keine(?: angabe)?|inconnu|"
    r"non (?:connu|disponible|renseigné)|desconocido|sin (?:número|datos)|s/n|sconosciuto|onbekend|"
    r"nieznany|brak|"
    r"anhysbys|无|無|未知|不明|なし|\?+|-+|–|—|\.+|_+|/|x{3,}|0+)\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"0?123456(?:7(?:89?0?)?)?\Z")  # typed by somebody who had no serial number
_MAC = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2}){5}(?:(?:[:-][0-9A-Fa-f]{1,2}){2})?"
    r"|[0-9A-Fa-f]{4}(?:[.:-][0-9A-Fa-f]{4}){2,3}|[0-9A-Fa-f]{6}[:-][0-9A-Fa-f]{6}|"
    r"[0-9A-Fa-f]{12}(?:[0-9A-Fa-f]{4})?"
    r"|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){5})(?![0-9A-Fa-f])"
)
_USUAL_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\Z")
_HEX = re.compile(r"[^0-9A-Fa-f]")
_TEXT_FORMULA = re.compile(r'="([^"]*)"\Z')
_EXACT_DIGITS = 15  # a spreadsheet number holds this many


def has_mac(value: str) -> bool:
    """Whether a MAC address (any usual notation) is in the text."""
    return _MAC.search(value) is not None


def unwrap(value: str) -> str:
    """An identifier out of the wrappings that protect it from a spreadsheet: `="0012"` and `'0012`."""
    inner = _TEXT_FORMULA.match(value)
    if inner:
        return inner.group(1).strip()
    return value[1:].strip() if len(value) > 1 and value[0] == "'" else value


def zero_width(values: Iterable[str | None]) -> int:
    """The fixed width of zero-padded numbers in a column (0: the column has none)."""
    padded: Counter[int] = Counter(
        len(value) for value in values if value and len(value) > 1 and value[0] == "0" and value.isdigit()
    )
    if not padded:
        return 0
    width, count = padded.most_common(1)[0]
    return width if count >= 2 and count * 5 >= sum(padded.values()) * 4 and width > 1 else 0


def find(field: Field, value: str, width: int = 0, kind: type[str] = str) -> Damage | None:
    """What happened to `value` in a column of `field`, or None. `kind` is the class of the cell."""
    if field in NAMED:
        return _plain_error(value, kind)
    if kind is str and value.isalnum() and value[0].isalpha() and not value.isalpha() and field is not Field.MAC:
        return None  # letters and digits that begin with a letter: what most serial numbers are, and no damage makes
    if field is Field.MAC and _USUAL_MAC.match(value):
        return _one_sign(value)
    if _ERROR.match(value):
        return Damage.ERROR_VALUE
    if kind is DateCell or _DATE.match(value):
        return Damage.DATE
    if field is Field.SERIAL and _COUNTED.match(value):
        return Damage.PLACEHOLDER
    found = _mac(value, kind) if field is Field.MAC else _number(value, kind)
    if found is None and width > len(value) and value.isdigit() and value[0] != "0":
        return Damage.LOST_ZEROS
    return found


def _plain_error(value: str, kind: type[str]) -> Damage | None:
    if _ERROR.match(value):
        return Damage.ERROR_VALUE
    return Damage.DATE if kind is DateCell else None


def _one_sign(address: str) -> Damage | None:
    """An address of one sign over and over stands for none."""
    return Damage.PLACEHOLDER if len(set(_HEX.sub("", address).upper())) == 1 else None


def _mac(value: str, kind: type[str]) -> Damage | None:
    if _PLACEHOLDER.match(value):
        return Damage.PLACEHOLDER
    if kind is NumberCell and value.isdigit() and value.endswith("00000"):
        return Damage.SCIENTIFIC
    if _MAC.search(value):
        return _one_sign(value)
    if _SCIENTIFIC.match(value) or _SIGNED_SCIENTIFIC.match(value):
        return Damage.SCIENTIFIC
    if _FLOAT.match(value):
        return Damage.FLOAT
    return Damage.LOST_ZEROS if value.isdigit() and len(value) < 12 else Damage.MALFORMED


def _number(value: str, kind: type[str]) -> Damage | None:
    if kind is NumberCell and "E" in value:
        return Damage.TRUNCATED
    if _SIGNED_SCIENTIFIC.match(value) or (_SCIENTIFIC.match(value) and "." in value):
        return Damage.SCIENTIFIC
    if _FLOAT.match(value) or (kind is NumberCell and not value.isdigit()):
        return Damage.FLOAT
    if _PLACEHOLDER.match(value):
        return Damage.PLACEHOLDER
    if value.startswith("="):
        return Damage.MALFORMED
    if value.isdigit():
        return _digits(value, kind)
    return None


def _digits(value: str, kind: type[str]) -> Damage | None:
    if len(value) > _EXACT_DIGITS and not value[_EXACT_DIGITS:].strip("0"):
        return Damage.TRUNCATED
    if kind is NumberCell and len(value) > _EXACT_DIGITS:
        return Damage.TRUNCATED
    if kind is NumberCell and len(value) >= 12 and value.endswith("00000"):
        return Damage.SCIENTIFIC
    return None
