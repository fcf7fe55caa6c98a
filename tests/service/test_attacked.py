"""What a review of the first version found, each as a test: nobody gains a role, nothing comes out that one person
alone wanted, nothing that was said is lost or said otherwise.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from playing import (
    BODIES,
    PASSWORD,
    SURVEY,
    WAVE,
    Play,
    answer,
    digest,
    files,
    fill,
    hub,
    questionnaire,
    seen,
    signed,
    zipped,
)

from custodes.model.errors import BadInput
from custodes.service.access.invitations import Invited, accept, grant, invite
from custodes.service.access.models import Membership
from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.publishing import export, release
from custodes.service.publishing.models import Edition
from custodes.service.returns.models import Answer, Evidence, Recorded, Return
from custodes.service.returns.workflow import Refused
from custodes.service.surveys import folders
from custodes.service.surveys.models import Survey

A, B = BODIES
DAY = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}


def survey() -> Survey:
    return Survey.objects.get(pk=SURVEY)


def test_an_address_cannot_be_taken_before_it_is_invited(play: Play) -> None:
    respondent = play.client(Role.RESPONDENT, A)
    for told in (
        {"action_add": "", "email": "newchief@example.org"},
        {"action_primary": "", "email": "newchief@example.org"},
    ):
        assert respondent.post("/account/email/", told).status_code == 404
    with within(EVERYTHING):
        token = invite(Invited(Role.CHIEF, "newchief@example.org", A), play.people[Role.OFFICE_ADMIN, ""])
    page = Client().post(f"/invitation/{token}/", {"name": "c", "password": PASSWORD})
    assert page.status_code == 302
    with within(EVERYTHING):
        assert Membership.objects.get(user__email="newchief@example.org").role == "chief"


def test_a_role_for_an_account_wants_its_owner(play: Play) -> None:
    owner = play.people[Role.COORDINATOR, B]
    with within(EVERYTHING):
        token = invite(Invited(Role.ANALYST, owner.email), play.people[Role.OFFICE_ADMIN, ""])
    for client in (Client(), play.client(Role.RESPONDENT, A)):
        assert "Sign in" in client.post(f"/invitation/{token}/").content.decode()
        assert not Membership.objects.filter(user=owner, role="analyst").exists()
    assert play.client(Role.COORDINATOR, B).post(f"/invitation/{token}/").status_code == 302
    assert Membership.objects.filter(user=owner, role="analyst").exists()


def test_a_link_falls_with_the_role_of_who_made_it(play: Play) -> None:
    coordinator = play.people[Role.COORDINATOR, A]
    with within(EVERYTHING):
        token = invite(Invited(Role.COORDINATOR, "second@example.org", A), coordinator)
        Membership.objects.filter(user=coordinator).update(ended="2026-01-01T00:00:00Z")
        assert accept(token, "", PASSWORD, "x") is None


def test_an_auditor_of_the_office_appoints_nobody(play: Play) -> None:
    with within(EVERYTHING):
        grant(play.people[Role.AUDITOR, ""], Role.COORDINATOR, A, None)
    page = play.client(Role.AUDITOR).get(f"/bodies/{A}/people/").content.decode()
    assert 'value="respondent"' in page and 'value="chief"' not in page


def test_what_two_agreed_to_is_what_comes_out(play: Play) -> None:
    """A folder that is uploaded after the request changes nothing of the release, nor of a later run."""
    signed(play, A)
    first, second = play.people[Role.ANALYST, ""], play.people[Role.OFFICE_ADMIN, ""]
    with within(EVERYTHING):
        told = {"slug": "one", "title": "One", "cut": date.today().isoformat()}
        edition = release.propose(survey(), first, told)
        release.request(edition, first)
        rogue = json.dumps({"editions": [{"id": "rogue", "title": "R", "cut": "2026-01-01"}]})
        folders.keep(files(**{"editions.yaml": rogue}), second)
        held = Edition.objects.get(pk=edition.pk)
        with pytest.raises(Refused):
            release.approve(held, first)
        release.approve(held, second)
        out = export.files(survey(), Edition.objects.get(pk=edition.pk))
        assert "rogue" not in out.get("editions.yaml", "") and '"one"' in out["editions.yaml"]
        with pytest.raises(Refused):
            release.propose(survey(), first, {**told, "slug": "rogue"})


def test_a_line_end_of_another_kind_breaks_no_table(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    fill(coordinator, A)
    answer(coordinator, A, "systems", "sys.owner", "Town", value="a\rb\r\nc")
    play.client(Role.SRO, A).post(hub(A, "complete"), DAY)
    chief = play.client(Role.CHIEF, A)
    chief.post(hub(A, "sign"), {"digest": digest(chief.get(hub(A, "sign")).content.decode()), "agreed": "yes"})
    with within(EVERYTHING), export.counted(survey()) as read:
        assert read.figure(read.figures["returns"], None).numerator == 1


def test_a_lead_that_was_taken_back_breaks_no_later_one(play: Play) -> None:
    for body, other in ((A, B), (B, A)):
        coordinator = play.client(Role.COORDINATOR, body)
        fill(coordinator, body)
        for told in ({"state": "lead", "lead": other.title()}, {"value": "no"}):
            answer(coordinator, body, "worn", "worn.concern", **told)
            play.client(Role.SRO, body).post(hub(body, "complete"), DAY)
            chief = play.client(Role.CHIEF, body)
            page = chief.get(hub(body, "sign")).content.decode()
            assert chief.post(hub(body, "sign"), {"digest": digest(page), "agreed": "yes"}).status_code == 302
    with within(EVERYTHING), export.counted(survey()) as read:
        assert read.figure(read.figures["worn"], None).denominator == 2


def test_what_was_recorded_later_holds_though_a_request_was_withdrawn(play: Play) -> None:
    signed(play, A)
    person = play.people[Role.ANALYST, ""]

    def again(many: str) -> None:
        answer(play.client(Role.COORDINATOR, A), A, "cctv", "cctv.many", value=many)
        play.client(Role.SRO, A).post(hub(A, "complete"), DAY)
        chief = play.client(Role.CHIEF, A)
        chief.post(hub(A, "sign"), {"digest": digest(chief.get(hub(A, "sign")).content.decode()), "agreed": "yes"})

    with within(EVERYTHING):
        edition = release.propose(survey(), person, {"slug": "one", "title": "One", "cut": date.today().isoformat()})
        release.request(edition, person)
    again("13")
    with within(EVERYTHING):
        release.withdraw(Edition.objects.get(pk=edition.pk), person, "too early")
    again("14")
    with within(EVERYTHING), export.counted(survey()) as read:
        assert str(read.asking(read.waves[WAVE], None).cells("cctv.many")[A][""].value) == "14"


def test_the_day_and_the_files_stand_under_the_signature(play: Play) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    coordinator, sro, chief = (play.client(role, A) for role in (Role.COORDINATOR, Role.SRO, Role.CHIEF))
    fill(coordinator, A)
    sro.post(hub(A, "complete"), DAY)
    before = digest(chief.get(hub(A, "sign")).content.decode())
    for value in ("13", "12"):
        answer(coordinator, A, "cctv", "cctv.many", value=value)
    sro.post(hub(A, "complete"), {**DAY, "as_at-year": "2020"})
    assert chief.post(hub(A, "sign"), {"digest": before, "agreed": "yes"}).status_code == 400
    page = chief.get(hub(A, "sign")).content.decode()
    coordinator.post(hub(A, "evidence"), {"question": "cctv.use", "file": SimpleUploadedFile("paper.txt", b"x")})
    sro.post(hub(A, "complete"), {**DAY, "as_at-year": "2020"})
    assert chief.post(hub(A, "sign"), {"digest": digest(page), "agreed": "yes"}).status_code == 400
    assert "paper.txt" in chief.get(hub(A, "sign")).content.decode()


def test_a_correction_outlives_a_signature_for_another_answer(play: Play) -> None:
    signed(play, A)
    place = f"/office/{SURVEY}/waves/{WAVE}/{A}/act/"
    told = {"act": "correct", "question": "cctv.many", "state": "corrected", "value": "99", "reason": "counted again"}
    play.client(Role.ANALYST).post(place, told)
    answer(play.client(Role.COORDINATOR, A), A, "worn", "worn.concern", value="yes")
    play.client(Role.SRO, A).post(hub(A, "complete"), DAY)
    chief = play.client(Role.CHIEF, A)
    chief.post(hub(A, "sign"), {"digest": digest(chief.get(hub(A, "sign")).content.decode()), "agreed": "yes"})
    with within(EVERYTHING):
        assert [row.value for row in Recorded.objects.filter(body_id=A, question="cctv.many")] == ["12", "99"]


def test_an_office_workbook_touches_nothing_that_a_body_signed_or_declined(play: Play) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    signed(play, A)
    book = play.client(Role.SRO, A).get(hub(A)[:-1] + "/workbook.xlsx").content
    play.client(Role.CHIEF, B).post(hub(B, "decline"), {"law": "x", "section": "y", "reason": "security"})
    for body in BODIES:
        play.client(Role.ANALYST).post(
            f"/office/{SURVEY}/waves/{WAVE}/{body}/workbook/", {"file": SimpleUploadedFile("r.xlsx", book)}
        )
    with within(EVERYTHING):
        assert Return.objects.get(body_id=A).state == "signed_off"
        declined = Return.objects.get(body_id=B)
    assert (declined.state, declined.refusal["reason"]) == ("declined", "security")


def test_a_version_that_no_longer_fits_is_refused(play: Play) -> None:
    signed(play, A)
    changed = questionnaire("2")
    changed["sections"][0]["questions"][2]["options"] = ["old"]
    waves = {"waves": [{"id": "w9", "opened": "2026-01-05", "closed": "2026-02-05"}]}
    fewer = f"body,name,kind,invited_from,invited_to\n{B},B,county,,\n"
    told = {
        "in the field with version": {"questionnaire.yaml": json.dumps(questionnaire("2"))},
        "is open here and not in these files": {"waves.yaml": json.dumps(waves)},
        "was invited to wave": {"bodies.csv": fewer},
    }
    for why, more in told.items():
        with within(EVERYTHING), pytest.raises(BadInput, match=why):
            folders.keep(files(**more), None)
    play.client(Role.CHIEF, B).post(hub(B, "decline"), {"law": "x", "section": "y", "reason": "security"})
    with within(EVERYTHING), pytest.raises(BadInput, match="no longer fits"):
        folders.keep(files(**{"questionnaire.yaml": json.dumps(changed)}), None)


def test_a_folder_that_was_downloaded_comes_back(play: Play) -> None:
    signed(play, A)
    with within(EVERYTHING):
        out = export.files(survey())
        status = play.client(Role.OFFICE_ADMIN).post("/surveys/upload/", {"file": _file(zipped(out))}).status_code
        assert status == 302
        with export.counted(survey()) as read:
            assert read.figure(read.figures["returns"], None).numerator == 1


def _file(data: bytes) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("s.zip", data)


def test_none_of_a_repeating_thing_is_an_answer(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    coordinator.post(hub(A, "sections", "systems", "parts"), {"none": "1"})
    page = coordinator.get(hub(A, "sections", "systems")).content.decode()
    assert "There is none" in page
    with within(EVERYTHING):
        assert Answer.objects.get(question="sys.owner").state == "none"
    coordinator.post(hub(A, "sections", "systems", "parts"), {"name": "Town"})
    with within(EVERYTHING):
        assert not Answer.objects.filter(question="sys.owner", part="").exists()


def test_a_draft_stays_the_body_s(play: Play) -> None:
    from custodes.service.access.views import new_token

    answer(play.client(Role.COORDINATOR, A), A, "cctv", "cctv.use", state="none", note="draftmark")
    token = new_token(play.people[Role.OFFICE_ADMIN, ""], "t", ["read_audit"])
    told = Client().get("/api/v1/office/events?most=1000", headers={"Authorization": f"Bearer {token}"})
    assert told.status_code == 200 and b"answered" in told.content and b"draftmark" not in told.content
    signed(play, B)
    answer(play.client(Role.COORDINATOR, B), B, "worn", "worn.concern", value="yes")
    play.client(Role.COORDINATOR, B).post(hub(B, "evidence"), {"question": "cctv.use", "file": _file(b"new")})
    with within(EVERYTHING):
        number = Evidence.objects.get(body_id=B).pk
    office = play.client(Role.ANALYST)
    assert office.get(f"/office/{SURVEY}/waves/{WAVE}/{B}/evidence/{number}/").status_code == 404


@pytest.mark.parametrize("year", ["99999999999999999999", "-1", "０００1", ""])
def test_days_that_are_none(play: Play, year: str) -> None:
    client = play.client(Role.SRO, A)
    fill(play.client(Role.COORDINATOR, A), A)
    assert client.post(hub(A, "complete"), {**DAY, "as_at-year": year}).status_code == 400
    place = hub(A, "sections", "worn", "questions", "worn.since")
    told = {"seen": seen(client.get(place).content.decode()), "value-day": "1", "value-month": "1", "value-year": year}
    assert client.post(place, told).status_code == 400


def test_odd_requests_are_no_faults(play: Play) -> None:
    admin, coordinator = play.client(Role.OFFICE_ADMIN), play.client(Role.COORDINATOR, A)
    assert Client().get(f"/published/{SURVEY}/a%00b").status_code == 404
    assert admin.post("/people/", {"end": "x"}).status_code == 404
    assert coordinator.post(f"/bodies/{A}/people/", {"end": "x"}).status_code == 404
    assert coordinator.post("/home/tokens/", {"revoke": "x"}).status_code == 404
    assert coordinator.post(hub(A, "people"), {"section": "cctv", "person": "x"}).status_code == 404
    assert admin.post("/people/", {"list": "a@b..org, analyst\né@b.org, analyst"}).status_code == 302
    from custodes.service.mail.models import Message

    assert not Message.objects.filter(kind="invitation").exists()


def test_what_fails_does_not_stop_the_clock(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodes.service import working

    done: list[str] = []

    def fails() -> object:
        raise ValueError("unforeseen")

    monkeypatch.setattr(working, "CLOCKWORK", (("one", 5, fails), ("two", 5, lambda: done.append("two"))))
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    due: dict[str, float] = {}
    working.tick(due, 100.0)
    working.tick(due, 102.0)
    working.tick(due, 106.0)
    assert done == ["two", "two"]


def test_reminders_go_out_once_each_and_not_before_somebody_is_there(play: Play) -> None:
    from custodes.service.mail.models import Message
    from custodes.service.mail.reminders import remind

    Message.objects.all().delete()
    assert remind(date(2026, 1, 25)) == 2, "14 days before"
    assert remind(date(2026, 1, 26)) == 0
    assert remind(date(2026, 2, 6)) == 2, "a day after"
    assert remind(date(2026, 4, 1)) == 2 and remind(date(2026, 4, 2)) == 0
    assert {one.to for one in Message.objects.filter(kind="reminder")} >= {
        "chief@ashire.example",
        "sro@beeshire.example",
    }
    with within(EVERYTHING):
        Membership.objects.filter(body_id=B).update(ended="2026-01-01T00:00:00Z")
        play.wave.__class__.objects.update(closes=date(2026, 6, 1))
    assert remind(date(2026, 7, 1)) == 1, "another closing day is another reminder; nobody is there at the other body"
