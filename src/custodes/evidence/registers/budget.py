"""Time spent inside the reader, not in whoever drains it."""

from __future__ import annotations

import time
from types import TracebackType


class Budget:
    """Seconds of work left. Use as `with budget:` around work; `spent_out` says whether to stop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent = 0.0
        self._since: float | None = None

    def __enter__(self) -> Budget:
        self._since = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._since is not None:
            self._spent += time.monotonic() - self._since
        self._since = None

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        running = time.monotonic() - self._since if self._since is not None else 0.0
        return max(0.0, self._seconds - self._spent - running)

    @property
    def spent_out(self) -> bool:
        """Whether the time is used up."""
        return self.left <= 0.0
