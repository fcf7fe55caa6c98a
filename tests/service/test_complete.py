"""A return that is completed with gaps says so of each."""

from __future__ import annotations

from playing import BODIES, SURVEY, Play, answer, digest, hub

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.publishing.export import counted
from custodes.service.surveys.models import Survey

A = BODIES[0]


def test_gaps_are_left_unanswered(play: Play) -> None:
    answer(play.client(Role.COORDINATOR, A), A, "worn", "worn.concern", value="yes")
    sro = play.client(Role.SRO, A)
    day = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}
    assert sro.post(hub(A, "complete"), day).status_code == 400
    assert sro.post(hub(A, "complete"), {**day, "open": "yes"}).status_code == 302
    chief = play.client(Role.CHIEF, A)
    chief.post(hub(A, "sign"), {"digest": digest(chief.get(hub(A, "sign")).content.decode()), "agreed": "yes"})
    with within(EVERYTHING), counted(Survey.objects.get(pk=SURVEY)) as read:
        asked = read.asking(read.waves["w1"], None)
        assert asked.returned == {A}
        assert read.figure(read.figures["worn"], None).numerator == 1
        assert asked.cells("cctv.use") == {}


def test_an_empty_return_is_none(play: Play) -> None:
    sro = play.client(Role.SRO, A)
    sro.get(hub(A))
    told = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026", "open": "yes"}
    page = sro.post(hub(A, "complete"), told)
    assert page.status_code == 400 and "There is no answer in it" in page.content.decode()
