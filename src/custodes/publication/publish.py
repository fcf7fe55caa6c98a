"""Publishes a survey: one folder that a stranger can read, use and check. It reads no clock."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from custodes.knowledge.compile import Knowledge
from custodes.publication.annual.write import write_report
from custodes.publication.edition.content import Release, edition_files, release
from custodes.publication.opendata.write import write_all
from custodes.publication.place import placed
from custodes.publication.proof.bundle import seal, write
from custodes.publication.proof.keys import Signer
from custodes.publication.proof.notes import Checkpoint
from custodes.publication.redaction.policy import Plan
from custodes.publication.site.build import Head, Site, build
from custodes.publication.site.places import places
from custodes.publication.site.reached import reaching
from custodes.survey.folder import Survey


@dataclass(frozen=True, slots=True)
class Done:
    """What was published."""

    found: Release
    head: Checkpoint
    code: str


def publish_survey(
    survey: Survey,
    plan: Plan,
    knowledge: Knowledge,
    out: Path,
    signer: Signer | None,
    progress: Callable[[str], None] = lambda _: None,
) -> Done:
    """Writes the bundle of a survey. Raises BadUsage if `out` holds what is no bundle of ours."""
    progress("counting")
    found = release(survey, plan, knowledge.pack.version, signer)
    with placed(out, survey.path) as made:
        return _fill(made, found, knowledge, signer, progress)


def _fill(
    made: Path, found: Release, knowledge: Knowledge, signer: Signer | None, progress: Callable[[str], None]
) -> Done:
    root = found.log.tree().root
    code = verification_code(root)
    for one in found.editions:
        for path, data in edition_files(one).items():
            write(made, path, data)
    progress("tables")
    reached = reaching(found, knowledge)
    files = write_all(made, found, reached, progress)
    key = signer.name if signer is not None else ""
    head = Head(found.plan.origin, found.log.size, base64.b64encode(root).decode(), code, key)
    progress("the report")
    files = (*write_report(made, found, head), *files)
    where = places(tuple(found.survey.bodies.values()), found.survey.path, found.plan.boundaries)

    def site(language: str) -> Site:
        return Site(found, head, where, reached, language, files)

    build(site, made, found.plan.languages, progress)
    progress("sealing")
    return Done(found, seal(made, found.log, found.plan.origin, signer), code)


def verification_code(root: bytes) -> str:
    """The beginning of a root in a form that can be read out: 24 letters and digits in sixes (120 bits)."""
    told = base64.b32encode(root[:15]).decode()
    return "-".join(told[place : place + 6] for place in range(0, len(told), 6))
