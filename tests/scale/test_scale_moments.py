"""Times as tables write them: one meaning each, whatever the type of the column."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.scale.moments import MOMENT, can_be, moments

WHEN = datetime(2026, 11, 27, 10, 30, 15, 250_000, tzinfo=UTC)
SECONDS = 1_795_775_415


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([WHEN], pa.timestamp("us", "UTC")), WHEN),
        (pa.array([WHEN], pa.timestamp("ms", "Europe/London")), WHEN),
        (pa.array([WHEN.replace(tzinfo=None)], pa.timestamp("ns")), WHEN),
        (pa.array([date(2026, 11, 27)]), datetime(2026, 11, 27, tzinfo=UTC)),
        (pa.array([SECONDS]), WHEN.replace(microsecond=0)),
        (pa.array([SECONDS], pa.uint32()), WHEN.replace(microsecond=0)),
        (pa.array([SECONDS * 1000 + 250]), WHEN),
        (pa.array([SECONDS * 1_000_000 + 250_000]), WHEN),
        (pa.array([SECONDS * 1_000_000_000 + 250_000_000]), WHEN),
        (pa.array([SECONDS + 0.25]), WHEN),
        (pa.array([f"{SECONDS}.25"]), WHEN),
        (pa.array(["2026-11-27T10:30:15.25Z"]), WHEN),
        (pa.array(["2026-11-27 11:30:15.250+01:00"]), WHEN),
        (pa.array(["2026-11-27T10:30:15.250"]), WHEN),
        (pa.array(["2026-11-27"]).dictionary_encode(), datetime(2026, 11, 27, tzinfo=UTC)),
        (pa.array(["2026-11-27T10:30:15.250999999Z"]), WHEN.replace(microsecond=250_999)),
        (pa.array(["20261127"]), datetime(2026, 11, 27, tzinfo=UTC)),
        (pa.array(["2024"]), None),
        (pa.array([2024]), None),
        (pa.array([20_261_127]), None),
        (pa.array([-5]), None),
        (pa.array([float("nan")]), None),
        (pa.array([float("inf")]), None),
        (pa.array([1e300]), None),
        (pa.array([2**64 - 1], pa.uint64()), None),
        (pa.array([10**15], pa.timestamp("s")), None),
        (pa.array(["0001-01-01T00:00:00+14:00"]), None),
        (pa.array(["9999-12-31T23:59:59-14:00"]), None),
        (pa.array(["27/11/2026"]), None),
        (pa.array(["2026-02-30"]), None),
        (pa.array([None], pa.string()), None),
        (pa.nulls(1, pa.int64()), None),
    ],
)
def test_a_time_is_what_was_meant(column: Any, wanted: datetime | None) -> None:
    assert can_be(column.type) or pa.types.is_dictionary(column.type)
    found = moments(column)
    assert found.type == MOMENT
    assert found.to_pylist() == [wanted]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14, 14))
def test_texts_and_numbers_agree(when: datetime, hours: int) -> None:
    told = when.replace(tzinfo=timezone(timedelta(hours=hours)))
    micro = round((told - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    (text,) = moments(pa.array([told.isoformat()])).to_pylist()
    assert text == told
    if micro >= 100_000_000_000_000:
        assert moments(pa.array([micro])).to_pylist() == [told]


def test_what_tells_no_time_is_no_column_of_times() -> None:
    assert not can_be(pa.bool_())
    assert not can_be(pa.list_(pa.int64()))
