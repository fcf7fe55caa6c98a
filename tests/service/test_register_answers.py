"""What a body's own register says stands beside the question, and a difference is explained before it is signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import estates_made
import playing
import pytest
from playing import BODIES, SURVEY, WAVE, Play, answer, digest, files, fill, hub, questionnaire

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.estates.models import Device, Estate, System
from custodes.service.returns.models import Return
from custodes.service.surveys import folders
from custodes.survey.faults import SurveyRefused

A = BODIES[0]
MANY, USE = "cctv.many", "cctv.use"
DAY = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}


@pytest.fixture
def asking(request: pytest.FixtureRequest) -> Iterator[None]:
    """The questions of the survey ask for something of the register."""
    playing.ASKS.update(request.param)
    yield
    playing.ASKS.clear()


def registered(play: Play) -> None:
    """A register of which its body says that it is complete."""
    estates_made.standing(play, A)
    complete()


def complete() -> None:
    with within(EVERYTHING):
        held = Estate.objects.get(body=A)
        held.told["complete"] = True
        held.save(update_fields=["told"])


def text(play: Play, role: Role, place: str) -> str:
    found = play.client(role, A).get(place)
    assert found.status_code == 200
    return " ".join(found.content.decode().split())


def place(question: str) -> str:
    return hub(A, "sections", "cctv", "questions", question)


@pytest.mark.parametrize("asking", [{USE: {"make": "Axis"}, MANY: {"maker": "hikvision"}}], indirect=True)
def test_the_register_fills_in_what_it_knows(asking: None, play: Play) -> None:
    """Four devices in use, one of Hikvision's make for sure, one of which the maker is not known."""
    registered(play)
    shown = text(play, Role.COORDINATOR, place(USE))
    assert "Your own register of 2026-11-20 says" in shown and 'value="yes" checked' in shown
    assert "it counts once you save" in shown
    with within(EVERYTHING):
        assert not Return.objects.get(body_id=A).answers.exists()
    answer(play.client(Role.COORDINATOR, A), A, "cctv", USE, value="yes")
    shown = text(play, Role.COORDINATOR, place(MANY))
    assert "at least 1, at most 3" in shown and 'id="value" name="value" type="text" spellcheck="false"' in shown
    assert "It is filled in above" not in shown


@pytest.mark.parametrize("asking", [{MANY: {"sensitive": "yes"}}], indirect=True)
def test_a_difference_is_explained_before_anybody_signs(asking: None, play: Play) -> None:
    registered(play)
    fill(play.client(Role.COORDINATOR, A), A)  # it says 12; the register has 2 at its one sensitive site
    assert "The answer differs" in text(play, Role.COORDINATOR, place(MANY))
    sro, chief = play.client(Role.SRO, A), play.client(Role.CHIEF, A)
    assert "No remark says why it stands" in text(play, Role.SRO, hub(A, "complete"))
    refused = sro.post(hub(A, "complete"), DAY)
    assert refused.status_code == 400 and "no remark says why" in refused.content.decode()
    answer(play.client(Role.COORDINATOR, A), A, "cctv", MANY, value="12", note="ten were lent for an event")
    assert sro.post(hub(A, "complete"), DAY).status_code == 302
    page = chief.get(hub(A, "sign")).content.decode()
    assert "Your own register says otherwise" in page and "ten were lent for an event" in page
    assert chief.post(hub(A, "sign"), {"digest": digest(page), "agreed": "yes"}).status_code == 302
    office = play.client(Role.ANALYST).get(f"/office/{SURVEY}/waves/{WAVE}/{A}/").content.decode()
    assert "its register of 2026-11-20 has 2" in office and "ten were lent for an event" in office
    with within(EVERYTHING):
        (kept,) = Return.objects.get(body_id=A).differences
    assert (kept["declared"], kept["least"], kept["most"]) == ("12", 2, 2)


