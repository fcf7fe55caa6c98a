"""What a fetched file begins with: programs, archives and images of firmware are told from pages, answers and pictures.

Pages and answers of interfaces are no files, and pictures, sound and film may show people: neither is written down.
"""

from __future__ import annotations

from collections.abc import Sequence

#: First bytes to the kind of file, each as its format's description gives them.
_MAGIC: Sequence[tuple[bytes, str]] = (
    (b"\x7fELF", "elf"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"DH\x03\x04", "zip (DH)"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"hsqs", "squashfs"),
    (b"sqsh", "squashfs"),
    (b"\x27\x05\x19\x56", "uimage"),
    (b"\xd0\x0d\xfe\xed", "device tree or FIT"),
    (b"HDR0", "trx"),
    (b"UBI#", "ubi"),
    (b"070701", "cpio"),
    (b"\x85\x19", "jffs2"),
)
_NO_FILES = ("text/", "image/", "video/", "audio/", "multipart/", "font/", "message/")
_NO_FILE = frozenset(f"application/{name}" for name in ("json", "xml", "javascript", "x-javascript", "xhtml+xml"))
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")


def kind_of(start: bytes, content_type: str) -> str:
    """The kind of a fetched file, by its first bytes, else as it was announced; empty if it is none to write down."""
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    told = content_type.partition(";")[0].strip().lower()
    plain = told.startswith(_NO_FILES) or told in _NO_FILE or told.endswith(("+json", "+xml"))
    markup = not told and start.lstrip()[:1] in (b"<", b"{", b"[")
    return "" if plain or markup or start.startswith(_PICTURES) else told or "data"
