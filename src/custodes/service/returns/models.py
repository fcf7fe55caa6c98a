"""A return with its answers, parts, evidence, requests for change, and the rows that were recorded of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.models import User
from custodes.service.access.scope import ScopedModel
from custodes.service.returns.states import ReturnState
from custodes.service.surveys.models import Body, Version, Wave

STATES = [(str(state), str(state)) for state in ReturnState]


class Return(ScopedModel):
    """What one body is asked in one wave. `late`: days after the closing day on which it was signed.

    `signed_digest`: over the answers as they were signed; empty once a later edit made the signature void.
    `received_at`: when the office had it last, which nothing makes undone. `differences`: answers that were signed
    though the body's own register speaks against them, each with why.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="returns")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=STATES, default=str(ReturnState.INVITED))
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    valid_at = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_digest = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(null=True)
    late = models.IntegerField(null=True)
    refusal = models.JSONField(default=dict)
    promised = models.DateField(null=True, blank=True)
    differences = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        """One of a body in a wave."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["wave", "body"], name="one_return_of_a_body")]


class Answer(ScopedModel):
    """The answer to one question, as it stands. `revision` goes up with each change, so that nobody writes over
    what they have not seen. `state`: one of the survey room's, or empty where an answer was taken back.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=120)
    part = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20, blank=True)
    value = models.TextField(blank=True)
    lead = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(ScopedModel.Meta):
        """One to each question, of each part."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "question", "part"], name="one_answer")]


class Part(ScopedModel):
    """A block of a repeating section, such as one camera system."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="parts")
    section = models.CharField(max_length=120)
    name = models.CharField(max_length=120)

    class Meta(ScopedModel.Meta):
        """Named once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "section", "name"], name="one_part_a_name")]


class Delegation(ScopedModel):
    """A section that a respondent is to answer."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="delegations")
    section = models.CharField(max_length=120)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        """Once to a person."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "section", "user"], name="one_delegation_to_a_person")
        ]


class Evidence(ScopedModel):
    """A file that supports an answer, kept under its hash."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="evidence")
    question = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")


class Query(ScopedModel):
    """A request of the office that something be changed or explained."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="queries")
    question = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)


class Contact(ScopedModel):
    """One contact with a body about a wave: dated, by which channel, with what outcome."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    direction = models.CharField(max_length=10)
    what = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(ScopedModel.Meta):
        """In the order in which they were had."""

        ordering: ClassVar = ["at", "id"]


class Recorded(ScopedModel):
    """A row of `answers.csv`: what the office has of a body. A trigger refuses change and deletion."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="recorded")
    question = models.CharField(max_length=120)
    part = models.CharField(max_length=120, blank=True)
    value = models.TextField(blank=True)
    state = models.CharField(max_length=20)
    valid_at = models.CharField(max_length=10, blank=True)
    recorded_at = models.DateField()
    source = models.TextField(blank=True)
    lead = models.CharField(max_length=64, blank=True)

    class Meta(ScopedModel.Meta):
        """In the order in which they were recorded."""

        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["body", "wave"], name="recorded_by_body")]