@pytest.mark.parametrize("asking", [{MANY: {"maker": "Dahua"}}], indirect=True)
def test_what_is_not_known_contradicts_nobody(asking: None, play: Play) -> None:
    """A maker that is only probable, and a body without a register, speak against no answer."""
    fill(play.client(Role.COORDINATOR, A), A)
    assert "register" not in text(play, Role.COORDINATOR, place(MANY)).replace("Your own register", "register")
    estates_made.standing(play, A)
    # nobody says that the register is complete: it says at least, and never at most
    answer(play.client(Role.COORDINATOR, A), A, "cctv", MANY, value="300")
    shown = text(play, Role.COORDINATOR, place(MANY))
    assert "The answer differs" not in shown and "Nobody says that it is complete" in shown
    complete()
    answer(play.client(Role.COORDINATOR, A), A, "cctv", MANY, value="2")
    assert "The answer differs" not in text(play, Role.COORDINATOR, place(MANY))
    answer(play.client(Role.COORDINATOR, A), A, "cctv", MANY, value="3")
    assert "The answer differs" in text(play, Role.COORDINATOR, place(MANY))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"colour": "red"}, "asks for"),
        ({"sensitive": "perhaps"}, "says nothing"),
        ({"maker": ""}, "says nothing"),
        ("all of it", "is a mapping"),
    ],
)
def test_what_a_question_cannot_ask_for_is_refused(play: Play, told: Any, why: str) -> None:
    playing.ASKS[MANY] = told
    try:
        asked = json.dumps(questionnaire("2"))
    finally:
        playing.ASKS.clear()
    with within(EVERYTHING), pytest.raises(SurveyRefused) as refused:
        folders.keep(files(**{"questionnaire.yaml": asked}), None)
    assert any(why in str(one) for one in refused.value.faults)


@pytest.mark.parametrize("asking", [{USE: {"make": "Axis"}, MANY: {"system": "anpr"}}], indirect=True)
def test_a_guess_and_a_system_of_no_kind_are_no_certainty(asking: None, play: Play) -> None:
    """A label that is only probable, and equipment in a system whose kind nobody told, may be; they are not surely."""
    registered(play)
    with within(EVERYTHING):
        System.objects.create(body_id=A, slug="gates", name="Gate system")
        current = Estate.objects.get(body=A).current_id
        Device.objects.filter(run=current, name__startswith="Yard").update(label="review")
        Device.objects.filter(run=current, name__startswith="Gate").update(system="Gate system")
        Device.objects.filter(run=current, name__startswith="Lobby").update(system="written only in the records")
    shown = text(play, Role.COORDINATOR, place(USE))
    assert "at least 0, at most 2" in shown and "It is filled in above" not in shown
    answer(play.client(Role.COORDINATOR, A), A, "cctv", USE, value="yes")
    assert "at least 0, at most 4" in text(play, Role.COORDINATOR, place(MANY))
    with within(EVERYTHING):
        Device.objects.filter(run=current).update(live=False)
    assert "Your own register" not in text(play, Role.COORDINATOR, place(MANY))


@pytest.mark.parametrize("asking", [{MANY: {"sensitive": "yes"}}], indirect=True)
def test_what_is_signed_is_what_was_seen(asking: None, play: Play) -> None:
    """The register tells another number between the page and the signature: the signature is not taken."""
    registered(play)
    fill(play.client(Role.COORDINATOR, A), A)
    answer(play.client(Role.COORDINATOR, A), A, "cctv", MANY, value="12", note="ten were lent")
    assert play.client(Role.SRO, A).post(hub(A, "complete"), DAY).status_code == 302
    chief = play.client(Role.CHIEF, A)
    page = chief.get(hub(A, "sign")).content.decode()
    with within(EVERYTHING):
        current = Estate.objects.get(body=A).current_id
        Device.objects.filter(run=current, name__startswith="Yard").update(quantity=41)
    found = chief.post(hub(A, "sign"), {"digest": digest(page), "agreed": "yes"})
    assert found.status_code == 400
    with within(EVERYTHING):
        assert Return.objects.get(body_id=A).differences == []
