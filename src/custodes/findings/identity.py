"""What identifies a finding: a hash of what it is about, the same in every run."""

from __future__ import annotations

import hashlib


def finding_id(*parts: str, prefix: str = "f-") -> str:
    """The id of a finding of these parts."""
    return prefix + hashlib.sha256("|".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
