"""Columns that could be a number or a sum of money, a maker or a seller: the values and the neighbours say which.

"Amount" is 4 cameras in one register and $1,200.00 in the next; a vendor beside a purchase order is who sold it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from custodes.evidence.registers.columns import Column
from custodes.evidence.registers.formats import Format, generic_field
from custodes.evidence.registers.text import compact
from custodes.evidence.registers.values import share
from custodes.model.vocab import Field

_SIGN = re.compile(
    r"[$£€¥￥₩₹₽₺₴]\s?-?\(?[\d.,]|\d\s?[$£€¥￥₩₹₽₺₴]|\b(?:usd|gbp|eur|chf|aud|cad|nzd|sek|nok|dkk|pln|czk|huf)\b|\d\s?(?:kr|zł)\b"
)
_DECIMALS = re.compile(r"-?\d[\d,. ]*[.,]\d\d")
_MOST_UNITS = 25  # a bare number above it is a price rather than that many units on one line
_OF_PURCHASE = frozenset((Field.ORDER, Field.INVOICE, Field.AWARD, Field.FUND, Field.OBLIGATED))


def settle(
    columns: Sequence[Column], heads: Sequence[str], cells: Sequence[Sequence[str]], generic: Format, taken: set[Field]
) -> None:
    """Corrects the fields of columns in place. `cells`: the sample of each column, by its index."""
    for column in columns:
        if column.dropped or column.index >= len(heads):
            continue
        head, sample = heads[column.index], cells[column.index]
        either = compact(head) in generic.count_or_money
        meant = column.field or next(iter(generic_field(generic, head) or ()), None)
        if (meant is Field.QUANTITY or (either and meant is None)) and is_money(sample, decimals=either):
            column.turn_to(Field.AMOUNT, taken)
        elif either and column.field in (Field.AMOUNT, None) and _are_units(sample) and Field.QUANTITY not in taken:
            column.turn_to(Field.QUANTITY, taken)
    for column in columns:
        if column.index < len(heads) and compact(heads[column.index]) in generic.sellers:
            _seller(column, taken)


def _seller(column: Column, taken: set[Field]) -> None:
    """A vendor is the maker in a list of devices; in a table of purchases, or beside a make, it sold them."""
    bought = bool(taken & _OF_PURCHASE) or (Field.AMOUNT in taken and Field.MODEL not in taken)
    beside = column.field is None and Field.MAKE in taken
    if not column.dropped and (beside or (bought and column.field is Field.MAKE)):
        column.turn_to(Field.SELLER, taken, column.how)


def is_money(sample: Sequence[str], *, decimals: bool) -> bool:
    """Whether most cells are sums of money: by a currency, or (`decimals`) by two places behind the point."""
    return share(sample, lambda cell: bool(_SIGN.search(cell.casefold()))) >= 0.5 or (
        decimals and share(sample, lambda cell: bool(_DECIMALS.fullmatch(cell))) >= 0.5
    )


def _are_units(sample: Sequence[str]) -> bool:
    return share(sample, lambda cell: cell.isdecimal() and len(cell) < 5 and int(cell) <= _MOST_UNITS) >= 0.9
