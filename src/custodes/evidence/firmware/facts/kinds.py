"""What a file of an image is, as far as facts depend on it."""

from __future__ import annotations

import fnmatch
import io
import re
from collections.abc import Iterator
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


_HEAD = 4_096
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def is_text(data: bytes | memoryview) -> bool:
    """Whether a file is text, by its beginning, its middle and its end."""
    middle = len(data) // 2
    if any(_CONTROL.search(piece) for piece in (data[:_HEAD], data[middle : middle + _HEAD], data[-_HEAD:])):
        return False
    head = bytes(data[:_HEAD])
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return (error.start >= len(head) - 3 and len(data) > len(head)) or _is_latin(head)
    return True


def _is_latin(head: bytes) -> bool:
    """Whether most of a text in another encoding is plain."""
    return sum(byte < 128 for byte in head) * 10 >= len(head) * 9


def placed(text: str, between: str = "\n") -> Iterator[tuple[int, str]]:
    """The lines of a text, or what else is parted in it, each with the byte of the file that it begins at."""
    offset = 0
    for piece in text.split(between):
        yield offset, piece
        offset += len(piece.encode("utf-8", "replace")) + len(between)


def is_executed(path: str, data: bytes) -> bool:
    """Whether a text is run, or set up what runs: a script, or settings."""
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
    """Name, place and size of each section of an ELF file that has bytes in it; those before a damage."""
    from elftools.elf.elffile import ELFFile

    found = []
    try:
        for number, section in enumerate(ELFFile(io.BytesIO(data)).iter_sections()):
            if number > 4_096:
                break
            if section["sh_type"] != "SHT_NOBITS":
                found.append((str(section.name), int(section["sh_offset"]), int(section["sh_size"])))
    except Exception:
        return tuple(found)
    return tuple(found)
