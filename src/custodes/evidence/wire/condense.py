"""Answers without the headers that nobody reads, all of a column at once: what differs only in them is read once.

Of a server's answers nearly every one differs: in the date, the length, a tag. `read_reply` looks at a few headers and
at the page. An answer of headers alone is written here without the others, and says the same to it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodes.evidence.wire.banners import MOST_HEADERS

#: An answer of HTTP, RTSP or SIP that is plain headers to its end: printable ASCII in lines, no markup, no page.
_PLAIN = (
    r"^(?:(?i:HTTP|RTSP|SIP)/\d(?:\.\d)? \d{3}\b|(?i:NOTIFY) \* (?i:HTTP)/1\.[01]\b)[\t -;=-~]*"
    r"(?:\r?\n[\t -;=-~]+)*(?:\r?\n)*$"
)
#: A line that is none of server, set-cookie, user-agent, usn, x-powered-by, www-authenticate, location, st, nt, nts,
#: by how it begins. One that begins with a blank may be any of them.
_OTHER = (
    r"\n(?:[^sSuUxXwWlLnN \t\r\n]|[sS][^eEtT\r\n]|[sS][tT][^: \t\r\n]|[uU][^sS\r\n]|[xX][^\-\r\n]|[xX]-[^pP\r\n]"
    r"|[wW][^wW\r\n]|[lL][^oO\r\n]|[nN][^tT\r\n]|[nN][tT][^sS: \t\r\n])[^\n]*"
)
_STATUS = r"^((?i:HTTP|RTSP|SIP)/\d(?:\.\d)?) \d{3}\b[^\r\n:]*(\r|\n|$)"


def condensed(texts: Any) -> Any:
    """A column of replies, each with nothing in it that `read_reply` passes over, or as it is. No nulls."""
    few: Any = pc.less_equal(pc.count_substring(texts, "\n"), pa.scalar(MOST_HEADERS, pa.int32()))
    plain: Any = pc.and_(pc.match_substring_regex(texts, _PLAIN), few)
    if not plain.true_count:
        return texts
    short = pc.replace_substring_regex(texts.filter(plain), _OTHER, "")
    short = pc.replace_substring_regex(short, _STATUS, r"\1 200\2", max_replacements=1)
    return short if plain.true_count == len(texts) else pc.replace_with_mask(texts, plain, short)
