"""pyarrow imports pandas with its first array, where that is installed; here it does not, and nobody else is kept from
it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("pandas", reason="it is installed with what needs it only")


def _says(script: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_arrays_are_made_without_it() -> None:
    script = """
import sys
from custodes.model.lean import without_pandas
without_pandas()
import pyarrow as pa
pa.table({"a": pa.array(["b"])}).to_pylist()
print("pandas" in sys.modules, any("Hidden" in str(one) for one in sys.meta_path))
import pandas
print(len(pandas.Series([1, 2])))
"""
    assert _says(script) == ["False", "False", "2"]


@pytest.mark.parametrize("module", ["custodes.scale.spark", "custodes.cli.large", "custodes.estate.wire"])
def test_a_module_of_ours_does_nothing_to_whoever_imports_it(module: str) -> None:
    script = f"""
import {module}
import pandas, pyarrow as pa
print(pa.array(pandas.Series([1.0, float("nan")])).null_count)
"""
    assert _says(script) == ["1"]


def test_without_us_it_is_imported() -> None:
    """What this guards against: once pyarrow stops doing it, all of it can go."""
    assert _says('import sys, pyarrow as pa\npa.array(["b"])\nprint("pandas" in sys.modules)') == ["True"]
