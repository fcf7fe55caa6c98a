"""An estate as the service keeps it: what people told and judged (kept for good), and what the last run found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.models import User
from custodes.service.access.scope import ScopedModel
from custodes.service.surveys.models import Body

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
COMING, KEPT, WITHDRAWN = "coming", "kept", "withdrawn"


class Estate(ScopedModel):
    """What is told of a whole estate. `more`: the text of each further file of its folder, by file name.

    `current`: the assessment that pages show; `last`: the one that was begun last, whatever became of it.
    `changed`: how often what it rests on was changed; a run remembers the number that it began with.
    """

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    jurisdiction = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    marking = models.CharField(max_length=60, blank=True)
    synthetic = models.BooleanField(default=False)
    told = models.JSONField(default=dict)
    more = models.JSONField(default=dict)
    changed = models.PositiveIntegerField(default=0)
    current = models.ForeignKey("Run", on_delete=models.PROTECT, null=True, related_name="+")
    last = models.ForeignKey("Run", on_delete=models.PROTECT, null=True, related_name="+")


class Site(ScopedModel):
    """A place of an estate. `told`: aliases and facts, as `custodes.toml` has them; the position is in degrees."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    sensitive = models.BooleanField(default=False)
    landlord = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    told = models.JSONField(default=dict)

    class Meta(ScopedModel.Meta):
        """Named once in a body."""

        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["body", "slug"], name="one_site_a_name")]


class System(ScopedModel):
    """A system of an estate. `told`: the further keys of `[[system]]`: owner, operator, landlord, contract."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)
    told = models.JSONField(default=dict)

    class Meta(ScopedModel.Meta):
        """Named once in a body."""

        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["body", "slug"], name="one_system_a_name")]


class Upload(ScopedModel):
    """A file of an estate. While it comes, `received` bytes of `size` are there; then it lies under its hash.

    `kind`: what it is (`taking.Kind`); `mark`: by which a browser finds its own half-sent file again; `reason`: why it
    was taken out; `told`: what the last run read of it.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default=COMING)
    mark = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    system = models.CharField(max_length=64, blank=True)
    site = models.CharField(max_length=64, blank=True)
    dated = models.CharField(max_length=10, blank=True)
    standing = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    told = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        """In the order in which they came."""

        ordering: ClassVar = ["id"]


class Run(ScopedModel):
    """A piece of work on an estate: `kind` assess, inspect, compare or form; `asks`: about what; `told`: what its page
    needs of its results; `rests_on`: the number of changes that it took in."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, default="assess")
    asks = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=WAITING)
    step = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    told = models.JSONField(default=dict)
    rests_on = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        """One assessment waits at a time: it takes in whatever was changed before it begins."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["body"], condition=models.Q(kind="assess", state=WAITING), name="one_assessment_waits"
            )
        ]


class Device(ScopedModel):
    """A device of a run, as lists want it. `label`, `sure`: how sure make and maker are; `ref`: by what a judgement
    names it; `payload`: everything about it, JSON packed by zlib."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    ident = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    make = models.CharField(max_length=80)
    model = models.CharField(max_length=120)
    maker = models.CharField(max_length=160)
    label = models.CharField(max_length=12)
    sure = models.CharField(max_length=12)
    system = models.CharField(max_length=200)
    site = models.CharField(max_length=200)
    place = models.CharField(max_length=64)
    firmware = models.CharField(max_length=80)
    quantity = models.PositiveIntegerField()
    live = models.BooleanField()
    sensitive = models.BooleanField()
    severity = models.PositiveSmallIntegerField()
    search = models.TextField()
    ref = models.CharField(max_length=260)
    payload = models.BinaryField()

    class Meta(ScopedModel.Meta):
        """Each way in which the register is filtered has its index, in the order of the register."""

        indexes: ClassVar = [
            # whom the row is of and what is searched stand in it too: a search reads nothing else
            models.Index(fields=["run", "number"], include=["body", "search"], name="device_number"),
            models.Index(fields=["run", "ident"], name="device_ident"),
            models.Index(fields=["run", "sure", "number"], name="device_sure"),
            models.Index(fields=["run", "make", "number"], name="device_make"),
            models.Index(fields=["run", "maker", "number"], name="device_maker"),
            models.Index(fields=["run", "system", "number"], name="device_system"),
            models.Index(fields=["run", "site", "number"], name="device_site"),
            models.Index(fields=["run", "severity", "number"], name="device_severity"),
        ]


class Found(ScopedModel):
    """A finding of the last run. `key`: the same in every run; `severity`: 1 note, 2 check, 3 serious."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    severity = models.PositiveSmallIntegerField()
    text = models.TextField()
    step = models.TextField()
    device = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    rule = models.CharField(max_length=120)

    class Meta(ScopedModel.Meta):
        """The board goes by severity and kind."""

        indexes: ClassVar = [
            models.Index(fields=["run", "-severity", "number"], name="found_severity"),
            models.Index(fields=["run", "kind", "number"], name="found_kind"),
            models.Index(fields=["run", "key"], name="found_key"),
            models.Index(fields=["run", "device"], name="found_device"),
        ]


class Work(ScopedModel):
    """What people do about a finding; it outlives the runs. `state`: see `acts.STATES_OF_WORK`."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due = models.DateField(null=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        """One for each finding."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["body", "key"], name="one_work_a_finding")]
        indexes: ClassVar = [
            models.Index(fields=["body", "state"], name="work_state"),
            models.Index(fields=["body", "owner"], name="work_owner"),
        ]


class Asked(ScopedModel):
    """A question of the last run: what one answer settles. `value`: its place in the queue (`results._questions`)."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    value = models.PositiveIntegerField()
    settles = models.PositiveIntegerField()
    sensitive = models.PositiveIntegerField()
    ruled = models.PositiveIntegerField()
    addressee = models.CharField(max_length=200)
    subject = models.CharField(max_length=300)
    told = models.JSONField()
    answered = models.BooleanField()

    class Meta(ScopedModel.Meta):
        """What decides most comes first."""

        indexes: ClassVar = [models.Index(fields=["run", "-value", "key"], name="asked_value")]


class Judged(ScopedModel):
    """What a person judged of records. A trigger refuses change; `takes_back` names the judgement that no longer
    holds."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    say = models.CharField(max_length=12)
    of = models.JSONField(default=list)
    value = models.CharField(max_length=200, blank=True)
    because = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    takes_back = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")


class JudgedOf(ScopedModel):
    """By which names a judgement is found from a device's page."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    judged = models.ForeignKey(Judged, on_delete=models.PROTECT, related_name="+")
    ref = models.CharField(max_length=260)

    class Meta(ScopedModel.Meta):
        """Looked up by name."""

        indexes: ClassVar = [models.Index(fields=["body", "ref"], name="judged_ref")]


class Answered(ScopedModel):
    """What somebody stated in answer to a question of the queue. A trigger refuses change; the last one holds."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    told = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
