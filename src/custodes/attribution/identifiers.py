"""What a MAC address and a serial number say: who bought the address block, whose numbering this is.

A platform whose protocol a unit speaks on the network is an identifier of the same sort (`attribution.wire`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from custodes.knowledge import Knowledge
from custodes.knowledge.mac import BLOCK_BITS, is_universal, parse_mac
from custodes.knowledge.text import squash
from custodes.model.assessment import Because
from custodes.model.vocab import Certainty

MAC_WEIGHT = 2.3
#: Bits of an address below the smallest block that is registered.
_BELOW = 48 - max(BLOCK_BITS)
SERIAL_WEIGHT = {Certainty.HIGH: 4.0, Certainty.MEDIUM: 2.5, Certainty.LOW: 1.0}
#: Roles of companies whose address blocks and serials stand on whole devices, not on modules inside them.
DEVICE_ROLES = ("camera", "nvr", "dvr", "bwv", "uas", "anpr", "access", "recorder", "intercom", "maker")


@dataclass(frozen=True, slots=True)
class IdentifierClue:
    """A supplier that an identifier points to. `whole`: the supplier makes whole devices, not only modules."""

    supplier: str
    kind: str  # mac-block | serial-shape | platform
    because: Because
    whole: bool
    model: str | None = None


def normal_mac(text: str) -> str:
    """`aa:bb:cc:dd:ee:ff`, or "" if the text is no universally assigned single address."""
    address = parse_mac(text)
    if address is None or not is_universal(address):
        return ""
    return address.to_bytes(6, "big").hex(":")


def from_mac(text: str, knowledge: Knowledge) -> IdentifierClue | None:
    """The supplier that holds the block of an address; None for other organisations and local addresses."""
    address = parse_mac(text)
    if address is None or not is_universal(address):
        return None
    return _of_block(address >> _BELOW, knowledge)


@lru_cache(1 << 14)
def _of_block(block: int, knowledge: Knowledge) -> IdentifierClue | None:
    """The clue of one smallest block: every address of it gives the same."""
    organisation = knowledge.mac_table.organisation(block << _BELOW)
    supplier = knowledge.registrants.supplier(organisation) if organisation else None
    if organisation is None or supplier is None:
        return None
    prefix = (block << _BELOW).to_bytes(6, "big").hex(":")[:8].upper()
    sentence = f"MAC {prefix}… lies in a block registered to {organisation}"
    because = Because(
        "mac-block",
        sentence,
        "mac/blocks",
        "mac",
        weight=MAC_WEIGHT,
        source=f"IEEE registry, listing of {knowledge.mac_table.date}",
    )
    return IdentifierClue(supplier, "mac-block", because, _whole(supplier, knowledge))


def from_serial(text: str, knowledge: Knowledge) -> IdentifierClue | None:
    """The supplier whose serial-number form this is, or None."""
    serial = squash(text)
    if not 6 <= len(serial) <= 64:
        return None
    for row, regex in knowledge.serials:
        match = regex.fullmatch(serial)
        if match is None:
            continue
        name = knowledge.pack.suppliers[row.supplier].name
        because = Because(
            "serial-shape",
            f"the serial number has the form that {name} uses",
            f"serials/{row.id}",
            "serial",
            weight=SERIAL_WEIGHT[row.cited.certainty],
            source=row.cited.source,
        )
        model = match.group(1).upper() if row.model_group and match.groups() else None
        return IdentifierClue(row.supplier, "serial-shape", because, _whole(row.supplier, knowledge), model)
    return None


def _whole(supplier: str, knowledge: Knowledge) -> bool:
    roles = knowledge.pack.suppliers[supplier].roles
    return any(word in role for role in roles for word in DEVICE_ROLES)
