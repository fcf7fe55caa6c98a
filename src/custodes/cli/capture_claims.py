"""`custodes claims`: what captures and logs have to say to claims on the traffic of devices."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from custodes.attribution.batch import evidence_object
from custodes.cli.captures import Capturing, knowledge_for, watched
from custodes.cli.output import print_json, printable
from custodes.estate.claiming import judged_claims
from custodes.evidence.captures.claims import read_claims
from custodes.model.claims import Judged


def main(stated: Path, asked: Capturing) -> None:
    """Print every claim with its verdict, for each capture and device that it is on."""
    claims = read_claims(stated)
    loaded = knowledge_for(asked)
    rows = map(claim_object, judged_claims(claims, list(watched(asked.files, loaded)), loaded))
    if asked.form != "table":
        print_json(rows, asked.form)
        return
    from custodes.publication.captures import claim_lines

    for row in rows:
        sys.stdout.write("\n".join(map(printable, claim_lines(row))) + "\n")


def claim_object(judged: Judged) -> dict[str, Any]:
    """A claim with its verdict as it is printed. `hours`: how long the capture lasted."""
    claim = judged.claim
    return {
        "id": claim.id,
        "device": claim.device,
        "claim": str(claim.kind),
        "values": list(claim.values),
        "said_by": claim.said_by or None,
        "source": claim.source or None,
        "date": claim.date or None,
        "capture": judged.capture or None,
        "mac": judged.mac or None,
        "ips": list(judged.ips),
        "verdict": str(judged.verdict),
        "hours": round(judged.hours, 4),
        "because": [evidence_object(item) for item in judged.because],
    }
