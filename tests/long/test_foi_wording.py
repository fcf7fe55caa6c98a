"""The wording of replies as it is shipped is what its tool learns from the labelled ones."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.long


def test_learning_again_gives_the_same_weights(tmp_path: Path) -> None:
    """Up to one unit in the last place: other processors add in another order."""
    model = ROOT / "src" / "custodes" / "survey" / "foi" / "wording.json"
    kept = tmp_path / "wording.json"
    shutil.copy(model, kept)
    try:
        subprocess.run(["make", "-C", str(ROOT), "wording"], check=True, capture_output=True)
        new, old = (json.loads(path.read_text(encoding="utf-8")) for path in (model, kept))
    finally:
        shutil.copy(kept, model)
    assert new["kinds"] == old["kinds"]
    shared = new["terms"].keys() & old["terms"].keys()
    assert len(shared) >= 0.999 * len(old["terms"])
    assert all(abs(a - b) <= 1 for term in shared for a, b in zip(new["terms"][term], old["terms"][term], strict=True))
