"""A return from its invitation to its acceptance, in this process."""

from __future__ import annotations

import csv
import io
import re

from playing import BODIES, SURVEY, WAVE, Play, answer, digest, fill, hub, seen, signed

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.verify import faults
from custodes.service.mail import outgoing
from custodes.service.mail.models import Message
from custodes.service.publishing.export import counted, files
from custodes.service.returns.models import Answer, Recorded, Return
from custodes.service.surveys.models import Survey

A, B = BODIES


def state(body: str) -> str:
    with within(EVERYTHING):
        return Return.objects.get(body_id=body).state


def test_a_whole_return(play: Play) -> None:
    """Answers, completion, signature, acceptance; and what the survey room counts from it."""
    coordinator = play.client(Role.COORDINATOR, A)
    assert coordinator.get(hub(A)).status_code == 200
    assert state(A) == "opened"
    signed(play, A)
    assert state(A) == "signed_off"
    office = play.client(Role.ANALYST)
    page = office.get(f"/office/{SURVEY}/waves/{WAVE}/{A}/").content.decode()
    assert "the council" in page and "12" in page
    office.post(f"/office/{SURVEY}/waves/{WAVE}/{A}/act/", {"act": "accept"})
    assert state(A) == "accepted"
    with within(EVERYTHING):
        told = files(Survey.objects.get(pk=SURVEY))["answers.csv"]
        rows = {(row["body"], row["question"]): row["value"] for row in csv.DictReader(io.StringIO(told))}
        assert rows[A, "cctv.many"] == "12" and rows[A, "worn.since"] == "2020-04-03"
        with counted(Survey.objects.get(pk=SURVEY)) as read:
            figure = read.figure(read.figures["worn"], None)
            assert (figure.numerator, figure.denominator) == (0, 1)
        assert list(faults()) == []


