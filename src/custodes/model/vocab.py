"""Controlled words. A value outside these lists is a programming error, never a silent new kind."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How far a statement about a device is carried (machine words; pages say it in plain words)."""

    ASSERTED = "asserted"
    REVIEW = "review"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """Certainty of one row of reference data. `low` never carries more than "probably, check"."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reason(StrEnum):
    """Why a make is not known. Each has one plain sentence in the pack's `words.yaml`."""

    NO_MAKE_COLUMN = "no-make-column"
    BLANK = "blank"
    NOT_HELD = "not-held"
    REFUSED = "refused"
    NO_BRAND = "no-brand-in-text"
    AMBIGUOUS_CODE = "ambiguous-code"
    SEVERAL_BRANDS = "several-brands"
    CONTRADICTION = "contradiction"
    DENIED = "denied"
    FORMER = "former"
    ACCESSORY = "accessory"
    COMPATIBLE = "compatible-only"
    PLACE_OR_PERSON = "place-or-person"
    OTHER_COMPANY = "other-company"
    UNEXPLAINED_WORDS = "unexplained-words"
    WEAK_NAME = "weak-name"
    SPELLING = "spelling-guess"
    LOW_CERTAINTY = "low-certainty"
    QUESTION = "in-question"
    DAMAGED = "damaged"
    RELAY = "relay"


#: The category that every workbook of this program carries: by it a folder's registers are told from its own files.
OWN_WORKBOOK = "written by custodes"


class Field(StrEnum):
    """Canonical fields a register column can be mapped to. Readers emit them under these names."""

    NAME = "name"  # what the body calls the device
    MAKE = "make"
    MODEL = "model"
    DEVICE_TYPE = "device_type"
    DESCRIPTION = "description"
    DRIVER = "driver"  # VMS driver or driver family: evidence of the protocol spoken, weaker than make
    MAC = "mac"
    SERIAL = "serial"
    FIRMWARE = "firmware"
    ADDRESS = "address"  # network address or host URL, credentials stripped
    SITE = "site"
    LOCATION = "location"
    STATUS = "status"
    QUANTITY = "quantity"
    NOTES = "notes"
    BODY = "body"
    SYSTEM = "system"
    OWNER = "owner"
    OPERATOR = "operator"
    CONTROLLER = "controller"  # data controller: who decides what the footage is for
    LANDLORD = "landlord"
    INSTALLER = "installer"
    CONTRACT = "contract"
    PURCHASED = "purchased"
    INSTALLED = "installed"  # put up or switched on: no day of purchase, which may be years before
    ASSET_TAG = "asset_tag"
    CHANNEL = "channel"
    HARDWARE = "hardware"  # the box a channel hangs on: several channels may share one
    CLOUD = "cloud"
    LENSES = "lenses"
    LICENCE = "licence"
    ASSEMBLED = "assembled"  # where this unit was put together, as its label or papers say
    PART = "part"  # a named part seen in this very unit: processor, radio module
    AWARD = "award"  # number of the award or grant whose money paid
    FUND = "fund"  # the fund or account that paid
    OBLIGATED = "obligated"  # the day on which the money was committed
    ORDER = "order"  # purchase order
    INVOICE = "invoice"
    SELLER = "seller"  # who sold it, as a ledger says: never a make
    AMOUNT = "amount"  # what was paid, as it is written


class RowKind(StrEnum):
    """What one row of a register stands for; declared by the register format."""

    DEVICE = "device"
    CHANNEL = "channel"
    FLEET = "fleet"
    LICENCE = "licence"


class Damage(StrEnum):
    """What a spreadsheet did to an identifier. A damaged identifier is named and never evidence."""

    SCIENTIFIC = "scientific-notation"
    DATE = "turned-into-a-date"
    LOST_ZEROS = "lost-leading-zeros"
    FLOAT = "decimal-point-added"
    ERROR_VALUE = "spreadsheet-error"
    TRUNCATED = "digits-lost"
    PLACEHOLDER = "placeholder"
    MALFORMED = "malformed"
