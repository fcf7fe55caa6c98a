import re
from dataclasses import replace

import pytest
from publication_sample import established, many, sample, with_readings

from custodes.model.vocab import Status
from custodes.publication.terminal import render_explain, render_summary
from custodes.publication.text import width


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_summary_fits_and_says_the_words(columns):
    text = render_summary(with_readings(sample()), columns, colour=False)
    commands = [line for line in text.splitlines() if line.lstrip().startswith("custodes ")]  # kept whole to copy
    assert all(width(line) <= columns for line in text.splitlines() if line not in commands)
    flat = " ".join(text.split())
    for words in (
        "Who made them",
        "established",
        "maker: check",
        "not known",
        "30 live devices",
        "would change most",
    ):
        assert words in flat
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert not re.search(r"\b(asserted|review|confidence|OEM)\b", text)


def test_colour_only_makes_bold():
    plain, bold = (render_summary(sample(), 100, colour=c) for c in (False, True))
    assert set(re.findall(r"\x1b\[[0-9;]*m", bold)) == {"\x1b[1m", "\x1b[0m"}
    assert re.sub(r"\x1b\[[01]m", "", bold) == plain


def test_nothing_found_is_said():
    text = render_summary(sample(devices=(), findings=(), files=(), next_steps=()), 80, colour=False)
    assert "No device was found" in text and "nobody" in text


def test_numbers_are_quantities():
    text = render_summary(many(10_000), 100, colour=False)
    assert "10,000 live devices" in text and "2,500" in text


@pytest.mark.parametrize("columns", [40, 90])
def test_explain_every_device(columns):
    estate = with_readings(sample())
    for device in estate.devices:
        text = render_explain(device, estate, columns)
        assert all(width(line) <= columns for line in text.splitlines())
        assert "read in" in text and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_explain_says_for_and_against():
    estate = sample()
    text = render_explain(estate.devices[0], estate, 100)
    assert "made by Alder Optical, established" in text
    assert "because  its network address belongs to Alder Optical" in text
    assert "although the register says Cedar" in text
    assert "so       Cedar is the name on it; Alder Optical made it" in text
    text = render_explain(estate.devices[2], estate, 100)
    assert "not known because the cell for the make is empty" in text and "stands for 12 devices" in text


def test_a_label_without_a_known_maker_says_why():
    attribution = replace(established(), maker_status=Status.UNKNOWN, oem=None, oem_name=None)
    estate = sample()
    device = replace(estate.devices[0], attribution=attribution)
    text = render_explain(device, estate, 100)
    assert "not known because the reference data does not say who builds it" in text
    assert "label    Alder AC-200, established" in text
    flat = " ".join(render_summary(replace(estate, devices=(device,)), 100, colour=False).split())
    assert "actual maker not known" in flat and "label established; maker: not known" in flat
