"""Which encoding a text file is in: guessed on its bytes, then held against the whole file."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custodes.evidence.registers import formats
from custodes.evidence.registers.text import compact

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
_SHOWN = {
    "big5": "Big5",
    "gb18030": "GB18030",
    "cp949": "EUC-KR",
    "cp932": "Shift-JIS",
    "euc_jis_2004": "EUC-JP",
    "koi8_r": "KOI8-R",
    "mac_roman": "Mac Roman",
    "iso8859_2": "ISO 8859-2",
}
_NULS = 0.1  # share of the second places
_NOT_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


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
    return Encoding(codec, _SHOWN.get(codec, codec), _misfits(path, codec))


def _utf16(head: bytes) -> str:
    """UTF-16 without a BOM shows as NUL bytes in every second place, where there is ASCII: marks and digits."""
    sample = head[:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > _NULS * half and even < 0.1 * odd:
        return "utf-16-le"
    return "utf-16-be" if even > _NULS * half and odd < 0.1 * even else ""


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
    return b"\n".join(pieces), stretch[: stretch.rfind(b"\n") + 1] or stretch


def _legacy(sample: bytes, stretch: bytes) -> str:
    """The codec of a text that is no Unicode: by its script where that is not Latin, else by its letters."""
    found = _script(stretch)
    return found or _latin(sample)


#: Codecs of other scripts, each with the script that its text must show.
_SCRIPTS = {
    "big5": "CJK",
    "gb18030": "CJK",
    "cp949": "HANGUL",
    "cp932": "CJK HIRAGANA KATAKANA",
    "euc_jis_2004": "CJK HIRAGANA KATAKANA",
    "cp1251": "CYRILLIC",
    "koi8_r": "CYRILLIC",
    "iso8859_5": "CYRILLIC",
    "cp866": "CYRILLIC",
    "cp1253": "GREEK",
    "iso8859_7": "GREEK",
    "cp1255": "HEBREW",
    "cp1256": "ARABIC",
    "cp874": "THAI",
}
#: Shares: of signs above 127 that are letters, of letters that are of the script, of those beside a Latin letter.
_OF_SIGNS, _OF_SCRIPT, _MIXED = 0.6, 0.8, 0.3
_HEAD, _CELL = 10, re.compile(r"[,;\t|\"]")


def _script(stretch: bytes) -> str:
    """A codec of another script, if the text reads well in it; empty if it is Latin for all that can be told.

    Of several, the one in which cells are headings that registers are known to have.
    """
    from charset_normalizer import from_bytes

    matches = from_bytes(stretch, cp_isolation=list(_SCRIPTS), threshold=0.25)
    fitting = [(match.encoding, str(match)) for match in matches if _fits(match.encoding, str(match))]
    known = [_headings(text) for _, text in fitting]
    return fitting[known.index(max(known))][0] if fitting else ""


def _fits(codec: str, text: str) -> bool:
    """Whether nearly all signs above 127 are letters of the codec's script, and stand in words of their own."""
    wanted = tuple(_SCRIPTS.get(codec, "").split())
    signs = [(ch, before, after) for before, ch, after in _neighbours(text) if ch > "\x7f"]
    letters = [one for one in signs if one[0].isalpha()]
    if not wanted or len(letters) <= _FEW or len(letters) < _OF_SIGNS * len(signs):
        return False
    fit = sum(unicodedata.name(ch, "").startswith(wanted) for ch, _, _ in letters)
    mixed = sum(_ascii_letter(before) or _ascii_letter(after) for _, before, after in letters)
    return fit >= _OF_SCRIPT * len(letters) and mixed <= _MIXED * len(letters)


def _headings(text: str) -> int:
    """How many cells of the first lines, not all ASCII, are headings that some register format has."""
    cells = (cell for line in text.splitlines()[:_HEAD] for cell in _CELL.split(line) if not cell.isascii())
    heads = formats.load().heads
    return sum(compact(cell) in heads for cell in cells)


def _ascii_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _neighbours(text: str) -> Iterator[tuple[str, str, str]]:
    return zip(f" {text}", text, f"{text[1:]} ", strict=False)


#: Fewer signs than this tell no script: one word with an accent could be a syllable of Korean.
_FEW = 3
#: Letters with marks that names in Western and Central Europe are full of.
_WEST = frozenset("äöüßéèêëàâçñøåæœôîïûùáíóúìòãõÄÖÜÉÈÀÇÑØÅÆÁÍÓÚ")
_CENTRE = frozenset("ąćęłńóśźżěščřžýáíéúůťďňőűĄĆĘŁŃŚŹŻĚŠČŘŽŐŰ")
_SIGNS = frozenset("£€§°²³½®©™“”‘’…—–·•´")
_FIRST = 1  # more for the commonest: one sign alone proves no other
_APOSTROPHES = frozenset("’‘´–—")
_LATIN = (
    ("cp1252", _WEST),
    ("cp1250", _CENTRE | _WEST),
    ("iso8859_2", _CENTRE),
    ("cp850", _WEST),
    ("mac_roman", _WEST),
    ("cp852", _CENTRE),
)


def _latin(sample: bytes) -> str:
    """The Latin codec in which the bytes above 127 make the most usual letters, and the fewest signs inside words."""
    scores = [
        (_usual(sample.decode(codec, "replace"), letters) + _FIRST * (not n), -n, codec)
        for n, (codec, letters) in enumerate(_LATIN)
    ]
    best = max(scores)
    return best[2] if best[0] > 0 else "latin-1"


def _usual(text: str, letters: frozenset[str]) -> int:
    score = 0
    for before, ch, after in _neighbours(text):
        if ch > "\x7f":
            score += _weight(before, ch, after, letters)
    return score


def _weight(before: str, ch: str, after: str, letters: frozenset[str]) -> int:
    if ch in _SIGNS:
        return -3 if before.isalpha() and after.isalpha() and ch not in _APOSTROPHES else 1
    if not ch.isalpha():
        return -3 if before.isalpha() and after.isalpha() else -1
    if (ch.isupper() and before.islower()) or not (before.isalpha() or after.isalpha()):
        return -3  # a capital inside a word, or a letter alone
    return 2 if ch in letters else 0