def test_routing_is_that_of_the_survey_room(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    answer(coordinator, A, "cctv", "cctv.use", value="no")
    page = coordinator.get(hub(A, "sections", "cctv")).content.decode()
    assert "How many?" not in page
    gone = coordinator.get(hub(A, "sections", "cctv", "questions", "cctv.many"))
    assert gone.status_code == 302


def test_each_type_says_what_it_wants(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    answer(coordinator, A, "cctv", "cctv.use", value="yes")
    wrong = {
        ("cctv", "cctv.use"): ({"value": "perhaps"}, "Choose yes or no"),
        ("cctv", "cctv.many"): ({"value": "a dozen"}, "Write a whole number"),
        ("cctv", "cctv.kind"): ({"value": "blue"}, "Choose one of the options"),
        ("worn", "worn.since"): (
            {"value-day": "31", "value-month": "2", "value-year": "2020"},
            "Write a day, month and year",
        ),
    }
    for (section, question), (told, text) in wrong.items():
        page = answer(coordinator, A, section, question, **told)
        assert page.status_code == 400
        assert text in page.content.decode(), question
    refused = answer(coordinator, A, "cctv", "cctv.many", state="refused")
    assert "under which law" in refused.content.decode()
    both = answer(coordinator, A, "cctv", "cctv.many", state="none", value="3")
    assert both.status_code == 400
    with within(EVERYTHING):
        assert not Answer.objects.filter(question="cctv.many").exists()


def test_an_edit_voids_the_signature(play: Play) -> None:
    signed(play, A)
    answer(play.client(Role.COORDINATOR, A), A, "worn", "worn.concern", value="yes")
    with within(EVERYTHING):
        of = Return.objects.get(body_id=A)
    assert (of.state, of.signed_digest, of.signed_by_id, of.completed_by_id) == ("in_progress", "", None, None)
    assert Message.objects.filter(kind="signature_void", to="chief@ashire.example").exists()
    with within(EVERYTHING):
        held = Recorded.objects.filter(body_id=A, question="worn.concern")
        assert [row.value for row in held] == ["no"], "what was signed before stays recorded until it is signed again"


def test_what_is_signed_is_what_was_read(play: Play) -> None:
    fill(play.client(Role.COORDINATOR, A), A)
    play.client(Role.SRO, A).post(hub(A, "complete"), {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"})
    chief = play.client(Role.CHIEF, A)
    before = digest(chief.get(hub(A, "sign")).content.decode())
    assert chief.post(hub(A, "sign"), {"digest": before}).status_code == 400, "the box is not ticked"
    assert chief.post(hub(A, "sign"), {"digest": "0" * 64, "agreed": "yes"}).status_code == 400
    answer(play.client(Role.COORDINATOR, A), A, "cctv", "cctv.many", value="13")
    late = chief.post(hub(A, "sign"), {"digest": before, "agreed": "yes"})
    assert late.status_code == 400 and state(A) == "in_progress"


def test_two_people_edit_one_question(play: Play) -> None:
    """The second is told, loses nothing, and decides."""
    first, second = play.client(Role.COORDINATOR, A), play.client(Role.SRO, A)
    place = hub(A, "sections", "cctv", "questions", "cctv.use")
    old = seen(second.get(place).content.decode())
    answer(first, A, "cctv", "cctv.use", value="yes")
    clash = second.post(place, {"seen": old, "value": "no", "note": "mine"})
    text = clash.content.decode()
    assert clash.status_code == 409 and "Somebody else changed" in text and "mine" in text
    with within(EVERYTHING):
        assert Answer.objects.get(question="cctv.use").value == "yes"
    assert second.post(place, {"seen": seen(text), "value": "no", "note": "mine"}).status_code == 302
    with within(EVERYTHING):
        assert Answer.objects.get(question="cctv.use").value == "no"


def test_a_question_of_the_office_and_its_reply(play: Play) -> None:
    signed(play, A)
    office = play.client(Role.ANALYST)
    place = f"/office/{SURVEY}/waves/{WAVE}/{A}/act/"
    office.post(place, {"act": "query", "question": "cctv.many", "text": "Are these lenses or cameras?"})
    assert state(A) == "queried"
    coordinator = play.client(Role.COORDINATOR, A)
    page = coordinator.get(hub(A)).content.decode()
    assert "lenses or cameras" in page
    sro = play.client(Role.SRO, A)
    day = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}
    assert sro.post(hub(A, "complete"), day).status_code == 400, "the question is open"
    number = page.split("/queries/")[1].split("/")[0]
    coordinator.post(hub(A, "queries", number), {"reply": "Cameras."})
    answer(coordinator, A, "cctv", "cctv.many", value="11")
    assert state(A) == "queried"
    assert sro.post(hub(A, "complete"), day).status_code == 302
    chief = play.client(Role.CHIEF, A)
    chief.post(hub(A, "sign"), {"digest": digest(chief.get(hub(A, "sign")).content.decode()), "agreed": "yes"})
    assert state(A) == "signed_off"
    with within(EVERYTHING):
        assert [row.value for row in Recorded.objects.filter(body_id=A, question="cctv.many")] == ["12", "11"]


def test_nobody_both_completes_and_signs(play: Play) -> None:
    from custodes.service.access.invitations import grant

    with within(EVERYTHING):
        grant(play.people[Role.SRO, A], Role.CHIEF, A, None)
    fill(play.client(Role.COORDINATOR, A), A)
    both = play.client(Role.SRO, A)
    both.post(hub(A, "complete"), {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"})
    page = both.get(hub(A, "sign")).content.decode()
    assert both.post(hub(A, "sign"), {"digest": digest(page), "agreed": "yes"}).status_code == 400
    assert state(A) == "submitted"


def test_a_refusal_is_no_return(play: Play) -> None:
    chief = play.client(Role.CHIEF, A)
    assert chief.post(hub(A, "decline"), {"law": "FOIA"}).status_code == 400
    chief.post(
        hub(A, "decline"), {"law": "Freedom of Information Act 2000", "section": "s.24", "reason": "national security"}
    )
    assert state(A) == "declined"
    with within(EVERYTHING), counted(Survey.objects.get(pk=SURVEY)) as read:
        assert read.figure(read.figures["returns"], None).numerator == 0


def test_a_respondent_answers_what_was_given_to_them_alone(play: Play) -> None:
    respondent, coordinator = play.client(Role.RESPONDENT, A), play.client(Role.COORDINATOR, A)
    place = hub(A, "sections", "cctv", "questions", "cctv.use")
    assert respondent.get(place).status_code == 403
    person = play.people[Role.RESPONDENT, A].pk
    coordinator.post(hub(A, "people"), {"section": "cctv", "person": person})
    assert respondent.get(place).status_code == 200
    assert respondent.get(hub(A, "sections", "worn", "questions", "worn.concern")).status_code == 403
    coordinator.post(hub(A, "people"), {"section": "cctv", "person": person, "remove": "1"})
    assert respondent.get(place).status_code == 403


def test_a_correction_of_the_office_is_a_row_of_its_own(play: Play) -> None:
    signed(play, A, concern="yes")
    office = play.client(Role.ANALYST)
    place = f"/office/{SURVEY}/waves/{WAVE}/{A}/act/"
    office.post(
        place, {"act": "correct", "question": "worn.concern", "state": "corrected", "value": "no", "reason": ""}
    )
    with within(EVERYTHING):
        assert Recorded.objects.filter(body_id=A, question="worn.concern").count() == 1, "a cause is wanted"
    office.post(
        place,
        {
            "act": "correct",
            "question": "worn.concern",
            "state": "corrected",
            "value": "no",
            "reason": "enquiry by telephone",
        },
    )
    with within(EVERYTHING):
        rows = Recorded.objects.filter(body_id=A, question="worn.concern")
        assert [(row.state, row.value) for row in rows] == [("answered", "yes"), ("corrected", "no")]
        assert Answer.objects.get(of__body_id=A, question="worn.concern").value == "yes", "what they answered stays"


def test_a_workbook_out_and_in(play: Play, tmp_path: object) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import load_workbook

    sro = play.client(Role.SRO, A)
    out = sro.get(hub(A)[:-1] + "/workbook.xlsx")
    book = load_workbook(io.BytesIO(out.content))
    sheet = book["cctv"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, 20)}
    sheet.cell(rows["cctv.use"], 6).value = "yes / ie"
    sheet.cell(rows["cctv.many"], 6).value = 40
    sheet.cell(rows["cctv.kind"], 5).value = "refused / gwrthodwyd"
    saved = io.BytesIO()
    book.save(saved)
    done = sro.post(hub(A, "workbook"), {"file": SimpleUploadedFile("r.xlsx", saved.getvalue())})
    assert done.status_code == 302, done.content.decode()[-3000:]
    with within(EVERYTHING):
        held = {one.question: (one.state, one.value) for one in Answer.objects.filter(of__body_id=A)}
    assert held["cctv.many"] == ("answered", "40") and held["cctv.kind"][0] == "refused"
    other = play.client(Role.SRO, B).post(hub(B, "workbook"), {"file": SimpleUploadedFile("r.xlsx", saved.getvalue())})
    assert other.status_code == 400 and "this is the workbook of ashire" in other.content.decode()
    sheet.cell(rows["cctv.many"], 6).value = "=1+1"
    saved = io.BytesIO()
    book.save(saved)
    bad = sro.post(hub(A, "workbook"), {"file": SimpleUploadedFile("r.xlsx", saved.getvalue())})
    assert bad.status_code == 400 and "formula" in bad.content.decode()


def filled_in(play: Play, **told: object) -> bytes:
    """The workbook of A as it comes back. `told`: question, its dot an underscore, to the value."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(play.client(Role.SRO, A).get(hub(A)[:-1] + "/workbook.xlsx").content))
    sheet = book["cctv"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, 20)}
    for name, value in told.items():
        sheet.cell(rows[name.replace("_", ".")], 6).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def hidden(page: str) -> dict[str, str]:
    """What the form of open differences carries."""
    return dict(re.findall(r'type="hidden" name="((?:ticket|question|part|seen)[^"]*)" value="([^"]*)"', page))


def stands(question: str) -> str:
    with within(EVERYTHING):
        return Answer.objects.get(of__body_id=A, question=question).value


def test_a_workbook_beside_what_was_answered_here(play: Play) -> None:
    """Nothing is written over unseen: somebody chooses, and chooses again if it was changed in between."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    sro = play.client(Role.SRO, A)
    answer(sro, A, "cctv", "cctv.use", value="yes")
    answer(sro, A, "cctv", "cctv.many", value="12")
    data = filled_in(play, cctv_use="yes / ie", cctv_many=40, cctv_kind="new")
    done = sro.post(hub(A, "workbook"), {"file": SimpleUploadedFile("r.xlsx", data)})
    page = done.content.decode()
    assert done.status_code == 409 and "12" in page and "40" in page
    assert page.count('type="radio"') == 2, "only what differs is asked"
    assert stands("cctv.many") == "12"
    with within(EVERYTHING):
        assert not Answer.objects.filter(of__body_id=A, question="cctv.kind").exists()

    sent = hidden(page)
    assert sro.post(hub(A, "workbook"), sent).status_code == 409, "nothing is chosen by itself"
    others = play.client(Role.SRO, B).post(hub(B, "workbook"), {**sent, "take-0": "workbook"})
    assert others.status_code == 400 and "sent for another return" in others.content.decode()
    answer(sro, A, "cctv", "cctv.many", value="13")
    again = sro.post(hub(A, "workbook"), {**sent, "take-0": "workbook"})
    assert again.status_code == 409 and "13" in again.content.decode()
    assert stands("cctv.many") == "13"

    sent = hidden(again.content.decode())
    assert sro.post(hub(A, "workbook"), {**sent, "take-0": "here"}).status_code == 302
    assert (stands("cctv.many"), stands("cctv.kind")) == ("13", "new")
    done = sro.post(hub(A, "workbook"), {"file": SimpleUploadedFile("r.xlsx", data)})
    sent = hidden(done.content.decode())
    assert sro.post(hub(A, "workbook"), {**sent, "take-0": "workbook"}).status_code == 302
    assert stands("cctv.many") == "40"
    data = filled_in(play, cctv_use="yes / ie", cctv_many=41)
    assert sro.post(hub(A, "workbook"), {"file": SimpleUploadedFile("r.xlsx", data)}).status_code == 302
    assert stands("cctv.many") == "41", "a workbook after a workbook is a correction of it"


def test_a_workbook_that_the_office_takes_leaves_what_the_body_answered(play: Play) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sro = play.client(Role.SRO, A)
    answer(sro, A, "cctv", "cctv.use", value="yes")
    answer(sro, A, "cctv", "cctv.many", value="98765")
    data = filled_in(play, cctv_use="yes / ie", cctv_many=40, cctv_kind="new")
    office = play.client(Role.ANALYST, "")
    done = office.post(
        f"/office/{SURVEY}/waves/{WAVE}/{A}/workbook/", {"file": SimpleUploadedFile("r.xlsx", data)}, follow=True
    )
    told = done.content.decode()
    assert "left as it stands" in told and "98765" not in told.replace(",", "")
    assert (stands("cctv.many"), stands("cctv.kind")) == ("98765", "new")


def test_letters_are_in_the_languages_of_their_survey(play: Play) -> None:
    """A survey that asks in Welsh too writes in Welsh too; to the office in English; dates in words."""
    signed(play, A)
    answer(play.client(Role.COORDINATOR, A), A, "cctv", "cctv.many", value="13")
    asked = Message.objects.get(kind="asked", to=f"coordinator@{A}.example")
    assert asked.subject == "You are asked: The first wave / Gofynnir i chi: The first wave"
    assert "It is due on 5 February 2026." in asked.text and "Y dyddiad cau yw 5 Chwefror 2026." in asked.text
    assert asked.text.count(hub(A)) == 1
    void = Message.objects.get(kind="signature_void", to=f"chief@{A}.example")
    assert "void" in void.text and "ddi-rym" in void.text
    received = Message.objects.filter(kind="signed")
    assert {one.subject for one in received} == {f"Return received: {A.title()}"}
    with within(EVERYTHING):
        Survey.objects.update(title={"en": "Cameras"})
        of = Return.objects.select_related("body", "wave__survey").get(body_id=B)
        outgoing.tell_completed(of)
    assert Message.objects.get(kind="to_sign", to=f"chief@{B}.example").subject == "For your signature: The first wave"


def test_last_time_stands_beside_the_question(play: Play) -> None:
    from playing import files as survey_files

    from custodes.service.surveys import folders
    from custodes.service.surveys.waves import open_wave

    signed(play, A)
    import json

    waves = [
        {"id": WAVE, "opened": "2026-01-05", "closed": "2026-02-05", "title": "The first wave"},
        {"id": "w2", "opened": "2026-09-01", "closed": "2026-12-20", "title": "The second wave"},
    ]
    with within(EVERYTHING):
        folders.keep(survey_files(**{"waves.yaml": json.dumps({"waves": waves})}), None)
        open_wave(Survey.objects.get(pk=SURVEY), "w2", None)
    page = play.client(Role.COORDINATOR, A).get(f"/returns/{SURVEY}/w2/{A}/sections/cctv/questions/cctv.use/")
    text = page.content.decode()
    assert "Last time:" in text and "Yes" in text.split("Last time:")[1][:60]
