"""The API under cases made up from its own description: by schemathesis, in every role, nothing but what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from estates_made import standing
from hypothesis import HealthCheck, Phase, settings
from playing import BODIES, SURVEY, WAVE, Play, signed
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi

from custodes.service.access.invitations import digest
from custodes.service.access.models import ApiToken
from custodes.service.access.roles import May, Role
from custodes.service.access.scope import EVERYTHING, within

A = BODIES[0]
CASES = 150 if os.environ.get("CUSTODES_LONG") else 12
#: In the place of made-up ids, ids that are there, half of the time: else no case would come behind the door.
REAL = {"survey": SURVEY, "wave": WAVE, "body": A, "about": A}
WHO = ((Role.COORDINATOR, A), (Role.SRO, A), (Role.ESTATE_MANAGER, A), (Role.ANALYST, ""), (Role.OFFICE_ADMIN, ""))


def token(play: Play, role: Role, body: str) -> str:
    """A token with every right that its person has."""
    secret = f"cst_{role}_{body}"
    scopes = [str(one) for one in May]
    ApiToken.objects.create(
        digest=digest(secret),
        user=play.people[role, body],
        name="fuzz",
        scopes=scopes,
        expires=timezone.now() + timedelta(days=1),
    )
    return secret


def description() -> Any:
    """The API as it describes itself."""
    from custodes.service.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests work in the transaction of the test: they do not close its connection, as a server's would."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def tried(secret: str, seed: int) -> tuple[int, list[str]]:
    """Cases of every operation: how many, and what did not hold of the answers."""
    faults: list[str] = []
    many = 0
    for found in description().get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        def case_holds(case: Any) -> None:
            nonlocal many
            many += 1
            if many % 2:
                case.path_parameters = {
                    key: REAL.get(key, value) for key, value in (case.path_parameters or {}).items()
                }
            answer = case.call(headers={"Authorization": f"Bearer {secret}"})
            case.validate_response(
                answer,
                checks=[
                    schemathesis.checks.not_a_server_error,
                    openapi.status_code_conformance,
                    openapi.content_type_conformance,
                    openapi.response_schema_conformance,
                ],
            )

        import hypothesis

        try:
            hypothesis.seed(seed)(hypothesis.given(case=operation.as_strategy())(case_holds))()
        except (Exception, FailureGroup) as error:
            faults.append(f"{operation.method.upper()} {operation.path}: {str(error)[:1500]}")
    return many, faults


@pytest.mark.parametrize(("role", "body"), WHO)
def test_answers_are_what_the_description_says(
    play: Play, role: Role, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signed(play, A)
    if role is Role.ESTATE_MANAGER:
        standing(play, A)
    with within(EVERYTHING):
        secret = token(play, role, body)
    with one_connection():
        many, faults = tried(secret, 1)
    with capsys.disabled():
        print(f"\n{role}: {many:,} cases")
    assert many >= CASES * 10
    assert faults == [], "\n\n".join(faults)


def test_nothing_answers_without_a_token(play: Play) -> None:
    from django.test import Client

    for found in description().get_all_operations():
        operation = found.ok()
        if "/reconcile" in operation.path:
            continue  # over reference data that is public
        place = operation.path.replace("{number}", "1")
        for key, value in {**REAL, "ident": "x", "question": "x", "edition": "x"}.items():
            place = place.replace(f"{{{key}}}", value)
        answer = Client().generic(operation.method.upper(), place, b"{}", content_type="application/json")
        assert answer.status_code == 401, (operation.method, place, answer.status_code)


#: Whose tokens are tried on what is body A's, and what of the API they may have nothing of.
STRANGERS = (
    *((role, BODIES[1], "") for role in (Role.COORDINATOR, Role.SRO, Role.CHIEF, Role.ESTATE_MANAGER, Role.AUDITOR)),
    (Role.OFFICE_ADMIN, "", "/estates/"),
    (Role.ANALYST, "", "/estates/"),
    (Role.RESPONDENT, A, "/estates/"),
    (Role.ESTATE_MANAGER, A, "/returns/"),
    (Role.COORDINATOR, A, "/office/"),
)


def test_a_token_gets_nothing_of_another_body(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """Every operation with ids that are there: refused, in the same way as what is not there, whatever is sent."""
    import hypothesis

    signed(play, A, "yakmark")
    standing(play, A, "yakmark")
    with within(EVERYTHING):
        from custodes.service.estates.models import Device

        ident = Device.objects.filter(body_id=A).order_by("number")[0].ident
        tokens = [(token(play, role, body), where) for role, body, where in STRANGERS]
    wrong: list[tuple[str, str, str, int]] = []
    many = 0

    def refused(case: Any) -> None:
        nonlocal many
        case.path_parameters = {**(case.path_parameters or {}), **REAL, "ident": ident, "number": 1}
        for secret, where in tokens:
            if where and where not in case.operation.path:
                continue
            many += 1
            answer = case.call(headers={"Authorization": f"Bearer {secret}"})
            own = case.operation.path.endswith("/office/events") and secret == f"cst_{Role.AUDITOR}_{BODIES[1]}"
            allowed = (200,) if own else (400, 403, 404, 422)  # an auditor reads the events of the own body
            if answer.status_code not in allowed or b"yakmark" in answer.content or A.encode() in answer.content:
                wrong.append((case.method, case.operation.path, secret, answer.status_code))

    few = settings(max_examples=2, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    with one_connection():
        for found in description().get_all_operations():
            operation = found.ok()
            if "{body}" in operation.path or "/office/" in operation.path:
                few(hypothesis.given(case=operation.as_strategy())(refused))()
    with capsys.disabled():
        print(f"\n{many} requests by strangers")
    assert wrong == []
    assert many > 200
