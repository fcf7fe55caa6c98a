"""What a sceptical reader found asserted and should not have been: tags and rooms that look like model codes, notes and
questions that say the contrary, names that people gave to hosts and pages. Beside each, what must stay asserted."""

from __future__ import annotations

import json
from datetime import date

import pytest

from custodes.attribution.device import Attributor
from custodes.attribution.text import resolve_text
from custodes.attribution.wire.weigh import Identity
from custodes.estate.wire import identities_of
from custodes.evidence.wire.read import read_reply
from custodes.knowledge import Knowledge
from custodes.model.assessment import Attribution
from custodes.model.vocab import Field, Status

TAGS = """
DHCP 192.168.1.10 | IP camera DHCP 192.168.1.10 | Static DHCP 10.1.1.20 | DHCP (10.10.1.5) | DHCP 4000
IPC 1080P | IPC 1080P camera | HD IPC 1080P | IPC-1080P-PoE | IPC 1440P | H264 IPC 1080P | IPC HD 1080P | IPC-HD720P
IPC HD 720P bullet | IPC-HD 1080 | IPC-HDTV 1080 | IPC-EW100 | TCC-021-PTZ | TCC01A | TCC 01 PTZ | TCC-05-N | TCH 12 N
HCC-101-A | HCC001A | HCC 101 PTZ | CCTV HCC-012-N | HC21CAM01 | HC-24-A-0012 | HC10-ENT1 | H2-B1-CAM3 | H3-L2-C1
H2-L1-D4 | H4-B2-C1 | HBW-1-D2 | HB-L1-C2 | DSK2001 | DSK-2045 | DSK20015 workstation | HP DSK-2045 | DSK-B-001
DSKV 101 | DSD-5012 | DS-PWR-750 | ITC200345 | ITC-2024-0012 | ITC 2023-00123 | ITC300123 monitor | SD20231A
SD24001-A | SD30123CAM | VTO-2024-A1 | ASI-7001-A | HD5MPIR | HD4MPOE | HD5MPTZ | HD5MTVI | HEN-10001 | HIDC0123A
NVR5108-4KS2 | Kasa 1 | Kamera kasa 2 | Osmo tablet | Tello phone | H20T | 7 No - Hikvision | 4 No, Hikvision
Hikvision: No. 14 cameras | Hikvision cameras: No. 24 cameras installed
CSE-826BE1C-R920LPB server | camera CS-B1-CAM04 | CSC-10-A-0012 | DS8178-HCBU210MS5W | DS7012-NE-2 | SD4N35-HCPE1-X
CCTV HBL1CAM1 | HBW1NE2 | HBD1PC01 | PTZ H2B1CAM3 | H2B1NE2 | HICC-204A | HISC101PTZ | HEN08001 | HEN-08-123 | HRHT 1000
HDZ-2024 | HD5MWIFI camera | HCS100IPTV | HC10W1CAM1 | HC30W1234 | Camera TC-C12-N Gate | camera TC-A12-N | TC-C01CAM1
TC-A12B town centre | IPC-1080-IR | IPC-2160-IR | IPC 1080 Z20 | Camera IPC-HDR 120 | IPC HDMI 1080P | IPC HF 50Hz
IPC-HD 3840x2160 | IPC-PF-12 | IPC-KW01 | IPC-T10-S-01 | IPC-L3A-CAM04 | IPC-240-N-CAM04 | NVR302-12N | DS-TCP-443
DS-K2-001 | DS-KB-101 | DS2-DE-1001 | DS2-CE-1-CAM2 | DS-MCW-001 | SD5CAM12S | ITC-204-SW01 | ITC204-DESK1 | VTO2024-12
HAC-HALL-1001 | HCVR 2024 | BP5-4G | BP6-XL | DH-NVR-2024
NDAA Hikvision | NDAA: Hikvision, Dahua, Hytera, ZTE, Huawei | 889: Hikvision, Dahua, Hytera, ZTE, Huawei
"""
CODES = """
DH-CP3240 | IPC6512-Z30 | IPC-HDBW2431R-ZS-S2 | IPC-HFW5442T | TC-C32GN | HCS554IP | HC30WB5R1 | H4W2PER2 | H4D2F1
HBD3PR1 | CS-C6N-A0-1C2WFR | DS-7608NI-Q1/8P | iDS-7216HQHI-M1/T | DHI-NVR4208-8P | DH-XVR5108HS-X | DS-TCG406-E
DS-2DE4225IW-DE | DS-2CE76D0T-ITMF | DS-MCW405 | DH-HAC-HFW3208M-I1-A | HIDC-1600TVI | HC25WB4R4LPR | BP3EW-4G
DS-K2602T | DS-KV6113-PE1 | DS-D5022QE-E | DS-PWA48-E-WB | ITC215-PW6M | SD59230S-HN | DHI-VTO2211G-WP
DHI-ASI7213X-T1 | HD4MWIH | HDZ30HDE | HEN08104 | NVR301-04S2-P4 | TP-Link Kasa EC60 camera | 4 no. Hikvision domes
Hikvision domes 4 no. | Camera no. 14 Hikvision
"""


