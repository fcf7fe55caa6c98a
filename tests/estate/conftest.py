"""The example estate assessed once, and papers filled from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Assessed, Options, assess
from custodes.estate.papers import Beside, fill
from custodes.estate.ruling import Ruling
from custodes.knowledge import knowledge
from custodes.model.papers import Paper

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
AS_AT = date(2026, 11, 22)


@pytest.fixture(scope="session")
def paper_of() -> Callable[..., Paper]:
    """Fill a form: `paper_of(form, path=..., country=..., beside=..., packs=..., as_at=...)`."""
    held: dict[Any, Assessed] = {}

    def make(
        form: str,
        path: Path = EXAMPLE,
        country: str = "",
        beside: Beside | None = None,
        packs: tuple[Path, ...] = (),
        as_at: date = AS_AT,
        kind: str = "",
        body: str = "",
    ) -> Paper:
        ruling = Ruling(country=country, body_kind=kind)
        key = (path, country, packs, as_at, kind)
        if key not in held:
            held[key] = assess(load_estate(path), Options(as_at, packs, ruling=ruling))
        loaded = knowledge(packs)
        return fill(loaded.forms[form], held[key], loaded, ruling, beside or Beside(), body)

    return make
