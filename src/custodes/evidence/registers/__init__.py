"""Registers: spreadsheets and exports of any kind, read as observations.

`open_register` gives one reading per sheet; `propose_mapping` writes a mapping file a person can correct.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from custodes.evidence.registers.containers import sniff
from custodes.evidence.registers.credentials import is_credential_header, may_hold_secret, scrub
from custodes.evidence.registers.mapping import propose
from custodes.evidence.registers.reader import open_register, prepare, raw_tables
from custodes.evidence.registers.text import printable
from custodes.model.registers import Limits

_NO_LIMITS = Limits()


def propose_mapping(path: Path, *, limits: Limits = _NO_LIMITS, formats_dirs: Sequence[Path] = ()) -> str:
    """YAML text of a mapping file for the register at `path` (its largest sheet), for `mapping=`.

    Example values that could be credentials are redacted. Raises BadInput.
    """
    found = prepare(path, limits, None, formats_dirs)
    return propose(max(found, key=lambda one: len(one.sample)))


__all__ = [
    "is_credential_header",
    "may_hold_secret",
    "open_register",
    "printable",
    "propose_mapping",
    "raw_tables",
    "scrub",
    "sniff",
]