def _asserted(text: str, known: Knowledge, question: str = "") -> list[str]:
    return [one.brand for one in resolve_text(text, known, question).mentions if one.status is Status.ASSERTED]


def _rows(block: str) -> list[str]:
    return [one.strip() for line in block.strip().splitlines() for one in line.split(" | ")]


@pytest.mark.parametrize("text", _rows(TAGS))
def test_a_tag_or_a_setting_is_no_model_code(bundled: Knowledge, text: str) -> None:
    assert _asserted(text, bundled) == []


@pytest.mark.parametrize("text", _rows(CODES))
def test_codes_as_makers_write_them_still_name_their_maker(bundled: Knowledge, text: str) -> None:
    assert len(_asserted(text, bundled)) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Which manufacturers do you NOT use?",
        "Which makes have you removed since 2022?",
        "What make of camera did you have before the upgrade?",
        "Which make do you plan to replace?",
        "Which is the nearest road?",
    ],
)
def test_an_answer_is_read_with_its_question(bundled: Knowledge, question: str) -> None:
    assert _asserted("Hikvision, Dahua", bundled, question) == []
    assert [one.status for one in resolve_text("Hikvision", bundled, question).mentions] == [Status.REVIEW]


@pytest.mark.parametrize(
    "question",
    [
        "Which makes of camera do you use?",
        "Please give the make and model of each camera, its location and the year of installation.",
        "What equipment does the system use, and who is the manufacturer?",
    ],
)
def test_a_plain_question_takes_nothing_away(bundled: Knowledge, question: str) -> None:
    assert _asserted("Hikvision", bundled, question) == ["hikvision"]


HOSTS = (
    ("mdns", json.dumps({"type": "_smb._tcp.local.", "name": "Hikvision._smb._tcp.local.", "properties": {}})),
    ("mdns", json.dumps({"type": "_hap._tcp.local.", "name": "Hikvision._hap._tcp.local.", "properties": {}})),
    ("telnet.banner", "hikvision login: "),
    ("snmp.sysDescr", "Linux dahua 5.10.0 x86_64"),
    ("ftp.banner", "220 Hikvision"),
    ("telnet.banner", "DS-2CD2143G2-I login: "),
    ("snmp.sysDescr", "Linux HC30WB5R1 5.4.0 armv7l"),
    (
        "http.response",
        "HTTP/1.1 200 OK\r\nServer: Apache\r\n\r\n<title>Honeywell</title><h1>Honeywell Village Hall</h1>",
    ),
    ("http.response", "HTTP/1.1 200 OK\r\nServer: MediaWiki\r\n\r\n<title>Hikvision</title><h1>Removal project</h1>"),
    (
        "http.response",
        'HTTP/1.1 401 Unauthorized\r\nServer: Apache\r\nWWW-Authenticate: Basic realm="Honeywell"\r\n\r\n',
    ),
)
OWN = (
    ("snmp.sysDescr", "Hikvision IP Camera DS-2CD2143"),
    ("mdns", json.dumps({"type": "_http._tcp.local.", "name": "HIKVISION DS-2CD2143G2-I - 1._http._tcp.local."})),
)


