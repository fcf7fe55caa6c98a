import csv
import io
import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from custodes.publication.text import clean, escape_json, looks_live, no_formula, pad, shorten, width, wrap

ANY = st.text(alphabet=st.characters(), max_size=200)
HOSTILE = st.text(
    alphabet=st.sampled_from("=+-@\t\r\n a'\"\x00\x1b[31m\x9b\u202e\u2066\u200b\ud800\ufeff漢e\u0301"),
    max_size=40,
)


@given(ANY | HOSTILE)
def test_clean_leaves_nothing_hidden(text):
    told = clean(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in told)
    assert not any(c in told for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u2028")
    assert clean(told) == told
    told.encode("utf-8")


def test_clean_takes_colour_codes_out_whole():
    assert clean("a\x1b[31mred\x1b[0m \x9b2Jb") == "ared b"
    assert clean(None) == ""
    assert clean("one\r\ntwo\u2028three") == "one two three"


def test_joiners_of_living_scripts_stay():
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@given(ANY | HOSTILE)
def test_no_csv_cell_is_live(text):
    out = io.StringIO()
    csv.writer(out).writerow([no_formula(text)])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not looks_live(cell)


@given(ANY | HOSTILE)
def test_json_is_lossless_and_shows_nothing_hidden(text):
    told = escape_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(told) == text
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Co") or c.isprintable() for c in told if ord(c) < 0xE000)
    assert not any(c in told for c in "\u202e\u2066\u009b\u2028")
    told.encode("utf-8")


@given(ANY, st.integers(min_value=2, max_value=60))
def test_widths_hold(text, columns):
    told = clean(text)
    assert width(shorten(told, columns)) <= columns
    assert width(pad(told, columns)) == columns
    lines = wrap(told, max(columns, 4))
    assert all(width(line) <= max(columns, 4) for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(told.split())


def test_wide_characters_count_two():
    assert width("漢字") == 4
    assert shorten("漢字漢字", 5) == "漢字…"
