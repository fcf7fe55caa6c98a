"""`publish`, `verify`, `checkpoint` and `key`: parse, call one function of the publication room, render."""

from __future__ import annotations

import dataclasses
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from custodes.cli.output import dump, note, print_json, printable
from custodes.model.errors import BadInput, BadUsage

if TYPE_CHECKING:
    from custodes.publication.proof.keys import Signer

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is to be published, where to, and with what."""

    folder: Path
    out: Path
    key: Path | None
    boundaries: Path | None
    packs: tuple[Path, ...]


def publish_main(asked: Publishing, form: str) -> None:
    """Run `custodes publish`."""
    from custodes.cli.assessing import progress
    from custodes.knowledge import knowledge
    from custodes.publication.publish import publish_survey
    from custodes.publication.redaction.policy import read_plan
    from custodes.survey.folder import load

    survey = load(asked.folder, note)
    plan = read_plan(survey)
    if asked.boundaries is not None:
        if not asked.boundaries.is_file():
            raise BadUsage("there is no such file", where=str(asked.boundaries))
        plan = dataclasses.replace(plan, boundaries=asked.boundaries)
    signer = signer_of(asked.key, plan.origin)
    done = publish_survey(survey, plan, knowledge(asked.packs), asked.out, signer, progress())
    told = {
        "out": str(asked.out),
        "editions": [one.edition.id for one in done.found.editions],
        "hash": done.found.last.stamp.digest(),
        "entries": done.head.size,
        "code": done.code,
        "signed": signer is not None,
    }
    if form != "table":
        print_json([told], form)
    else:
        sys.stdout.write(_published(asked, told) + "\n")
    kept = len(done.found.kept_back)
    note(f"{len(done.found.rows):,} rows published, {kept:,} withheld" + (": see method.html" if kept else ""))
    if done.found.told:
        note(
            f"{done.found.told:,} small numbers by kind of body are told by the figures themselves: nothing hides them"
        )
    if done.found.known:
        note(f"{done.found.known:,} withheld answers are told by the figures themselves, where all said the same")
    if signer is None:
        note("the checkpoint is not signed: anybody who changes a file can make the hashes again (`custodes key`)")
    note(f"hand it out: custodes checkpoint {asked.out}")


def disclose_main(folder: Path, body: str, out: Path, marking: str) -> None:
    """Run `custodes survey disclose`."""
    from custodes.cli.surveying import pick
    from custodes.knowledge import knowledge
    from custodes.publication.disclosure import disclosure
    from custodes.publication.edition.content import release
    from custodes.publication.redaction.policy import read_plan
    from custodes.survey.folder import load

    survey = load(folder, note)
    name = pick(body, survey.bodies, "body")
    found = release(survey, read_plan(survey), knowledge().pack.version, None)
    out.write_bytes(disclosure(found, name, marking))
    note(f"written: {out}; look at it before it goes out")


def is_survey(folder: Path) -> bool:
    """Whether a folder is that of a survey."""
    from custodes.survey.folder import QUESTIONNAIRE, SUFFIXES

    return any((folder / f"{QUESTIONNAIRE}{end}").is_file() for end in SUFFIXES)


def signer_of(key: Path | None, origin: str) -> Signer | None:
    """Who signs, from a file with a private key; nobody without one. Raises BadUsage for a public key."""
    from custodes.publication.proof.keys import read_keys

    if key is None:
        return None
    found = read_keys(key)[0].signer(origin)
    if found is None:
        raise BadUsage("this is a public key, and a private one signs", where=str(key))
    return found


def _published(asked: Publishing, told: dict[str, object]) -> str:
    lines = [
        f"published    {printable(str(asked.out / 'index.html'))}",
        f"edition      {printable(str(told['editions'][-1]))}"  # type: ignore[index]
        f" ({str(told['hash'])[:16]})",
        f"log          {told['entries']:,} entries",
        f"code         {told['code']}",
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Verifying:
    """What is to be checked, and what it is to be held against."""

    bundle: Path
    key: Path | None = None
    since: Path | None = None
    timestamp: Path | None = None
    authority: Path | None = None


def verify_main(asked: Verifying, form: str) -> int:
    """Run `custodes verify`. Returns 0, or 1 if anything is wrong."""
    from custodes.cli.timestamps import read_stamp
    from custodes.publication.proof.keys import read_keys
    from custodes.publication.proof.verify import Verified, verify

    keys = read_keys(asked.key) if asked.key is not None else None
    if asked.since is not None and not asked.since.is_file():
        raise BadUsage("there is no such checkpoint", where=str(asked.since))
    earlier = asked.since.read_bytes() if asked.since is not None else None
    found: Verified = verify(asked.bundle, keys, earlier)
    stamp = read_stamp(asked, found)
    if form != "table":
        told = {"at": stamp.at.isoformat(), "by": stamp.by} if stamp is not None else None
        print_json([{**_verified_object(found), "timestamp": told}], form)
    else:
        text = _verified_text(found)
        if stamp is not None and not found.wrong:
            text += f"\ntime-stamped {stamp.at:%Y-%m-%d %H:%M:%S %Z} by {stamp.by or 'an authority without a name'}"
        sys.stdout.write(printable(text, keep_lines=True) + "\n")
    return 1 if found.wrong else 0


def _verified_object(found: object) -> dict[str, object]:
    from custodes.publication.proof.verify import Verified
    from custodes.publication.publish import verification_code

    assert isinstance(found, Verified)
    head = found.checkpoint
    return {
        "ok": not found.wrong,
        "signed": found.signed,
        "trusted": found.trusted,
        "key": found.key_name or None,
        "files": found.files,
        "origin": head.origin if head is not None else None,
        "entries": head.size if head is not None else None,
        "code": verification_code(head.root) if head is not None else None,
        "editions": found.editions,
        "wrong": [dataclasses.asdict(one) for one in found.wrong],
    }


def _shown_path(path: str) -> str:
    """A path with every sign that a terminal would not show written out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in path)


