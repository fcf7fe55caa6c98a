"""Arrow's compute functions without their incomplete types: chunked and plain arrays go through all of them alike."""

from __future__ import annotations

from typing import Any

import pyarrow.compute

pc: Any = pyarrow.compute
#: A table, array or chunked array, where which of them it is does not matter.
Arrow = Any
