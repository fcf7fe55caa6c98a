"""Writes the bodies and answers of examples/survey-2022.

    python tools/make_survey_2022.py [FOLDER]

Counts are as published; which body stands behind a count was not published, but for the rows of REAL. The other
rows are synthetic: bodies are taken in alphabetical order, from a different place for each question, until the
count is reached. No draw of lots and no clock: the same files every time.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

PAPER = "https://www.gov.uk/government/publications/police-survey-2022-responses-and-key-findings"
NOVEMBER = (
    "https://www.gov.uk/government/publications/police-survey-2022-initial-analysis/"
    "initial-analysis-of-the-2022-police-survey-returns"
)
UPDATE = "https://www.parliamenttoday.com/members/viewnews.html?id=144294"
RAW = (
    "https://www.gov.uk/government/publications/biometrics-and-surveillance-camera-commissioner-foi-responses-2023/"
    "bsccfoi0323oc-police-survey-2022"
)
FOI_0823 = "FOI release BSCC-FOI-0823 of 25 April 2023"
PRESS = "a newspaper's FOI round, printed 14 and 15 February 2023"

TERRITORIAL = (  # noqa: SIM905
    "Avon and Somerset|Bedfordshire|Cambridgeshire|Cheshire|City of London|Cleveland|Cumbria|Derbyshire|"
    "Devon and Cornwall|Dorset|Durham|Dyfed-Powys|Essex|Gloucestershire|Greater Manchester|Gwent|"
    "Hampshire and Isle of Wight|Hertfordshire|Humberside|Kent|Lancashire|Leicestershire|Lincolnshire|Merseyside|"
    "Metropolitan|Norfolk|North Wales|North Yorkshire|Northamptonshire|Northumbria|Nottinghamshire|South Wales|"
    "South Yorkshire|Staffordshire|Suffolk|Surrey|Sussex|Thames Valley|Warwickshire|West Mercia|West Midlands|"
    "West Yorkshire|Wiltshire"
).split("|")
OTHERS = {
    "British Transport Police": "special",
    "Civil Nuclear Constabulary": "special",
    "Ministry of Defence Police": "special",
    "National Crime Agency": "agency",
    "Biometrics and Surveillance Camera Commissioner": "office",
}
SILENT = (  # noqa: SIM905
    "City of London|Gloucestershire|Greater Manchester|Gwent|Merseyside|South Yorkshire|Thames Valley|"
    "National Crime Agency"
).split("|")
FIRST, SECOND, CORRECTED, LATER = "2022-11-14", "2023-02-15", "2023-03-01", "2023-04-25"
SYNTHETIC = "synthetic: only the count is published"


def slug(name: str) -> str:
    """The id of a body."""
    return name.lower().replace(" ", "-")


RETURNED = [slug(name) for name in [*TERRITORIAL, *OTHERS] if name not in SILENT and OTHERS.get(name) != "office"]
#: Three returns came after the first paper; which is not published. Synthetic.
LATE = ("surrey", "west-mercia", "wiltshire")
EARLY = [body for body in RETURNED if body not in LATE]
FORCE = "west-yorkshire"  # the one force whose raw answers were released

#: body, question, part, value, state, recorded_at, source, wave
Row = tuple[str, str, str, str, str, str, str, str]


def row(wave: str, body: str, question: str, value: str, state: str, day: str, source: str) -> Row:
    """One line of answers.csv; `valid_at` is added when it is written: no answer of this survey has one."""
    return (body, question, "", value, state, day, source, wave)


def some(bodies: Sequence[str], count: int, start: int, without: Sequence[str] = ()) -> list[str]:
    """`count` bodies in turn from place `start`."""
    able = [body for body in bodies if body not in without]
    return [able[(start + step) % len(able)] for step in range(count)]


def told(body: str, question: str, value: str, day: str, source: str) -> Row:
    """A synthetic answer to the survey."""
    return row("survey-2022", body, question, value, "answered", day, f"{SYNTHETIC} ({source})")


USERS = [FORCE, *some(EARLY, 27, 9, (FORCE,))]
MISREAD = some(EARLY, 2, 14, (FORCE,))


def november() -> Iterator[Row]:
    """What the first paper rests on: 36 returns."""
    for body in EARLY:
        yield told(body, "bodyworn.hikvision", "no", FIRST, NOVEMBER)
        yield told(body, "drones.use", "yes" if body in USERS else "no", FIRST, NOVEMBER)
    abroad = some(EARLY, 12, 4, (FORCE,))
    for question, count in (("cameras.abroad", 12), ("cameras.hikvision", 11), ("cameras.aware", 2)):
        for body in abroad[:count]:
            yield told(body, question, "yes", FIRST, NOVEMBER)
    named = {"metropolitan": "uses", "british-transport-police": "intends"}
    for body, value in named.items():
        yield row("survey-2022", body, "facial.live", value, "answered", FIRST, f"named in {NOVEMBER}")
    rest = [body for body in EARLY if body not in (*named, FORCE)]
    for value, first, last in (("intends", 0, 12), ("no_intention", 12, 18), ("unsure", 18, 27)):
        for body in rest[first:last]:
            yield told(body, "facial.live", value, FIRST, NOVEMBER)


def february() -> Iterator[Row]:
    """What the full paper adds: three late returns, suppliers of concern, and two body-worn answers misread."""
    for body in LATE:
        yield told(body, "drones.use", "yes", SECOND, PAPER)
        yield told(body, "bodyworn.hikvision", "no", SECOND, PAPER)
    for body in some([*USERS, *LATE], 23, 2):
        yield told(body, "drones.aware", "yes", SECOND, UPDATE)
    counts = {"cctv.internal.concern": (24, 6), "cctv.external.concern": (18, 11), "anpr.concern": (11, 20)}
    for question, (count, start) in counts.items():
        for body in some(RETURNED, count, start, (FORCE,)):
            yield told(body, question, "yes", SECOND, UPDATE)
    for body in MISREAD:
        yield told(body, "bodyworn.hikvision", "yes", SECOND, f"as first printed, {PAPER}")


def afterwards() -> Iterator[Row]:
    """The correction, one force's raw answers, and the FOI release on facial recognition."""
    withdrawn = f"withdrawn by the publisher on a day that is not known, after 15 February 2023: {UPDATE}"
    for body in MISREAD:
        source = f"{SYNTHETIC} ({withdrawn})"
        yield row("survey-2022", body, "bodyworn.hikvision", "no", "corrected", CORRECTED, source)
    yield from raw_answers("survey-2022")
    used = ["metropolitan", *some(RETURNED, 20, 3, (FORCE, "metropolitan"))]
    for body in used:
        yield told(body, "facial.any", "yes", LATER, FOI_0823)
    for body in some(RETURNED, 17, 0, used):
        yield told(body, "facial.any", "no", LATER, FOI_0823)


