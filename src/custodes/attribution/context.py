"""What the words around a name say: does anything speak against it, and is anything left unexplained?

The rule is positive. A name is carried to an assertion only if every other word of the text is explained:
vocabulary of equipment, of organisations, of places inside a building, numbers, model codes. A word that says
"not", "former", "bracket for" is a reason; a word that nothing explains has the same effect without one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from custodes.attribution.codes import CodeHit
from custodes.attribution.names import NameHit
from custodes.attribution.tokens import CODE_LIKE, NUMBER, Words

CLAUSE_MARKS = frozenset(",;.|\n()")
#: Flags that govern a name from anywhere in its clause; the others only lower it to "check".
GOVERNING = (
    "purpose",
    "negation",
    "past",
    "accessory",
    "compatible",
    "service",
    "person",
    "placename",
    "future",
)
#: The longest piece of letters only that a mark may tie to a written code.
TIED_LETTERS = 2
#: Marks that carry meaning of their own: doubt, negation, change. ASCII ones by pattern, others by category.
_TELLING = re.compile(
    r"\?(?!\w+=)|\bn/a\b|!=|!(?=\w)|~~|~(?=[a-z])|</?[a-z]+>|<>|<-|->|=>|\^|\[\s*[x ]?\s*\]|^-(?=\w)|[<>]\s?\d|[؟⸮‽]"
    r"|(?<!:)//|/\*|^--|¿|(?<=\s)-(?:19|20)\d\d\b|(?:19|20)\d\d\s?-\s*$|:\s*[-{}\[\]]+\s*$"
)
#: What stands between the words of most texts: no telling mark can hide in these.
_PLAIN_GAPS = frozenset((" ", "-", "", ", ", ",", ".", ". ", " - ", ":", ": ", ";", "; ", "(", " (", ") ", "_"))
_TELLING_CATEGORIES = ("So", "Sm", "Sk")
_HARMLESS_SIGNS = frozenset("°±+=·|¦`´¨")
_QUIET_DIGITS = frozenset("3456789")  # a number that begins so is neither nought nor a year
_YEAR_DIGITS = frozenset("12")
_ZERO = re.compile(r"x?0+(?:x|no|nos|nr|pcs?|off|units?)?")
YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERIC = (NUMBER, CODE_LIKE, "code")
_BESIDE_NUMBERS = frozenset(".:,-")


class Reading(NamedTuple):
    """How the words of a text were understood.

    `kinds[i]`: class of word i ("name" and "code" for hits). `flags`: (flag name, word index) in text order.
    `unexplained`: indices of words that nothing explains.
    """

    kinds: tuple[str, ...]
    flags: tuple[tuple[str, int], ...]
    unexplained: tuple[int, ...]


def read_context(
    words: Words, base: Sequence[str], names: Sequence[NameHit], codes: Sequence[CodeHit], year: int
) -> Reading:
    """Classify every word of a text, given its names and codes.

    `base[i]` is the word's own class; `year` that of the reference data: a later one speaks of the future.
    """
    kinds = list(base)
    for name in names:
        if name.first == name.last:
            kinds[name.first] = "name"
        else:
            kinds[name.first : name.last + 1] = ["name"] * (name.last - name.first + 1)
    for code in codes:
        kinds[code.first : code.last + 1] = ["code"] * (code.last - code.first + 1)
    flags = [("accessory", code.first) for code in codes if code.accessory] if codes else []
    unexplained: list[int] = []
    for index, kind in enumerate(kinds):
        if kind in _QUIET or (kind == NUMBER and _tells_nothing(words.words[index])):
            continue
        if kind and kind != "attribute":
            flag = _flag(words, index, kinds, year) if kind in _TELLING_KINDS or kind[:5] == "flag:" else None
            flags += [(flag, index)] if flag else []
        elif not _explained_by_place(words, index, kinds):
            unexplained.append(index)
    if len(flags) > 1:
        flags.sort(key=lambda flag: flag[1])
    if _telling_mark(words):
        flags.append(("doubt", len(kinds)))
    return Reading(tuple(kinds), tuple(flags), tuple(unexplained))


#: Classes that explain a word and say nothing more.
_QUIET = frozenset(("device", "compound", "name", "code", "org", "business", "banner", "quantity", "stem", CODE_LIKE))
_TELLING_KINDS = frozenset((NUMBER, "place", "box", "short", "town"))


def _flag(words: Words, index: int, kinds: list[str], year: int) -> str | None:
    """The flag that a word raises where it stands, or None."""
    kind = kinds[index]
    if kind == "flag:placename" and words.gaps[index].startswith("="):
        return None  # the key of an attribute: "ST=..."
    if kind == "flag:person" and _begins_code(words, index):
        return None  # the first letters of a code ("DS-2CD..."), not a title
    if kind == NUMBER:
        return _number_flag(words, index, kinds, year)
    if kind == "short":
        inside = words.words[index] in ("at", "in") and kinds[index + 1 : index + 2] == ["name"]
        return "beside-place" if inside else None
    if kind == "town":
        return "beside-place" if kinds[index + 1 : index + 2] == ["name"] else None
    if kind == "place":
        return "beside-place" if _follows_name(words, index, kinds) else None
    if kind == "box":
        return None if "code" in kinds else "part"
    if _is_number_sign(words, index, kinds):
        return None
    return None if _purpose_after(kind, index, kinds) else kind[5:]


def _begins_code(words: Words, index: int) -> bool:
    """Whether one or two letters are tied by a dash to a word with a digit in it; a text may also end in the dash."""
    following = "".join(words.words[index + 1 : index + 2])
    return len(words.words[index]) <= 2 and words.gaps[index] == "-" and any(map(str.isdigit, following))


def _follows_name(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether a name stands right before, or its legal form, land or use between: "Firm server room"."""
    while index and "\n" not in words.gaps[index - 1]:
        index -= 1
        if kinds[index] == "name":
            return True
        if kinds[index] not in ("org", "business", "town", "compound"):
            return False
    return False


