"""`report`, and `publish` of an estate: assess, check, hand to the publication room."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.cli.assessing import Request, assessed_with, progress
from custodes.cli.checking import brought
from custodes.cli.output import note, print_json, printable
from custodes.cli.publishing import signer_of
from custodes.estate.checking import check
from custodes.publication.assurance.bundle import publish_estate


@dataclass(frozen=True, slots=True)
class Assuring:
    """Where an estate's bundle goes, and how it is made. `public`: totals only; `below`: smaller counts are hidden."""

    out: Path
    key: Path | None
    public: bool
    below: int = 3
    attested: Sequence[Path] = ()


def estate_main(request: Request, asked: Assuring) -> None:
    """Assess an estate and write its bundle."""
    origin = "custodes/estate" if asked.public else "custodes/assurance"
    signer = signer_of(asked.key, origin)
    done, options = assessed_with(request, keep_units=not asked.public)
    found = None if asked.public else check(done, options, brought([*done.estate.attested, *asked.attested]))
    for fault in found.faults if found is not None else ():
        note(fault)
    made = publish_estate(
        done.assessment,
        found.results if found is not None else (),
        asked.out,
        signer,
        source=request.path,
        public=asked.public,
        below=asked.below,
        origin=origin,
        progress=progress(),
    )
    if request.form != "table":
        told = {"out": str(asked.out), "hash": made.hash, "entries": made.entries, "code": made.code}
        print_json([{**told, "signed": signer is not None}], request.form)
    else:
        word = "published" if asked.public else "report"
        sys.stdout.write(printable(f"{word:12} {asked.out / 'index.html'}") + f"\ncode         {made.code}\n")
    if asked.public:
        note("totals only: no single device, site, address or serial number is in it; look before you hand it out")
    else:
        note("it holds everything and is for its owner; `custodes publish` writes totals for everybody")
    if signer is None:
        note("the checkpoint is not signed (`custodes key`)")
