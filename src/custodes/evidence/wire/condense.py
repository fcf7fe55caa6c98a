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
    if not one.true_count:
        return condensed(texts).dictionary_encode()
    servers = pc.extract_regex(texts, _SERVER).field(0)
    encoded: Any = pc.fill_null(servers, "").dictionary_encode()
    values = pc.binary_join_element_wise("HTTP/1.1 200\r\nServer:", encoded.dictionary, "\r\n\r\n", "")
    if one.true_count == len(texts):
        return pa.DictionaryArray.from_arrays(encoded.indices, values)
    rest: Any = pc.invert(one)
    others = condensed(texts.filter(rest)).dictionary_encode()
    shifted = pc.add(others.indices, pa.scalar(len(values), pa.int32()))
    places = pc.replace_with_mask(encoded.indices, rest, shifted)
    return pa.DictionaryArray.from_arrays(places, pa.concat_arrays([values, others.dictionary]))


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
