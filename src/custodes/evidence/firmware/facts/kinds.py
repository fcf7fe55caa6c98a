"""What a file of an image is, as far as facts depend on it."""

from __future__ import annotations

import fnmatch
import io
from functools import lru_cache

from custodes.model.firmware import Grade

#: Texts for readers: what they say is not what a device does.
_REFERENCE = ("usr/share/doc/*", "usr/share/man/*", "usr/share/info/*", "usr/share/licenses/*", "usr/share/locale/*",
              "usr/share/mime/*", "usr/share/zoneinfo/*", "*/LICENSE*", "*/COPYING*", "*/README*", "*/CHANGELOG*",
              "*.md", "usr/include/*", "usr/share/lintian/*", "usr/share/bug/*")  # fmt: skip
_SETTINGS = (".conf", ".cfg", ".ini", ".json", ".xml", ".yaml", ".yml", ".sh", ".lua", ".service", ".rules", ".rc",
             ".properties", ".env")  # fmt: skip


def is_reference(path: str) -> bool:
    """Whether a file is for readers only."""
    return any(fnmatch.fnmatchcase(path, one) for one in _REFERENCE)


def is_text(data: bytes) -> bool:
    """Whether a file is text."""
    head = data[:4_096]
    if b"\0" in head:
        return False
    try:
        head[: -4 if len(data) > len(head) else None].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_executed(path: str, data: bytes) -> bool:
    """Whether a text is run, or set up what runs: a script, or settings."""
    if not is_text(data):
        return False
    return data[:2] == b"#!" or path.startswith("etc/") or "/etc/" in path or path.endswith(_SETTINGS)


class Names:
    """Where in a program the names of what it links stand."""

    def __init__(self, data: bytes) -> None:
        self._ranges = _ranges(data) if data[:4] == b"\x7fELF" else ()

    def grade(self, offset: int) -> Grade:
        """How near a text at this place is to what runs."""
        linked = any(start <= offset < end for start, end in self._ranges)
        return Grade.LINKED if linked else Grade.STRING


def _ranges(data: bytes) -> tuple[tuple[int, int], ...]:
    return tuple(
        (start, start + size) for name, start, size in sections(data) if name in (".dynstr", ".strtab", ".symtab")
    )


@lru_cache(maxsize=2)
def sections(data: bytes) -> tuple[tuple[str, int, int], ...]:
    """Name, place and size of each section of an ELF file; empty if it is damaged."""
    from elftools.elf.elffile import ELFFile

    found = []
    try:
        for number, section in enumerate(ELFFile(io.BytesIO(data)).iter_sections()):
            if number > 4_096:
                break
            found.append((str(section.name), int(section["sh_offset"]), int(section["sh_size"])))
    except Exception:
        return tuple(found)
    return tuple(found)
