"""A start without what is installed and not needed."""

from __future__ import annotations

import sys


class _Hidden:
    """Finds pandas nowhere."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """As of `importlib.abc.MetaPathFinder`. Raises ModuleNotFoundError for pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def without_pandas() -> None:
    """Let pyarrow look for pandas while there is none. With its first array it imports pandas wherever that is
    installed (0.2 CPU seconds), to know the arrays that it could be handed; nothing here hands it any.

    For processes that are this program's alone, and never for a library's import: from then on pyarrow takes what is
    pandas' for any other object, and looks only once. Whoever wants pandas itself still imports it.
    """
    import pyarrow as pa

    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _Hidden)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_Hidden)
