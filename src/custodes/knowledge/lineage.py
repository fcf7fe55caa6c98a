"""References of known code: files of hashes that `custodes firmware reference` writes; the pack has open code."""

from __future__ import annotations

import array
import base64
import binascii
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from custodes.knowledge.files import bundled
from custodes.model.errors import BadInput
from custodes.model.firmware import Reference

_FORM = "custodes:lineage:1"
_MOST_BYTES = 256 << 20


def written(reference: Reference) -> str:
    """A reference as the text of its file."""
    told = {
        "form": _FORM, "name": reference.name, "baseline": reference.baseline, "source": reference.source,
        "date": reference.date, "count": len(reference.hashes), "hashes": _packed(reference.hashes),
    }  # fmt: skip
    return json.dumps(told, indent=1) + "\n"


def read_reference(path: Path) -> Reference:
    """A reference from its file. Raises BadInput."""
    remedy = "`custodes firmware reference` writes such files"
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput("the file is too large for a reference", where=path.name, remedy=remedy)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["form"] != _FORM:
            raise ValueError(f"its form is {str(told['form'])[:40]!r}")
        hashes = _unpacked(told["hashes"])
        return Reference(
            str(told["name"])[:200], bool(told["baseline"]), str(told["source"])[:500], str(told["date"])[:10], hashes
        )
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        why = str(error).splitlines()[0][:120]
        raise BadInput("this is no reference of known code", where=path.name, why=why, remedy=remedy) from None


def references(paths: Iterable[Path]) -> list[Reference]:
    """The references in files, with the open code of the pack. Raises BadInput."""
    pack = sorted((bundled() / "lineage").glob("*.json"))
    return [read_reference(path) for path in (*pack, *paths)]


def _packed(hashes: Sequence[int]) -> str:
    held = array.array("Q", sorted(set(hashes)))
    if sys.byteorder == "little":
        held.byteswap()
    return base64.b64encode(held.tobytes()).decode("ascii")


def _unpacked(text: str) -> Sequence[int]:
    held = array.array("Q")
    held.frombytes(base64.b64decode(text, validate=True))
    if sys.byteorder == "little":
        held.byteswap()
    return held
