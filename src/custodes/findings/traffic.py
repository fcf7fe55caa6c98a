"""What a person should look at in the traffic of a device, said without accusing anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from custodes.model.assessment import Finding
from custodes.model.sources import SourceRow
from custodes.model.traffic import Traffic


def traffic_findings(found: Iterable[Traffic]) -> Iterator[Finding]:
    """Uploads to the internet, credentials and updates in the clear, resolvers that are not the network's."""
    for one in found:
        for text in one.uploads:
            yield _finding("traffic-upload", "serious", text, one, "ask where it is meant to go; if nowhere, block it")
        for text in one.credentials:
            told = f"credentials passed in the clear: {text}"
            yield _finding("traffic-credentials", "serious", told, one, "change them, and let them pass enciphered")
        for text in one.updates:
            told = f"asked for firmware over a connection that anybody on the way can read and change: {text}"
            yield _finding(
                "traffic-update", "check", told, one, "bring updates by hand, or through a server of your own"
            )
        for text in one.bypassed:
            told = f"asked the resolver {text}, which its network did not give it"
            yield _finding("traffic-resolver", "check", told, one, "see what that resolver is, and block others")


def _finding(kind: str, severity: str, text: str, one: Traffic, step: str) -> Finding:
    key = "\n".join((kind, one.device or f"{one.file} {one.row}", text))
    source = SourceRow(one.file, one.row)
    told = text if one.device else f"{one.mac or ', '.join(one.ips[:1])} (in no record): {text}"
    identity = "f-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return Finding(identity, kind, severity, told, one.device, (source,), step)
