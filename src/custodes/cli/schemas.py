"""`custodes schema`: the published schemas, of outputs and of reference data."""

from __future__ import annotations

import json
import sys

from custodes.model.errors import BadUsage


def main(name: str | None) -> None:
    """Print one schema, or the names of all."""
    from custodes.knowledge.check import schema, schema_names
    from custodes.publication import schemas

    outputs = schemas.names()
    rows = schema_names()
    if name is None:
        sys.stdout.write("outputs:         " + " ".join(outputs) + "\n")
        sys.stdout.write("reference data:  " + " ".join(rows) + "\n")
        return
    if name in outputs:
        found = schemas.schema(name)
    elif name in rows:
        found = schema(name)
    else:
        raise BadUsage(f"there is no schema {name[:60]!r}", remedy=f"one of {', '.join((*outputs, *rows))}")
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
