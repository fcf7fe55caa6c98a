"""Names that belong to something beside the device: its recorder, its protocol, its accessories, its predecessor."""

from __future__ import annotations

import pytest

from custodes.attribution.text import resolve_text
from custodes.knowledge import knowledge
from custodes.model.vocab import Status

NOT_ASSERTED = [
    "Fixed dome, Dahua NVR channel 4",
    "Camera 4 (Dahua NVR channel 4)",
    "analogue camera, Hikvision DVR",
    "Bullet camera - Hikvision NVR ch 3",
    "Axis camera on Hikvision NVR",
    "ONVIF: Hikvision",
    "ONVIF (Hikvision)",
    "IP camera, Hikvision SDK",
    "2012: Hikvision, 2020: Axis",
    "Hikvision 2012, Axis 2020",
    "Hikvision 2012 –",
    "Hikvision –2019",
    "Hytera BL2020",
    "Hytera SM26M1",
    "DJI ND16",
    "Hikvision 128GB SD",
    "Hikvision 48V PoE",
    "DJI remote controller",
    "Hikvision ¿",
    "Hikvision: -",
    "Hikvision: {}",
    "cardboard Hikvision camera",
]
ASSERTED = [
    ("Hikvision NVR", "hikvision"),
    ("Dahua NVR 8 channel", "dahua"),
    ("Hikvision 2012", "hikvision"),
    ("Dahua (installed 2019)", "dahua"),
    ("Axis ONVIF camera", "axis"),
    ("Hikvision PoE camera", "hikvision"),
    ("Honeywell IP Cameras and Recorders", "honeywell"),
    ("Fixed dome DS-2CD2143G2-I, NVR 3", "hikvision"),
    ("Hikvision: camera", "hikvision"),
]


@pytest.mark.parametrize("text", NOT_ASSERTED)
def test_a_name_beside_the_device_is_not_asserted(text: str) -> None:
    for told in (text, text.upper(), text.lower()):
        assert not [m for m in resolve_text(told, knowledge()).mentions if m.status is Status.ASSERTED]


@pytest.mark.parametrize(("text", "brand"), ASSERTED)
def test_a_name_of_the_device_stays(text: str, brand: str) -> None:
    found = resolve_text(text, knowledge()).mentions
    assert [(m.brand, m.status) for m in found] == [(brand, Status.ASSERTED)]
