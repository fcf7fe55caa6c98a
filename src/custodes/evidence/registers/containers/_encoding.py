"""Which encoding a text file is in: guessed on its bytes, then held against the whole file."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_RUNS = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 200_000
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_CENTRAL = re.compile(rb"[A-Za-z][\xb3\xb9\xbf\x9f](?=[A-Za-z ,;\"]|\Z)|[\xa3\xaf\x8f\x8c][a-z]{2}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name for Python, the name to show, and how many bytes do not fit it."""

    codec: str
    shown: str
    bad: int = 0


def detect(path: Path) -> Encoding:
    """The encoding of a file, verified over all of it (`bad` counts what had to be replaced)."""
    with path.open("rb") as handle:
        head = handle.read(_CHUNK)
    for bom, codec in _BOMS:
        if head.startswith(bom):
            shown = {"utf-8-sig": "UTF-8 with BOM", "utf-16": "UTF-16", "utf-32": "UTF-32"}[codec]
            return Encoding(codec, shown, _misfits(path, codec))
    wide = _utf16(head)
    if wide:
        return Encoding(wide, wide.upper().replace("UTF-16-", "UTF-16 "), _misfits(path, wide))
    high, bad, good = _utf8(path)
    if not high:
        return Encoding("utf-8", "ASCII")
    if not bad or good >= 4 * bad:
        return Encoding("utf-8", "UTF-8", bad)
    codec = _legacy(*_high_bytes(path))
    return Encoding(codec, {"gb18030": "GB18030", "cp932": "Shift-JIS"}.get(codec, codec), _misfits(path, codec))


def _utf16(head: bytes) -> str:
    """UTF-16 without a BOM shows as NUL bytes in every second place of ASCII text."""
    sample = head[:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else ""


def _utf8(path: Path) -> tuple[bool, int, int]:
    """(any byte above 127, bytes that are no UTF-8, characters above 127 that are)."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    high, bad, good = False, 0, 0
    with path.open("rb") as handle:
        while True:
            chunk = handle.read(_CHUNK)
            if not chunk.isascii():
                high = True
            text = decoder.decode(chunk, final=not chunk)
            if not text.isascii():
                lost = text.count("�")
                bad += lost
                good += sum(1 for ch in text[:_SAMPLE] if ch > "\x7f") - lost if bad < 1000 else 0
            if not chunk:
                return high, bad, good


def _misfits(path: Path, codec: str) -> int:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    bad = 0
    with path.open("rb") as handle:
        while True:
            chunk = handle.read(_CHUNK)
            bad += decoder.decode(chunk, final=not chunk).count("�")
            if not chunk:
                return bad


def _high_bytes(path: Path) -> tuple[bytes, bytes]:
    """Pieces of the file around bytes above 127, and one whole stretch from the first such line on."""
    pieces: list[bytes] = []
    stretch = b""
    held = 0
    with path.open("rb") as handle:
        while held < _SAMPLE and (chunk := handle.read(_CHUNK)):
            for match in _RUNS.finditer(chunk):
                stretch = stretch or chunk[chunk.rfind(b"\n", 0, match.start()) + 1 :][:_SAMPLE]
                piece = chunk[max(0, match.start() - 1) : match.end() + 2]
                pieces.append(piece)
                held += len(piece)
                if held >= _SAMPLE:
                    break
    return b"\n".join(pieces), stretch


def _legacy(sample: bytes, stretch: bytes) -> str:
    runs = _RUNS.findall(sample)
    if _kana(stretch) >= 0.3:
        return "cp932"
    if _hanzi(runs) >= 0.7:
        return "gb18030"
    letters = b"".join(run for run in runs if len(run) >= 3)
    if len(letters) >= 0.5 * sum(map(len, runs)) and _cyrillic(letters):
        return "cp1251"
    if _CENTRAL.search(sample):
        return "cp1250"
    return "latin-1" if any(byte in _NOT_1252 for run in runs for byte in run) else "cp1252"


def _kana(sample: bytes) -> float:
    """Share of kana among the characters above 127 if the sample is read as Shift-JIS."""
    text = [ch for ch in sample.decode("cp932", "replace") if ch > "\x7f"]
    if not text or text.count("�") > 0.05 * len(text):
        return 0.0
    return sum(1 for ch in text if "぀" <= ch <= "ヿ") / len(text)


def _hanzi(runs: list[bytes]) -> float:
    """Share of bytes above 127 that make the common characters and signs of GB 2312."""
    total = sum(map(len, runs))
    fit = 0
    for run in runs:
        for first, second in zip(run[0::2], run[1::2], strict=False):
            if (0xB0 <= first <= 0xD7 or 0xA1 <= first <= 0xA3) and second >= 0xA1:
                fit += 2
    return fit / total if total else 0.0


def _cyrillic(letters: bytes) -> bool:
    return sum(1 for byte in letters if byte >= 0xC0) >= 0.95 * len(letters) and any(byte >= 0xE0 for byte in letters)
