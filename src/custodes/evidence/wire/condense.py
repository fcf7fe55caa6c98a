"""Answers without the headers that nobody reads, all of a column at once: what differs only in them is read once.

Of a server's answers nearly every one differs: in the date, the length, a tag. `read_reply` looks at a few headers and
at the page. An answer of headers alone is written here without the others, and says the same to it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodes.evidence.wire.banners import MOST_HEADERS
from custodes.evidence.wire.texts import MOST_BYTES

#: Printable ASCII, tabs and blanks, without the sign that opens markup.
_SIGNS = r"\t -;=-~"


def _but(letters: str) -> str:
    """A class of the printable signs without some."""
    kept = (chr(code) for code in range(0x21, 0x7F) if chr(code) not in f"<{letters}")
    return "[" + "".join(f"\\x{ord(sign):02x}" for sign in kept) + "]"


#: How a line begins that is none of server, set-cookie, user-agent, usn, x-powered-by, www-authenticate, location, st,
#: nt, nts. One that begins with a blank may be any of them.
_OTHER = "|".join(
    (
        _but("sSuUxXwWlLnN"),
        f"[sS]{_but('eEtT')}",
        f"[sS][tT]{_but(':')}",
        f"[uU]{_but('sS')}",
        f"[xX]{_but('-')}",
        f"[xX]-{_but('pP')}",
        f"[wW]{_but('wW')}",
        f"[lL]{_but('oO')}",
        f"[nN]{_but('tT')}",
        f"[nN][tT]{_but('sS:')}",
    )
)
#: Written out: where case is folded, a long s of another alphabet is an s.
_HTTP, _NAME = "[hH][tT][tT][pP]", "[sS][eE][rR][vV][eE][rR]"
_ANY = f"(?:{_HTTP}|[rR][tT][sS][pP]|[sS][iI][pP])"
_LINE = rf"\r?\n(?:{_OTHER})[{_SIGNS}]*"
#: An answer of HTTP that is plain headers to its end, of which at most one is read: the server, early on.
_ONE = (
    rf"^{_HTTP}/\d(?:\.\d)? \d{{3}}(?:[\t -/;=@\[-^`{{-~][\t -9;=-~]*)?"
    rf"(?:(?:{_LINE}){{0,12}}\r?\n{_NAME}:[{_SIGNS}]*)?(?:{_LINE})*(?:\r?\n)*$"
)
_SERVER = rf"\n{_NAME}:(?P<server>[^\r\n]*)"
#: That header as nearly all write it.
_USUAL = "\nServer:"
#: An answer of HTTP, RTSP or SIP that is plain headers to its end: printable ASCII in lines, no markup, no page.
_PLAIN = (
    rf"^{_ANY}/\d(?:\.\d)? \d{{3}}\b[{_SIGNS}]*"
    rf"(?:\r?\n[{_SIGNS}]+)*(?:\r?\n)*$"
)
_OTHERS = rf"\n(?:{_OTHER})[^\n]*"
_STATUS = rf"^({_ANY}/\d(?:\.\d)?) \d{{3}}\b[^\r\n:]*(\r|\n|$)"


def told_apart(texts: Any) -> Any:
    """A column of replies, encoded as text, as a dictionary of those that `read_reply` may read otherwise. No nulls.

    Each value is a reply that it reads as it reads those that stand for it, and need not be any of them.
    """
    one: Any = pc.and_(pc.match_substring_regex(texts, _ONE), _whole(texts))
    parts: Any = pc.split_pattern(texts, _USUAL, max_splits=1)
    usual: Any = pc.and_(one, pc.equal(pc.list_value_length(parts), pa.scalar(2, pa.int32())))
    odd, rest = pc.and_not(one, usual), pc.invert(one)
    found: list[tuple[Any, Any]] = [(usual, _by_server(_behind(parts, usual)))]
    if odd.true_count:
        found.append((odd, _by_server(pc.extract_regex(texts.filter(odd), _SERVER).field(0))))
    if rest.true_count:
        found.append((rest, condensed(texts.filter(rest)).dictionary_encode()))
    return _together(found)


def _behind(parts: Any, chosen: Any) -> Any:
    """What stands behind the name of the server, up to the end of its line, in chosen texts that are cut in two there:
    cutting twice is half the price of a regular expression that captures."""
    ends: Any = pc.subtract(parts.offsets.slice(1).filter(chosen), pa.scalar(1, pa.int32()))
    lines: Any = pc.list_element(pc.split_pattern(parts.values.take(ends), "\n", max_splits=1), 0)
    return pc.ascii_rtrim(lines, "\r")


def _by_server(servers: Any) -> Any:
    """Answers of which only the server is read, as dictionary of such answers."""
    encoded: Any = pc.fill_null(servers, "").dictionary_encode()
    values = pc.binary_join_element_wise("HTTP/1.1 200\r\nServer:", encoded.dictionary, "\r\n\r\n", "")
    return pa.DictionaryArray.from_arrays(encoded.indices, values)


def _together(found: list[tuple[Any, Any]]) -> Any:
    """One dictionary column of several: each with the rows that it is of; every row is of one of them."""
    places: Any = pa.nulls(len(found[0][0]), pa.int32())
    before = 0
    for chosen, encoded in found:
        places = pc.replace_with_mask(places, chosen, pc.add(encoded.indices, pa.scalar(before, pa.int32())))
        before += len(encoded.dictionary)
    return pa.DictionaryArray.from_arrays(places, pa.concat_arrays([encoded.dictionary for _, encoded in found]))


def condensed(texts: Any) -> Any:
    """A column of replies, each without what `read_reply` passes over, or as it is. No nulls."""
    few: Any = pc.less_equal(pc.count_substring(texts, "\n"), pa.scalar(MOST_HEADERS, pa.int32()))
    plain: Any = pc.and_(pc.and_(pc.match_substring_regex(texts, _PLAIN), few), _whole(texts))
    if not plain.true_count:
        return texts
    short = pc.replace_substring_regex(texts.filter(plain), _OTHERS, "")
    short = pc.replace_substring_regex(short, _STATUS, r"\1 200\2", max_replacements=1)
    return short if plain.true_count == len(texts) else pc.replace_with_mask(texts, plain, short)


def _whole(texts: Any) -> Any:
    """Which replies are looked at to their ends."""
    return pc.less_equal(pc.binary_length(texts), pa.scalar(MOST_BYTES, pa.int32()))
