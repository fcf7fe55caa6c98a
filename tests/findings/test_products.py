"""Products of advisories against models: families, wildcards, variants, and the neighbours that are none of them."""

from __future__ import annotations

import pytest

from custodes.findings.vulnerabilities.products import is_kind, matches
from custodes.knowledge import files
from custodes.knowledge.vulnerabilities import load_vulnerabilities

CASES = [
    ("DS-2CD2xx2F-I Series", "DS-2CD2032F-I", True),
    ("DS-2CD2xx2F-I Series", "DS-2CD2142FWD-I", False),
    ("DS-2CD2xx2FWD Series", "DS-2CD2142FWD-I", True),
    ("DS- 2CD4x2xFWD Series", "DS-2CD4A26FWD-IZS", True),
    ("DS-2DFx Series", "DS-2DF8236I5X-AELW", True),
    ("DS-2CD series", "DS-2CD2143G0-I", True),
    ("DS-2CD series", "DS-7608NI-K2", False),
    ("IPC-HX3XXX", "IPC-HFW3449T1-AS-PV", True),
    ("IPC-HX3XXX", "IPC-HDBW3441F-AS", True),
    ("IPC-HX5XXX", "IPC-HFW3449T1", False),
    ("DH-IPC-HDW1XXX", "IPC-HDW1531S", True),
    ("Dahua ASI7XXX", "ASI7213X-T1", True),
    ("NVR-5XXX", "NVR5216-4KS2", True),
    ("XVR-5x04", "XVR5104HS", True),
    ("NVR-6XX", "NVR608-32-4KS2", True),
    ("VTO-75X95X", "VTO7521G", False),
    ("PT30X-SDI", "PT30X-SDI", True),
    ("PT30X-SDI", "PT20X-SDI", False),
    ("EFD-22xx", "EFD-2250", True),
    ("RLC-4XX series", "RLC-410W", True),
    ("RLC-410W", "RLC-410", False),
    ("RLC-410", "RLC-410W", False),
    ("DS-7104NI-Q1", "DS-7104NI-Q1/4P", True),
    ("DS-K1T804AXX", "DS-K1T804AMF", True),
    ("IC-7100", "IC-7100W", False),
    ("AXIS A1001", "A1001", True),
    ("Linear eMerge E3", "E3", True),
    ("NVRmini2", "NVRmini 2", True),
    ("NVRmini", "NVRmini2", False),
    ("NVRmini", "NVRmini 2", False),
    ("VioStor", "VioStor VS-8148 Pro+", True),
    ("VioStor", "VS-8148 Pro+", False),
    ("gv_bx1500", "GV-BX1500", True),
    ("NVR-4XXX", "DHI-NVR4104HS-4KS2", True),
    ("IPC-HX5XXX", "DH-IPC-HFW5442EP-ZE", True),
    ("DH-SD6CXX", "SD6C430U-HNI", True),
    ("DS-K1T671XXX", "DS-K1T671TM-3XF", True),
    ("DS-K1T671XXX", "DS-K1T671M", True),
    ("DS-K1T341AXX", "DS-K1T341AM", True),
    ("VTH-542XH", "VTH5421HW", True),
    ("VTH-542XH", "VTH5521HW", False),
]


@pytest.mark.parametrize(("product", "model", "wanted"), CASES)
def test_products(product: str, model: str, wanted: bool) -> None:
    assert matches(product, model) is wanted


@pytest.mark.parametrize("odd", ["", " ", "x", "XXXX", "-", "(((", "[a-z]+" * 30, "x" * 5_000, "\0\n"])
def test_odd_names_match_nothing_they_are_not(odd: str) -> None:
    assert not matches(odd, "DS-2CD2143G0-I")
    matches("DS-2CD2143G0-I", odd)


@pytest.mark.parametrize(
    "product", ["IP Camera", "camera", "Digital Video Recorders and IP Cameras", "Some NVR devices"]
)
def test_a_word_for_a_kind_of_device_is_no_product(product: str) -> None:
    assert is_kind(product)
    assert not is_kind(f"{product} X1")


def test_every_product_of_the_pack_covers_the_model_that_it_spells() -> None:
    for advisory in load_vulnerabilities([(files.bundled(), False)]):
        for affected in advisory.affected:
            for product in affected.products:
                model = product.removesuffix(" series").removesuffix(" Series").replace("X", "1").replace("x", "1")
                assert matches(product, product) or matches(product, model), (advisory.id, product)