def _explained_by_place(words: Words, index: int, kinds: list[str]) -> bool:
    """A piece of a written code ("(S)(W)"), or an attribute's key or short value ("O=Firm", "C=GB")."""
    before = words.gaps[index - 1] if index else ""
    if kinds[index] == "attribute":
        if words.words[index] == "x":
            return NUMBER in kinds[max(index - 1, 0) : index + 2]
        return words.gaps[index].startswith("=") or before.endswith("=")
    if _tied_to_code(words, index, kinds):
        kinds[index] = "code"
        return True
    return False


def _number_flag(words: Words, index: int, kinds: Sequence[str], year: int) -> str | None:
    """What a number says beside being one: none at all, a span of years gone by, a year to come."""
    word = words.words[index]
    if _is_nought(word):
        return None if _part_of_number(words, index, kinds) or _numbers_a_thing(words, index, kinds) else "negation"
    if YEAR.fullmatch(word):
        if int(word) > year:
            return "future"
        later = [at for at in range(index + 1, len(kinds)) if YEAR.fullmatch(words.words[at])]
        if later and any(mark in "".join(words.gaps[index : later[0]]) for mark in "-/"):
            return "past"
    return None


def _part_of_number(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether a zero is a piece of a longer number: a version, an address, a time."""
    if _all_noughts(words, index, kinds):
        return False
    before = index > 0 and words.gaps[index - 1][-1:] in _BESIDE_NUMBERS and kinds[index - 1] in _NUMERIC
    last = index + 1 == len(kinds)
    return before or (not last and words.gaps[index][:1] in _BESIDE_NUMBERS and kinds[index + 1] in _NUMERIC)


def _all_noughts(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether the number that a nought is a piece of is nought as a whole: "0.00"."""
    first = last = index
    while first and words.gaps[first - 1] in _BESIDE_NUMBERS and kinds[first - 1] in _NUMERIC:
        first -= 1
    while last + 1 < len(kinds) and words.gaps[last] in _BESIDE_NUMBERS and kinds[last + 1] in _NUMERIC:
        last += 1
    return all(_is_nought(words.words[at]) for at in range(first, last + 1))


def _is_nought(word: str) -> bool:
    return bool(_ZERO.fullmatch(word)) or (word.isdecimal() and int(word) == 0)


def _tells_nothing(word: str) -> bool:
    """Whether a number can be neither nought nor a year, told by how it begins and how long it is."""
    return word[0] in _QUIET_DIGITS or (word[0] in _YEAR_DIGITS and len(word) != 4)


def _numbers_a_thing(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether a zero is the number of one thing in a text without a make: "Camera 0", not "Cameras: 0"."""
    if not index or words.gaps[index - 1] not in (" ", "", "-", "_") or "name" in kinds or "code" in kinds:
        return False
    return kinds[index - 1] in ("device", "place", "box", "short") and not words.words[index - 1].endswith("s")


def _telling_mark(words: Words) -> bool:
    """Whether a mark stands in the text that says something no word says: "?", a cross, an arrow, a strike."""
    text = words.text
    if _PLAIN_GAPS.issuperset(words.gaps) and text[:1].isalnum():
        return False
    if _TELLING.search(text):
        return True
    if text.isascii():
        return False
    return any(
        mark in "†‡×✕\u0335\u0336\u0337\u0338"
        or (mark > "\x7f" and mark not in _HARMLESS_SIGNS and unicodedata.category(mark) in _TELLING_CATEGORIES)
        for mark in text
    )


#: Marks behind the "no" of a numbered answer.
_ANSWERED = frozenset(("-", "–", "—", ",", ":", ";"))


def _is_number_sign(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether "no" is the sign for a number: "No. 5", "2 no", and "2 no Firm" where a text or clause begins."""
    if words.words[index] not in ("no", "nos"):
        return False
    before = words.words[index - 1] if index else ""
    if before.isdigit() and len(before) <= 3 and before.strip("0") and words.gaps[index - 1] in (" ", ""):
        begins = index == 1 or _clause_break(words, index - 2, index - 1)
        mark = words.gaps[index].strip()
        if index == 1 and mark in _ANSWERED and index + 1 < len(kinds):
            return False  # "7 No - Firm": the answer to the seventh question
        ends = index + 1 == len(kinds) or mark != ""
        return ends or (begins and not YEAR.fullmatch(before))
    after = words.words[index + 1] if index + 1 < len(kinds) else ""
    told = index > 0 and ":" in words.gaps[index - 1]  # "Firm: No. 14 cameras" is an answer
    return after.isdigit() and words.gaps[index] in (".", ". ") and not told


def _purpose_after(kind: str, index: int, kinds: Sequence[str]) -> bool:
    """Whether a "for" stands after every name: it then says what the device is for, not what it belongs to."""
    return kind == "flag:purpose" and not any(later in ("name", "code") for later in kinds[index + 1 :])


def _tied_to_code(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether one or two letters are the last piece of a written code: "X2-P", "(S)(W)"."""
    if not index or len(words.words[index]) > TIED_LETTERS:
        return False
    tied = words.gaps[index - 1] in ("-", "/", "(", "(-", "_", ")(")
    if YEAR.fullmatch(words.words[index - 1]):
        return False
    return tied and kinds[index - 1] in (CODE_LIKE, "code", NUMBER)


def governing_flag(words: Words, reading: Reading, first: int, last: int, succession: frozenset[str]) -> str | None:
    """The flag that speaks about the name at words `first`..`last`, or None.

    `succession`: words after which a successor is named ("replaced by", "was X, now").

    A flag before the name governs it over lists ("no X or Y"), one after it up to the end of its clause;
    another name between takes it over. A place word must follow directly ("X Road").
    """
    best: tuple[int, str] | None = None
    for flag, index in reading.flags:
        if flag not in GOVERNING:
            continue
        distance = _distance(words, reading, index, first, last, flag, succession)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, flag)
    return best[1] if best else None


def _distance(
    words: Words,
    reading: Reading,
    index: int,
    first: int,
    last: int,
    flag: str,
    succession: frozenset[str],
) -> int | None:
    if flag == "placename":
        near = last < index <= last + 2 and not _clause_break(words, last, index)
        return index - last if near else None
    if index < first:
        between = range(index + 1, first)
        if flag == "past" and not succession.isdisjoint(words.words[index + 1 : first]):
            return None
        if flag in ("past", "future") and any(reading.kinds[i] == "name" for i in between):
            return None
        if flag == "negation" and _sentence_break(words, index, first):
            return None
        return first - index
    between = range(last + 1, index)
    if any(reading.kinds[i] == "name" for i in between) or _clause_break(words, last, index):
        return None
    return index - last


def _clause_break(words: Words, start: int, end: int) -> bool:
    return any(mark in CLAUSE_MARKS for gap in words.gaps[start:end] for mark in gap)


def _sentence_break(words: Words, start: int, end: int) -> bool:
    return any(mark in ";.\n|" for gap in words.gaps[start:end] for mark in gap if gap.strip() != ".")
