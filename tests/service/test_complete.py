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


def test_links_that_wait_are_listed_and_taken_back(play: Play) -> None:
    """By the office, and by a coordinator those of the own body that a coordinator may give."""
    from custodes.service.access.invitations import Invited, accept, made
    from custodes.service.access.models import Invitation

    with within(EVERYTHING):
        _, token = made(Invited(Role.RESPONDENT, "wait@ashire.example", "ashire"), play.people[Role.OFFICE_ADMIN, ""])
        chief, chiefs = made(Invited(Role.CHIEF, "head@ashire.example", "ashire"), play.people[Role.OFFICE_ADMIN, ""])
    office, own = play.client(Role.OFFICE_ADMIN), play.client(Role.COORDINATOR, "ashire")
    assert "wait@ashire.example" in office.get("/people/").content.decode()
    page = own.get("/bodies/ashire/people/").content.decode()
    assert "wait@ashire.example" in page and "head@ashire.example" not in page
    other = play.client(Role.COORDINATOR, "beeshire").get("/bodies/beeshire/people/")
    assert "ashire.example" not in other.content.decode()
    own.post("/bodies/ashire/people/", {"revoke": chief.pk})  # is the office's to give and to take
    with within(EVERYTHING):
        number = Invitation.objects.get(email="wait@ashire.example").pk
    own.post("/bodies/ashire/people/", {"revoke": number})
    with within(EVERYTHING):
        assert accept(token, "", "a long enough password", "") is None
        assert accept(chiefs, "", "a long enough password", "Head") is not None
    assert "wait@ashire.example" not in office.get("/people/").content.decode()


def test_a_body_that_no_survey_asks_keeps_its_equipment(play: Play) -> None:
    office = play.client(Role.OFFICE_ADMIN)
    office.post("/people/", {"body_id": "c-hospital", "body_name": "C Hospital"})
    office.post("/people/", {"list": "em@c.example, estate_manager, c-hospital"})
    from custodes.service.access.invitations import grant
    from custodes.service.access.models import User

    with within(EVERYTHING):
        user = User.objects.create_user("em2@c.example", "x")
        grant(user, Role.ESTATE_MANAGER, "c-hospital", None)
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/estate/c-hospital/").status_code == 200
    assert client.get("/estate/ashire/").status_code == 404
