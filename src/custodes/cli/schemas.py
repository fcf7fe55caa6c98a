"""`custodes schema`: the published schemas, of outputs, of the files of a survey and of reference data."""

from __future__ import annotations

import json
import sys

from custodes.model.errors import BadUsage


def main(name: str | None) -> None:
    """Print one schema, or the names of all."""
    from custodes.knowledge.check import schema, schema_names
    from custodes.publication import schemas
    from custodes.survey import schemas as survey_files

    outputs = schemas.names()
    files = survey_files.names()
    rows = schema_names()
    if name is None:
        sys.stdout.write("outputs:         " + " ".join(outputs) + "\n")
        sys.stdout.write("survey files:    " + " ".join(files) + "\n")
        sys.stdout.write("reference data:  " + " ".join(rows) + "\n")
        return
    if name in outputs:
        found = schemas.schema(name)
    elif name in files:
        found = survey_files.schema(name)
    elif name in rows:
        found = schema(name)
    else:
        raise BadUsage(f"there is no schema {name[:60]!r}", remedy=f"one of {', '.join((*outputs, *files, *rows))}")
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
