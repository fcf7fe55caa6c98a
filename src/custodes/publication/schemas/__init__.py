"""Published, versioned JSON schemas of what the commands print."""

from __future__ import annotations

from pathlib import Path

from custodes.model.schemas import Schemas

_SCHEMAS = Schemas(Path(__file__).parent)
names = _SCHEMAS.names
schema = _SCHEMAS.schema
