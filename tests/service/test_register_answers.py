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


def text(play: Play, role: Role, place: str) -> str:
    found = play.client(role, A).get(place)
    assert found.status_code == 200
    return " ".join(found.content.decode().split())


def place(question: str) -> str:
    return hub(A, "sections", "cctv", "questions", question)


@pytest.mark.parametrize("asking", [{USE: {"make": "Axis"}, MANY: {"maker": "hikvision"}}], indirect=True)
def test_the_register_fills_in_what_it_knows(asking: None, play: Play) -> None:
    """Four devices in use, one of Hikvision's make for sure, one of which the maker is not known."""
    estates_made.standing(play, A)
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
    estates_made.standing(play, A)
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