def _verified_text(found: object) -> str:
    told = _verified_object(found)
    wrong: list[dict[str, object]] = told["wrong"]  # type: ignore[assignment]
    lines = [f"WRONG  {_shown_path(str(one['path']))}: {one['why']}" for one in wrong[:_MOST_SHOWN]]
    if len(wrong) > _MOST_SHOWN:
        lines.append(f"       and {len(wrong) - _MOST_SHOWN:,} more files")
    if wrong:
        return "\n".join([*lines, "This is not what was published. Get an untouched copy."])
    lines = [f"whole: {told['files']:,} files, {told['entries']:,} entries of the log {told['origin']}"]
    lines.append(f"code {told['code']}")
    if told["trusted"]:
        lines.append(f"signed by the key that you gave ({told['key']})")
    elif told["signed"]:
        lines.append(f"signed by the key that lies in the bundle ({told['key']}): whoever made it all anew would have")
        lines.append("put another there. Compare with a key that you got from somewhere else: --key FILE")
    else:
        lines.append("NOT SIGNED: this shows that the files fit together, not that nobody made them all anew.")
    return "\n".join(lines)


def checkpoint_main(bundle: Path, out: Path | None, to: str) -> None:
    """Run `custodes checkpoint`: to stdout, into a file, or as a message."""
    from custodes.publication.proof.bundle import CHECKPOINT
    from custodes.publication.proof.handing import message
    from custodes.publication.proof.verify import verify

    found = verify(bundle)
    if found.wrong or found.checkpoint is None:
        raise BadInput("the bundle is not whole: nothing is handed out", where=str(bundle), why=found.wrong[0].path)
    text = (bundle / CHECKPOINT).read_text(encoding="utf-8")
    if out is None:
        sys.stdout.write(text)
    elif out.suffix.lower() == ".eml":
        out.write_bytes(message(found.checkpoint, text, to))
        note(f"written: {out}; send it to somebody who will keep it")
    else:
        out.write_text(text, encoding="utf-8")
        note(f"written: {out}; give it to somebody who will keep it")
    if not found.signed:
        note("it is not signed")


def key_main(path: Path, name: str) -> None:
    """Run `custodes key`: a new key, never over an old one."""
    from custodes.publication.proof.keys import Signer
    from custodes.publication.proof.notes import valid_name

    if not valid_name(name):
        raise BadUsage(f"'{name[:60]}' names no key", remedy="such as example.org/survey: no space, no plus sign")
    public = path.with_name(path.name + ".pub")
    for one in (path, public):
        if one.exists():
            raise BadUsage("there is a file already", where=str(one), remedy="a key is never written over")
    signer = Signer(name, os.urandom(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(signer.line() + "\n")
    public.write_text(signer.verifier.line() + "\n", encoding="utf-8")
    note(f"private: {path}  (keep it to yourself)")
    note(f"public:  {public}  (give it to everybody)")
    sys.stdout.write(dump({"name": name, "public": signer.verifier.line()}) + "\n")