def raw_answers(wave: str) -> Iterator[Row]:
    """What one force answered, as released on 16 March 2023. Real."""
    day = "2023-03-16"
    for question, value in (
        ("cctv.concern", "no"),
        ("facial.concern", "no"),
        ("bodyworn.concern", "no"),
        ("drones.dji", "20"),
        ("drones.firmware", "controllers go online over Wi-Fi for software updates"),
        ("drones.destinations", "live stream from the controller to an RTMP address of a third-party platform"),
    ):
        yield row(wave, FORCE, question, value, "answered", day, RAW)
    yield row(wave, FORCE, "anpr.concern", "", "not_answered", day, f"neither yes nor no: an answer that evades, {RAW}")


def foi_rows() -> Iterator[Row]:
    """Drones of 37 forces: 337, of which at least 230 made by DJI; six named no maker. Synthetic for each force."""
    forces = [slug(name) for name in TERRITORIAL if name not in SILENT or name == "Thames Valley"]
    refusing = set(forces[2::6][:6])
    naming = [force for force in forces if force not in refusing and force != FORCE]
    made = {FORCE: 20, **shared(230 - 20, naming)}
    refused = dict.fromkeys(sorted(refusing), 9)
    other = shared(337 - 230 - sum(refused.values()), list(made))
    for force in forces:
        source = f"{SYNTHETIC} ({PRESS})"
        count = refused[force] if force in refused else made[force] + other[force]
        state, dji = ("refused", "") if force in refused else ("answered", str(made[force]))
        yield row("foi-drones", force, "foi.drones.all", str(count), "answered", "2023-02-14", source)
        yield row("foi-drones", force, "foi.drones.dji", dji, state, "2023-02-14", source)


def shared(count: int, bodies: Sequence[str]) -> dict[str, int]:
    """A count shared out as evenly as whole numbers go, the first bodies taking what is left over."""
    each, left = divmod(count, len(bodies))
    return {body: each + (place < left) for place, body in enumerate(bodies)}


def office_rows() -> Iterator[Row]:
    """What the office itself named: Dahua, Hikvision, Honeywell, Huawei, Nuuo. Real."""
    body = slug("Biometrics and Surveillance Camera Commissioner")
    for question, value in (("office.suppliers", "5"), ("office.suppliers.cn", "3")):
        yield row("office", body, question, value, "answered", SECOND, UPDATE)


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/survey-2022")
    with (folder / "bodies.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["body", "name", "kind", "invited_from", "invited_to"])
        for name in TERRITORIAL:
            out.writerow([slug(name), name, "territorial", "", ""])
        for name, kind in OTHERS.items():
            out.writerow([slug(name), name, kind, "", ""])
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["body", "question", "part", "value", "state", "valid_at", "recorded_at", "source", "wave"])
        for body, question, part, value, state, day, source, wave in (
            *november(),
            *february(),
            *afterwards(),
            *foi_rows(),
            *office_rows(),
        ):
            out.writerow([body, question, part, value, state, "", day, source, wave])


if __name__ == "__main__":
    main()
