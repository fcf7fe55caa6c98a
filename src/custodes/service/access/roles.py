"""Roles, what each may do, and the words for both. A role is held at one body, or at the office."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is to a body, or to the office."""

    OFFICE_ADMIN = "office_admin"
    ANALYST = "analyst"
    COORDINATOR = "coordinator"
    RESPONDENT = "respondent"
    SRO = "sro"
    CHIEF = "chief"
    ESTATE_MANAGER = "estate_manager"
    AUDITOR = "auditor"


#: Roles that are held at the office. An auditor is at the office or at one body.
OFFICE = frozenset((Role.OFFICE_ADMIN, Role.ANALYST, Role.AUDITOR))
#: Roles that are held at a body.
BODY = frozenset((Role.COORDINATOR, Role.RESPONDENT, Role.SRO, Role.CHIEF, Role.ESTATE_MANAGER, Role.AUDITOR))

ROLE_NAMES: Mapping[Role, str] = {
    Role.OFFICE_ADMIN: "Office administrator",
    Role.ANALYST: "Analyst",
    Role.COORDINATOR: "Body coordinator",
    Role.RESPONDENT: "Section respondent",
    Role.SRO: "Senior Responsible Officer",
    Role.CHIEF: "Chief officer",
    Role.ESTATE_MANAGER: "Estate manager",
    Role.AUDITOR: "Auditor",
}


class May(StrEnum):
    """One thing that a person may be allowed to do."""

    #: Anybody, without signing in.
    ANYTHING_PUBLIC = "public"
    #: Whoever is signed in, with what is their own.
    OWN = "own"
    READ_RETURN = "read_return"
    ANSWER = "answer"
    DELEGATE = "delegate"
    COMPLETE = "complete"
    SIGN = "sign"
    DECLINE = "decline"
    CONFIRM = "confirm"
    BODY_PEOPLE = "body_people"
    READ_OFFICE = "read_office"
    WORK_OFFICE = "work_office"
    MANAGE_OFFICE = "manage_office"
    RELEASE = "release"
    READ_AUDIT = "read_audit"
    READ_ESTATE = "read_estate"
    WORK_ESTATE = "work_estate"


_BODY_READERS = frozenset((Role.COORDINATOR, Role.RESPONDENT, Role.SRO, Role.CHIEF, Role.AUDITOR))
#: What is allowed to whom. An office role has a right at every body, a body role at its own.
GRANTS: Mapping[May, frozenset[Role]] = {
    May.READ_RETURN: _BODY_READERS,
    May.ANSWER: frozenset((Role.COORDINATOR, Role.RESPONDENT, Role.SRO)),
    May.DELEGATE: frozenset((Role.COORDINATOR, Role.SRO)),
    May.COMPLETE: frozenset((Role.SRO,)),
    May.SIGN: frozenset((Role.CHIEF,)),
    May.DECLINE: frozenset((Role.SRO, Role.CHIEF)),
    May.CONFIRM: frozenset((Role.COORDINATOR, Role.SRO, Role.CHIEF)),
    May.BODY_PEOPLE: frozenset((Role.COORDINATOR, Role.OFFICE_ADMIN)),
    May.READ_OFFICE: frozenset((Role.OFFICE_ADMIN, Role.ANALYST, Role.AUDITOR)),
    May.WORK_OFFICE: frozenset((Role.OFFICE_ADMIN, Role.ANALYST)),
    May.MANAGE_OFFICE: frozenset((Role.OFFICE_ADMIN,)),
    May.RELEASE: frozenset((Role.OFFICE_ADMIN, Role.ANALYST)),
    May.READ_AUDIT: frozenset((Role.AUDITOR, Role.OFFICE_ADMIN)),
    May.READ_ESTATE: frozenset((Role.ESTATE_MANAGER, Role.COORDINATOR, Role.SRO, Role.AUDITOR)),
    May.WORK_ESTATE: frozenset((Role.ESTATE_MANAGER,)),
}
#: Rights over the office's own pages: a role held at a body never gives one.
OFFICE_ONLY = frozenset((May.READ_OFFICE, May.WORK_OFFICE, May.MANAGE_OFFICE, May.RELEASE))
#: Rights inside a body's house: a role held at the office never gives one.
BODY_ONLY = frozenset(GRANTS) - OFFICE_ONLY - {May.BODY_PEOPLE, May.READ_AUDIT}
