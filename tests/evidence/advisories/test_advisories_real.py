"""Real advisories and catalogues, in the folder that CUSTODES_DATA names, if it does."""

from __future__ import annotations

from pathlib import Path

from custodes.evidence.advisories import read_advisories
from custodes.model.vulnerabilities import Bound


def test_a_sound_advisory(shared_data: Path) -> None:
    told = read_advisories(shared_data / "estate/icsa-17-124-01.json")
    assert [one.id for one in told.advisories] == ["CVE-2017-7921", "CVE-2017-7923"]
    assert all(len(one.affected) == 7 for one in told.advisories)
    first = next(row for row in told.advisories[0].affected if row.products == ("DS-2CD2xx2F-I Series",))
    assert first.ranges == ((Bound(">=", "5.2.0 build 140721"), Bound("<=", "5.4.0 build 160530")),)
    assert not told.problems


def test_models_where_versions_should_be(shared_data: Path) -> None:
    told = read_advisories(shared_data / "estate/icsa-17-124-02.json")
    assert all(len(one.affected) == 15 for one in told.advisories)
    assert ("DH-HCVR4XXX",) in [row.products for row in told.advisories[0].affected]
    assert not any(row.ranges for row in told.advisories[0].affected)


def test_the_catalogue_of_exploited_faults(shared_data: Path) -> None:
    told = read_advisories(shared_data / "estate/kev_2025-08-25.json")
    assert (told.dated, len(told.exploited), told.problems) == ("2025-08-25", 1404, ())
    assert told.exploited["CVE-2021-36260"].since == "2022-01-10"