def _identity(protocol: str, raw: str, known: Knowledge) -> Identity:
    encoding = "json" if raw.startswith("{") else "text"
    (found,) = identities_of([read_reply(protocol, encoding, raw)], known)
    return found


@pytest.mark.parametrize(("protocol", "raw"), HOSTS)
def test_a_name_that_a_person_gave_is_for_checking(bundled: Knowledge, protocol: str, raw: str) -> None:
    found = _identity(protocol, raw, bundled)
    assert (found.status, found.surveillance) == (Status.REVIEW, None)


@pytest.mark.parametrize(("protocol", "raw"), OWN)
def test_a_name_beside_words_of_a_camera_is_the_makers(bundled: Knowledge, protocol: str, raw: str) -> None:
    assert _identity(protocol, raw, bundled).status is Status.ASSERTED


NOTES = """
Replaced, Axis installed | Axis camera installed 2024 | Axis P3245-V installed 2024 | Hanwha dome installed March 2024
New Bosch camera installed above door | Axis dome installed by Chubb 2023 | Vivotek monitored 24/7
Model XNV-8080R installed 2024 | Camera renewed 2024 (Redvision) | Camera changed in 2023 | different camera now fitted
camera exchanged 2024 | contractor fitted a different camera in 2024
"""
BESIDE = "4G camera, Huawei router | Dome camera; TP-Link switch | PTZ camera on Huawei modem"
HARMLESS = """
Recorded to Dahua NVR 3 | Connected to Axis encoder | installed 2019 by Chubb | view changed | Next to Bosch dome
camera lens changed 2021 | new camera installed 2021 | camera name changed | replaced Axis unit
"""


def _device(note: str, known: Knowledge) -> Attribution:
    cells = {Field.MAKE: "Hikvision", Field.NOTES: note}
    return Attributor(lambda text: resolve_text(text, known), known, date(2026, 1, 1)).of([cells], frozenset(cells))


@pytest.mark.parametrize("note", _rows(NOTES))
def test_a_note_that_tells_of_another_unit_puts_the_make_in_question(bundled: Knowledge, note: str) -> None:
    assert _device(note, bundled).status is not Status.ASSERTED


@pytest.mark.parametrize("text", _rows(BESIDE))
def test_what_carries_the_network_of_a_camera_does_not_make_it(bundled: Knowledge, text: str) -> None:
    assert _asserted(text, bundled) == []


def test_a_description_of_a_maker_that_nobody_knows_puts_the_make_in_question(bundled: Knowledge) -> None:
    cells = {Field.MAKE: "Hikvision", Field.DESCRIPTION: "Camera made by Redvision"}
    found = Attributor(lambda text: resolve_text(text, bundled), bundled, date(2026, 1, 1)).of(
        [cells], frozenset(cells)
    )
    assert found.status is Status.REVIEW


@pytest.mark.parametrize("text", ["華為", "海康威視", "宇視科技", "浙江大華技術股份有限公司", "普联技术"])
def test_makers_in_either_chinese_script(bundled: Knowledge, text: str) -> None:
    assert len(_asserted(text, bundled)) == 1


@pytest.mark.parametrize("note", _rows(HARMLESS))
def test_a_note_on_what_is_beside_it_takes_nothing_away(bundled: Knowledge, note: str) -> None:
    found = _device(note, bundled)
    assert (found.brand, found.status) == ("hikvision", Status.ASSERTED)
