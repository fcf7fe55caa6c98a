"""Rounds of requests in the office: replies come in, are read, decided by people, typed twice, written back."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from playing import Play

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.models import Event
from custodes.service.rounds import reading
from custodes.service.rounds.models import Decided, Line, Round

ANSWER = "We hold 12 drones. All were made by DJI. They are flown by trained officers of this force."
REFUSED = (
    "Your request is refused under section 31(1) of the Freedom of Information Act 2000. Disclosure would be likely to "
    "prejudice the prevention or detection of crime, and the public interest favours maintaining the exemption."
)


def mail(body: str, text: str) -> bytes:
    told = EmailMessage()
    told["From"], told["Subject"] = f"foi@{body}.example", "Your request about drones"
    told["Date"] = "Mon, 02 Feb 2026 10:00:00 +0000"
    told.set_content(text)
    return bytes(told)


def replies() -> bytes:
    """Three replies, every one invented."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Ashire.eml", mail("ashire", ANSWER))
        archive.writestr("Beeshire.eml", mail("beeshire", REFUSED))
        archive.writestr("Ceeshire.txt", "We acknowledge receipt of your request and will reply in due course.")
    return out.getvalue()


def begun(play: Play) -> tuple[Any, Round]:
    """A round whose replies were read."""
    office = play.client(Role.ANALYST)
    told = {"title": "Drones 2026", "law": "uk-2000", "sent-day": "5", "sent-month": "1", "sent-year": "2026"}
    assert office.post("/rounds/new/", told).status_code == 302
    with within(EVERYTHING):
        of = Round.objects.get()
    office.post(f"/rounds/{of.pk}/files/", {"file": SimpleUploadedFile("replies.zip", replies())})
    reading.round_read.func(of.pk)
    with within(EVERYTHING):
        of.refresh_from_db()
    assert of.state == "done", of.error
    return office, of


def test_replies_are_read_with_their_clocks(play: Play) -> None:
    office, of = begun(play)
    with within(EVERYTHING):
        kinds = {line.body: line.kind for line in Line.objects.filter(of=of)}
        refused = Line.objects.get(kind="refused")
    assert sorted(kinds.values()) == ["acknowledged", "answered", "refused"], kinds
    table = office.get(f"/rounds/{of.pk}/").content.decode()
    assert "Freedom of Information Act 2000" in table and "refused" in table
    page = office.get(f"/rounds/{of.pk}/lines/{refused.key}/").content.decode()
    assert "31(1)" in page and "no answer of the body" in page
    assert refused.due is not None and refused.due.isoformat() == "2026-02-02"  # 20 working days behind 5 January 2026
    late = office.get(f"/rounds/{of.pk}/?late=yes").content.decode()
    assert "Replies: 1" in late
    for name in ("table.xlsx", "table.csv", "reviews.zip"):
        found = office.get(f"/rounds/{of.pk}/results/{name}")
        assert found.status_code == 200 and b"".join(found.streaming_content)
    letters = b"".join(office.get(f"/rounds/{of.pk}/results/reviews.zip").streaming_content)
    assert len(zipfile.ZipFile(io.BytesIO(letters)).namelist()) == 2  # of the refusal, and of the one that is late
    assert office.get(f"/rounds/{of.pk}/results/job.json").status_code == 404


def test_a_person_decides_and_nothing_is_taken_back(play: Play) -> None:
    office, of = begun(play)
    with within(EVERYTHING):
        line = Line.objects.get(kind="refused")
    place = f"/rounds/{of.pk}/lines/{line.key}/"
    office.post(f"{place}act/", {"kind": "partial"})  # why?
    office.post(f"{place}act/", {"kind": "partial", "reason": "a table came with it"})
    assert "a table came with it" in office.get(place).content.decode()
    assert "decided by a person" in office.get(f"/rounds/{of.pk}/").content.decode()
    with within(EVERYTHING):
        assert Decided.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Decided.objects.update(kind="answered")
        assert Event.objects.filter(kind="reply_decided").count() == 1
    # it holds when the replies are read again with more beside them
    office.post(f"/rounds/{of.pk}/files/", {"file": SimpleUploadedFile("Deeshire.txt", b"We hold no drones.")})
    reading.round_read.func(of.pk)
    with within(EVERYTHING):
        assert Line.objects.filter(of=of).count() == 4
    assert "decided by a person" in office.get(f"/rounds/{of.pk}/").content.decode()


def test_figures_are_typed_by_two_who_do_not_see_each_other(play: Play) -> None:
    office, of = begun(play)
    other = play.client(Role.OFFICE_ADMIN)
    with within(EVERYTHING):
        line = Line.objects.get(kind="answered")
    place = f"/rounds/{of.pk}/lines/{line.key}/"
    office.post(f"{place}act/", {"figure": "drones", "value": "1,2"})
    unseen = other.get(place).content.decode()
    assert "typed by 1; type it yourself" in unseen and "1,2" not in unseen
    other.post(f"{place}act/", {"figure": "drones", "value": "12"})
    assert "Two people agree" in other.get(place).content.decode()
    office.post(f"{place}act/", {"figure": "drones", "value": "13"})
    assert "They differ" in other.get(place).content.decode()


def test_replies_that_cannot_be_read_lose_nothing(play: Play) -> None:
    office, of = begun(play)
    office.post(f"/rounds/{of.pk}/files/", {"file": SimpleUploadedFile("broken.pdf", b"%PDF-1.7 and nothing more")})
    reading.round_read.func(of.pk)
    with within(EVERYTHING):
        of.refresh_from_db()
        assert of.state == "done" and Line.objects.filter(of=of).count() >= 3
    text = office.get(f"/rounds/{of.pk}/").content.decode()
    assert "broken.pdf" in text
