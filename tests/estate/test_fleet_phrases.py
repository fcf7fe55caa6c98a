"""Sentences of answers on fleets, read by hand: at least and at most so many aircraft in all, and of one brand."""

from __future__ import annotations

import time

import pytest

from custodes.attribution.fleet import read_answer
from custodes.estate.fleet import Fleet, Row, count
from custodes.knowledge import knowledge

ANY = None


def _fleet(text: str, number: str = "") -> Fleet:
    loaded = knowledge()
    return count([Row("f", 1, "A", text, read_answer(text, number, loaded))], loaded, ("dji", "autel", "parrot"))


def _told(text: str, number: str, brand: str) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    fleet = _fleet(text, number)
    own = fleet.brands.get(brand, fleet.whole)
    return (fleet.whole.lower, fleet.whole.upper), (own.lower, own.upper)


SHARES = [
    ("4 of 10 are DJI", "", "dji", (10, 10), (4, 10)),
    ("4 of our 10 drones are DJI", "", "dji", (10, 10), (4, 10)),
    ("4 out of 10 drones are made by DJI", "", "dji", (10, 10), (4, 10)),
    ("4 of the force's 10 drones are DJI", "", "dji", (10, 10), (4, 10)),
    ("4/10 are DJI", "", "dji", (10, 10), (4, 10)),
    ("10 drones of which 4 are DJI", "", "dji", (10, 10), (4, 10)),
    ("10 drones, 4 of them DJI", "", "dji", (10, 10), (4, 10)),
    ("10 drones (4 of which are DJI)", "", "dji", (10, 10), (4, 10)),
    ("10 drones, 4 of these are DJI Matrice 30T", "", "dji", (10, 10), (4, 10)),
    ("10 drones including 4 DJI", "", "dji", (10, 10), (4, 10)),
    ("We have 10 drones, of which 4 are DJI and 6 are Autel", "", "dji", (10, 10), (4, 4)),
    ("We have 10 drones, of which 4 are DJI and 6 are Autel", "", "autel", (10, 10), (6, 6)),
    ("10 drones comprising 7 DJI and 3 Autel", "", "autel", (10, 10), (3, 3)),
    ("10 drones, all of which are DJI", "", "dji", (10, 10), (10, 10)),
    ("10 drones, most of which are DJI", "", "dji", (10, 10), (1, 10)),
    # M30T are DJI's: no more than the ten
    ("10 DJI drones, 4 of which are M30T", "", "dji", (10, 10), (10, 10)),
    ("10 DJI drones including 4 Matrice 30T", "", "dji", (10, 10), (10, 10)),
    ("2 Parrot Anafi, 10 DJI, 4 of them Matrice 30T", "", "dji", (12, 12), (10, 10)),
    ("DJI", "10, of which 4 are Matrice 30T", "dji", (10, 10), (10, 10)),
    ("Ten drones, four of which are DJI", "", "dji", (10, 10), (4, 10)),
]
GONE = [
    ("3 DJI M30T, of which 1 is decommissioned", "", "dji", (2, 3), (2, 3)),
    ("3 DJI M30T, one of which has been sold", "", "dji", (2, 3), (2, 3)),
    ("3 DJI M30T (1 decommissioned)", "", "dji", (2, 3), (2, 3)),
    ("3 DJI M30T, 1 written off", "", "dji", (2, 3), (2, 3)),
    ("DJI M30T", "3 (1 decommissioned)", "dji", (2, 3), (2, 3)),
    ("DJI M30T", "3, of which 1 is out of service", "dji", (2, 3), (2, 3)),
    ("5 DJI, 2 on order", "", "dji", (3, 5), (3, 5)),
    ("5 DJI of which 2 are awaiting repair and 1 is lost", "", "dji", (2, 5), (2, 5)),
    ("5 DJI of which none are decommissioned", "", "dji", (5, 5), (5, 5)),
    ("2 of our 5 DJI drones are grounded", "", "dji", (3, 5), (3, 5)),
    ("4 DJI drones, some of which are no longer in use", "", "dji", (0, 4), (0, 4)),
    ("2 DJI M30T, 1 Parrot Anafi (retired)", "", "dji", (2, 3), (2, 2)),
    ("2 DJI M30T, 1 Parrot Anafi (retired)", "", "parrot", (2, 3), (0, 1)),
    ("2 DJI Mavic 3 on order", "", "dji", (0, 2), (0, 2)),
]
DATES = [
    ("5 DJI in 2022, 7 DJI in 2023", "", "dji", (5, 7), (5, 7)),
    ("2022: 5 DJI; 2023: 7 DJI", "", "dji", (5, 7), (5, 7)),
    ("2022 - 5 DJI, 2023 - 7 DJI", "", "dji", (5, 7), (5, 7)),
    ("DJI x 5 (2022), DJI x 7 (2023)", "", "dji", (5, 7), (5, 7)),
    ("5 DJI drones in 2021/22 and 7 DJI drones in 2022/23", "", "dji", (5, 7), (5, 7)),
    ("DJI: 5 in 2022, 7 in 2023", "", "dji", (5, 7), (5, 7)),
    ("DJI", "5 in 2022, 7 in 2023", "dji", (5, 7), (5, 7)),
    ("DJI", "2022: 5, 2023: 7", "dji", (5, 7), (5, 7)),
    ("DJI fleet rising from 5 in 2022 to 7 in 2023", "", "dji", (5, 7), (5, 7)),
    ("7 DJI as at March 2023 (5 DJI in 2022)", "", "dji", (5, 7), (5, 7)),
    ("DJI M300 x 2 (purchased 2021), DJI M30T x 1 (purchased 2023)", "", "dji", (3, 3), (3, 3)),
    # "3" and "2" are of the models, the years those of purchase
    ("DJI Mavic 3 (2022), DJI Mavic 2 (2023)", "", "dji", (2, ANY), (2, ANY)),
    ("4 DJI as of 31 March 2024", "", "dji", (4, 4), (4, 4)),
]
HEDGED = [
    *((f"{told} 6 DJI drones", "", "dji", (1, ANY), (1, ANY)) for told in ("approx", "about", "c.", "~", "around")),
    *(("DJI", told, "dji", (1, ANY), (1, ANY)) for told in ("c6", "6 or so", "6ish", "6 (approx.)", "say 6", "est. 6")),
    ("DJI x approx. 6", "", "dji", (1, ANY), (1, ANY)),
    ("DJI Mavic 3E x 6 (approximately)", "", "dji", (1, ANY), (1, ANY)),
    ("DJI", "nearly 6", "dji", (1, 6), (1, 6)),
    ("over 6 DJI", "", "dji", (7, ANY), (7, ANY)),
    ("in excess of 6 DJI drones", "", "dji", (7, ANY), (7, ANY)),
    ("at least 6 DJI", "", "dji", (6, ANY), (6, ANY)),
    ("a minimum of 6 DJI", "", "dji", (6, ANY), (6, ANY)),
    ("DJI: 6 or more", "", "dji", (6, ANY), (6, ANY)),
    ("a total of at least 6 DJI", "", "dji", (6, ANY), (6, ANY)),
    ("up to 6 DJI", "", "dji", (0, 6), (0, 6)),
    ("no more than six DJI", "", "dji", (0, 6), (0, 6)),
    ("DJI", "max 6", "dji", (0, 6), (0, 6)),
    ("DJI", "6 max", "dji", (0, 6), (0, 6)),
    ("fewer than 5 DJI", "", "dji", (0, 4), (0, 4)),
    ("DJI M30T x <5", "", "dji", (0, 4), (0, 4)),
    # the Max is of the model
    ("2 x Autel EVO Max", "", "autel", (2, 2), (2, 2)),
    ("twenty-five DJI drones", "", "dji", (25, 25), (25, 25)),
    ("twenty five DJI drones", "", "dji", (25, 25), (25, 25)),
    ("2 dozen DJI drones", "", "dji", (1, ANY), (1, ANY)),
]
NOT_UNITS = [
    ("4 DJI drones, 120 flights", "", "dji", (4, 4), (4, 4)),
    ("4 DJI drones and 12 trained pilots", "", "dji", (4, 4), (4, 4)),
    ("4 DJI drones, flown 120 times", "", "dji", (4, 4), (4, 4)),
    ("4 DJI drones (310 flight hours)", "", "dji", (4, 4), (4, 4)),
    ("Flights: 120; DJI drones: 4", "", "dji", (4, 4), (4, 4)),
    ("DJI Matrice 30T x 2, 85 deployments, 3 incidents", "", "dji", (2, 2), (2, 2)),
    ("4 DJI drones, 16 batteries", "", "dji", (4, 4), (4, 4)),
    ("2 DJI M300 4 batteries", "", "dji", (2, 2), (2, 2)),
    ("4 DJI drones operated by 12 pilots across 3 stations", "", "dji", (4, 4), (4, 4)),
    ("DJI", "120 flights", "dji", (1, ANY), (1, ANY)),
    ("DJI", "12 pilots", "dji", (1, ANY), (1, ANY)),
    ("120 DJI drone flights", "", "dji", (1, ANY), (1, ANY)),
    ("DJI drones deployed on 45 occasions", "", "dji", (1, ANY), (1, ANY)),
    ("6 drones on site, all DJI", "", "dji", (6, 6), (6, 6)),
    ("DJI M30T with 56x zoom", "", "dji", (1, ANY), (1, ANY)),
    ("2 DJI M30T with 56x zoom", "", "dji", (2, 2), (2, 2)),
    ("DJI", "1 per station", "dji", (1, ANY), (1, ANY)),
    ("2 DJI per district", "", "dji", (1, ANY), (1, ANY)),
    ("4 DJI drones, 120 widgets", "", "dji", (4, 124), (4, 124)),
    ("DJI Mavic 3E, 45 minutes flight time", "", "dji", (1, ANY), (1, ANY)),
    ("Phase 2: 4 DJI Mavic 3E", "", "dji", (4, 4), (4, 4)),
    ("Q4: 3 DJI Mavic 3E", "", "dji", (3, 3), (3, 3)),
]
PRICES = [
    ("Mavic 3E - 4500", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E - 449", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E: 4,500", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E £4,500", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E (£4,500)", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E - 4,500.00", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E x 2 at £4,500 each", "", "dji", (2, 2), (2, 2)),
    ("2 x Mavic 3E, total cost 9000", "", "dji", (2, 2), (2, 2)),
    ("Mavic 3E cost 4500", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3E 4500 GBP", "", "dji", (1, ANY), (1, ANY)),
    ("DJI Mini 2 249g", "", "dji", (1, ANY), (1, ANY)),
    ("DJI Mini 2 (249 grams)", "", "dji", (1, ANY), (1, ANY)),
    ("3 x DJI Mini 2 (249g)", "", "dji", (3, 3), (3, 3)),
    ("DJI", "£4,500", "dji", (1, ANY), (1, ANY)),
    ("Axon Body 3 1250", "", "", (1, ANY), (1, ANY)),
    ("Axon Body 3 - 1250", "", "", (1, ANY), (1, ANY)),
    ("1,250 x Axon Body 3", "", "", (1250, 1250), (1250, 1250)),
    ("Axon Body 3 x 1250", "", "", (1250, 1250), (1250, 1250)),
]
FORMS = [
    ("14 UAVs in total. 9 x DJI, 3 x Autel, 2 x Parrot", "", "dji", (14, 14), (9, 9)),
    ("We have 4 drones. 2 are DJI.", "", "dji", (4, 4), (2, 4)),
    ("We have 4 drones. The manufacturer is DJI.", "", "dji", (4, 4), (4, 4)),
    ("There are six drones in our fleet, they are DJI", "", "dji", (6, 6), (6, 6)),
    ("Number of flights: 120. Number of drones: 4. Make: DJI", "", "dji", (4, 4), (4, 4)),
    ("Make: DJI; Model: Mavic 3T; Quantity: 2; Cost: £9,000", "", "dji", (2, 2), (2, 2)),
    ("DJI, M30T", "", "dji", (1, ANY), (1, ANY)),
    ("2 DJI M300s and 3 M30Ts", "", "dji", (5, 5), (5, 5)),
    ("4 x DJI (2 M30T and 2 M300), 3 Autel", "", "dji", (7, 7), (4, 4)),
    ("6 x DJI: 4 M30T and 2 M300", "", "dji", (6, 6), (6, 6)),
    ("10 drones (4 DJI, 6 Autel), 2 Parrot", "", "dji", (12, 12), (4, 4)),
    ("8 DJI and Autel drones", "", "dji", (2, ANY), (1, 8)),
    ("between 5 and 10 DJI", "", "dji", (5, 10), (5, 10)),
    ("two thirds of 9 drones are DJI", "", "", (1, ANY), (1, ANY)),
    ("3 stations have 1 DJI each", "", "dji", (1, ANY), (1, ANY)),
    ("35 uses of DJI drone", "", "dji", (1, ANY), (1, ANY)),
    ("DJI drone hours flown: 35", "", "dji", (1, ANY), (1, ANY)),
    ("Mavic 3T 4,500 each", "", "dji", (1, ANY), (1, ANY)),
    ("DJI", "5?", "dji", (1, ANY), (1, ANY)),
    ("DJI", "circa 40-50", "dji", (1, ANY), (1, ANY)),
    ("50+ DJI", "", "dji", (50, ANY), (50, ANY)),
    ("3 x drone-in-a-box (DJI Dock 2)", "", "", (0, 0), (0, 0)),
    ("2x DJI M300, 2x DJI Mavic 3T - all now retired", "", "dji", (0, 4), (0, 4)),
    ("31 March 2022 - 5 DJI; 31 March 2023 - 8 DJI", "", "dji", (5, 8), (5, 8)),
    ("As at 31/03/2022: 5 DJI. As at 31/03/2023: 8 DJI.", "", "dji", (5, 8), (5, 8)),
    ("12 in total: 10 DJI", "", "dji", (12, 12), (10, 12)),
    ("12 total, 10 DJI", "", "dji", (12, 12), (10, 12)),
    ("Total of 4 DJI drones (3 Mavic 3T, 1 Mavic 3E)", "", "dji", (4, 4), (4, 4)),
    ("The Service has three drones, two DJI Matrice 300 and one DJI Mavic 2", "", "dji", (3, 3), (3, 3)),
    ("DJI Matrice 300 (2) - H20T payload (2)", "", "dji", (2, 2), (2, 2)),
    # batteries and controllers that the reference data does not know: perhaps no aircraft
    ("8 x TB60, DJI M300 x 1", "", "dji", (1, 9), (1, 9)),
    ("DJI RC Pro x 2, DJI Mavic 3 x 1", "", "dji", (1, 3), (1, 3)),
    ("4 DJI drones owned by NPAS", "", "dji", (0, 4), (0, 4)),
    ("DJI M30T x 2", "3", "dji", (2, 3), (2, 3)),
    ("Axon Body 3 (1,250)", "", "", (1, ANY), (1, ANY)),
    ("24/7 DJI M30T", "", "", (1, ANY), (1, ANY)),
    ("1 - DJI M30T, 2 - DJI Mavic 3E, 3 - DJI Mavic 3T", "", "dji", (3, ANY), (3, ANY)),
    ("DJI M30T (purchased 2022, 2 aircraft)", "", "", (1, ANY), (1, ANY)),
    ("FY21/22 5 DJI FY22/23 8 DJI", "", "dji", (5, ANY), (5, ANY)),
]
NAMES = [
    ("DJI Mavic (3)", "", "dji", (1, ANY), (1, ANY)),
    ("Phantom (4)", "", "", (1, ANY), (1, ANY)),
    ("DJI Phantom - 4", "", "dji", (1, ANY), (1, ANY)),
    ("DJI Mavic (2), DJI M30T (2)", "", "dji", (3, ANY), (3, ANY)),
    ("DJI M30T (2)", "", "dji", (2, 2), (2, 2)),
    ("DJI Mavic", "3", "dji", (3, 3), (3, 3)),
    ("Axon Body (3)", "", "", (1, ANY), (1, ANY)),
    ("4 DJI 3 Parrot", "", "dji", (4, ANY), (0, ANY)),
]
DOCKS = [
    ("2 x DJI Dock 3 with Matrice 4TD", "", "dji", (1, ANY), (1, ANY)),
    ("2 x DJI Dock 3 (Matrice 4TD)", "", "dji", (1, ANY), (1, ANY)),
    ("2 DJI Dock 3 with 2 x Matrice 4TD", "", "dji", (2, 2), (2, 2)),
    ("2 x Matrice 4TD with DJI Dock 3", "", "dji", (2, 2), (2, 2)),
    ("2 DJI Dock 3 and 3 Matrice 4TD", "", "dji", (3, 3), (3, 3)),
    ("DJI Dock 2", "1", "dji", (0, 0), (0, 0)),
    ("DJI Dock 3 with Matrice 4TD", "2", "dji", (1, ANY), (1, ANY)),
]
EACH = [
    ("DJI, Autel", "2 each", "dji", (4, 4), (2, 2)),
    ("DJI, Autel", "two of each", "autel", (4, 4), (2, 2)),
    ("2 each of DJI Mavic 3E and Autel EVO II", "", "dji", (4, 4), (2, 2)),
    ("DJI Mavic 3E and Autel EVO II (2 each)", "", "autel", (4, 4), (2, 2)),
    ("DJI Mavic 3E, Autel EVO II - 2 of each", "", "dji", (4, 4), (2, 2)),
    ("DJI", "2 each", "dji", (2, ANY), (2, ANY)),
]
LOOSE = [
    ("our drones are all DJI: 4", "", "dji", (4, 4), (4, 4)),
    ("Our 4 drones are all DJI", "", "dji", (4, 4), (4, 4)),
    ("All 4 drones are DJI", "", "dji", (4, 4), (4, 4)),
    ("The force currently operates 4 DJI Mavic 3E", "", "dji", (4, 4), (4, 4)),
    ("There are 4 DJI drones in the fleet", "", "dji", (4, 4), (4, 4)),
    ("We use 4 drones made by DJI", "", "dji", (4, 4), (4, 4)),
    ("M300x2", "", "dji", (2, 2), (2, 2)),
    ("2 x M30T", "", "dji", (2, 2), (2, 2)),
    ("our 4 drones are not DJI", "", "dji", (4, 4), (0, 4)),
    ("DJI compatible drones: 4", "", "dji", (4, 4), (0, 4)),
]


@pytest.mark.parametrize(
    ("text", "number", "brand", "whole", "own"),
    [*SHARES, *GONE, *DATES, *HEDGED, *NOT_UNITS, *PRICES, *NAMES, *DOCKS, *EACH, *LOOSE, *FORMS],
)
def test_a_sentence_counts_for_what_it_says(
    text: str, number: str, brand: str, whole: tuple[int, int | None], own: tuple[int, int | None]
) -> None:
    assert _told(text, number, brand) == (whole, own)


@pytest.mark.parametrize(("text", "number", "brand", "whole", "own"), [*HEDGED, *NAMES, *PRICES, *DATES, *GONE])
def test_what_is_no_single_number_says_why(
    text: str, number: str, brand: str, whole: tuple[int, int | None], own: tuple[int, int | None]
) -> None:
    if whole[0] != whole[1]:
        assert _fleet(text, number).whole.why


@pytest.mark.parametrize(
    "piece", ["(", " ", "4 DJI and ", "approx 6 ", "4 of which ", "5 DJI in 2022, ", "our the ", "4 -"]
)
def test_a_hostile_cell_costs_little_time(piece: str) -> None:
    for text in (piece * 8000, piece * (3900 // len(piece))):
        begun = time.monotonic()
        read_answer(text, text, knowledge())
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("text", "docks"),
    [
        ("2 x DJI Dock 3 with Matrice 4TD", (2, 2)),
        ("2 DJI Dock 3 with 2 x Matrice 4TD", (2, 2)),
        ("2 DJI Dock 3 and 3 Matrice 4TD", (2, 2)),
        ("2 x Matrice 4TD with DJI Dock 3", (1, ANY)),
    ],
)
def test_docks_are_counted_apart_from_the_aircraft_told_with_them(text: str, docks: tuple[int, int | None]) -> None:
    told = _fleet(text).docks
    assert (told.lower, told.upper) == docks
