"""Tables of networks: the bundled ones say what their publishers say, a user's own come first, a bad one is refused."""

from __future__ import annotations

import ipaddress
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.attribution.destinations import destination
from custodes.attribution.places import place_of
from custodes.knowledge import files, knowledge
from custodes.knowledge.networks import Says, load_networks
from custodes.knowledge.own_networks import with_own
from custodes.model.captures import Peer
from custodes.model.errors import BadInput

FOLDER = files.bundled() / "networks"
LOADED = load_networks(FOLDER)
DAY = date(2026, 11, 26)
HELD = pq.read_table(FOLDER / "asn-ipv4.parquet")


def _said(address: str, says: Says) -> list[str]:
    return [one.value for one in LOADED.of(address) if one.says is says]


def test_three_servers_of_one_firm_of_which_no_country_is_certain() -> None:
    """A measured case: US, SG and CN, by the table that one asks."""
    place = place_of("47.74.255.9", None, knowledge())
    assert (place.system, place.registered, place.system_country) == ("45102", "US", "CN")
    assert set(place.hosting) == {"US", "SG"}
    assert place.disputed is True
    assert {item.source for item in place.because} == {"https://github.com/sapics/ip-location-db"}
    assert all("as of 2026-06-" in item.text for item in place.because)


def test_countries_that_agree_are_not_disputed_and_kinds_are_kept_apart() -> None:
    china = place_of("120.27.7.78", None, knowledge())
    assert (china.system, china.registered, china.hosting, china.disputed) == ("37963", "CN", ("CN",), False)
    ireland = place_of("54.229.64.81", None, knowledge())
    assert (ireland.registered, ireland.system_country, ireland.hosting) == ("US", "US", ("IE",))
    assert ireland.disputed is False


def test_where_many_places_answer_the_machine_stands_nowhere_known() -> None:
    place = place_of("104.16.132.229", None, knowledge())
    assert place.system == "13335"
    assert place.hosting == ()
    assert "answers from many places" in place.because[-1].text
    whose = destination(Peer("13.224.0.1", 443, "tcp", names={"d1.cloudfront.net": "dns"}), DAY, knowledge())
    assert (whose.operator, whose.place.hosting) == ("Amazon", ())


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.0.1", "fe80::1", "", "no address", "2001:db8::1"])
def test_addresses_of_nobody_are_told_nothing_of(address: str) -> None:
    assert LOADED.of(address) == ()
    assert place_of(address, None, knowledge()).disputed is None


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
@pytest.mark.parametrize("table", ["asn", "asn-country", "geo-whois-asn-country", "dbip-country"])
def test_ranges_are_sorted_do_not_overlap_and_are_dated_and_credited(table: str, family: str) -> None:
    held = pq.read_table(FOLDER / f"{table}-{family}.parquet")
    first, last = held.column("first").to_pylist(), held.column("last").to_pylist()
    assert len(first) > 50_000
    assert all(low <= high for low, high in zip(first, last, strict=True))
    assert all(end < begin for end, begin in zip(last, first[1:], strict=False))
    told = held.schema.metadata
    assert date.fromisoformat(told[b"date"].decode()) <= DAY
    assert told[b"credit"]
    assert told[b"source"]


@given(st.integers(0, 2**32 - 1))
def test_a_look_up_is_what_a_filter_over_all_ranges_finds(number: int) -> None:
    first, last = pc.less_equal(HELD.column("first"), number), pc.greater_equal(HELD.column("last"), number)
    expected = HELD.filter(pc.and_(first, last)).column("value").to_pylist()
    assert _said(str(ipaddress.IPv4Address(number)), Says.ORIGIN) == expected


def _own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_ones_own_comes_first_and_does_not_hide_that_others_differ(tmp_path: Path) -> None:
    own = _own(tmp_path, "network,country,operator\n47.74.255.9/32,GB,Our own relay\n2a00:1450::1/128,GB,\n")
    loaded = knowledge().with_networks(with_own(LOADED, [own]))
    place = place_of("47.74.255.9", None, loaded)
    assert (place.hosting[0], set(place.hosting), place.disputed) == ("GB", {"GB", "US", "SG"}, True)
    assert place_of("47.74.255.10", None, loaded).hosting[0] != "GB"
    assert place_of("2a00:1450::1", None, loaded).hosting[0] == "GB"
    assert "GB" not in place_of("2a00:1450::2", None, loaded).hosting
    whose = destination(Peer("47.74.255.9", 443, "tcp"), DAY, loaded)
    assert (whose.operator, str(whose.status)) == ("Our own relay", "asserted")
    assert knowledge().networks is LOADED


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("network,country\n10.0.0.0/8,GB\n10.1.0.0/16,FR\n", "two rows overlap at 10.1.0.0"),
        ("network,country\nnowhere,GB\n", "no network"),
        ("first,last,country\n10.0.0.9,10.0.0.1,GB\n", "no network"),
        ("first,last,country\n10.0.0.9,::1,GB\n", "no network"),
        ("a,b\n1,2\n", "no column"),
        ("", "no column"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        with_own(LOADED, [_own(tmp_path, text)])


def test_a_file_that_is_no_maxmind_db_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(b"not a database")
    with pytest.raises(BadInput, match="no MaxMind DB"):
        with_own(LOADED, [path])
