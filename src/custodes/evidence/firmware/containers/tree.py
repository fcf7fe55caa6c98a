"""Going through a file system whose folders and files have numbers, without recursion and without following loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from custodes.evidence.firmware.budget import Opened, Part
from custodes.model.firmware import Kind


def walk(
    opened: Opened,
    system: str,
    root: int,
    entries: Callable[[str, int], Iterable[tuple[str, int]]],
    place: Callable[[str, int], Part | None],
) -> None:
    """Take every place below the root. `entries`: names and numbers in a folder, by its path and number; `place`: what
    a path and number stand for, None for what is told otherwise. Raises Enough."""
    waiting, seen = [("", root)], {root}
    while waiting:
        path, folder = waiting.pop()
        below = []
        for name, number in sorted(entries(path, folder)):
            full = f"{path}/{name}".lstrip("/")
            part = place(full, number)
            if part is None:
                continue
            if part.kind is Kind.FOLDER:
                if number in seen:
                    opened.problems.append(f"{system}: {full[:80]} holds itself")
                    continue
                seen.add(number)
                below.append((full, number))
            opened.add(part)
        waiting += reversed(below)
