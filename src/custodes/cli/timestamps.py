"""`custodes timestamp`, and the time-stamp that `custodes verify` is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from custodes.cli.output import note
from custodes.model.errors import BadInput, BadUsage

if TYPE_CHECKING:
    from custodes.cli.publishing import Verifying
    from custodes.publication.proof.stamping import Stamp
    from custodes.publication.proof.verify import Verified


def timestamp_main(bundle: Path, out: Path, url: str) -> None:
    """Run `custodes timestamp`: the request into a file, or an authority's reply."""
    from custodes.publication.proof.bundle import CHECKPOINT
    from custodes.publication.proof.stamping import ask, request
    from custodes.publication.proof.verify import verify

    found = verify(bundle)
    if found.wrong or found.checkpoint is None:
        raise BadInput("the bundle is not whole: nothing is time-stamped", where=str(bundle), why=found.wrong[0].path)
    if out.resolve().is_relative_to(bundle.resolve()):
        raise BadUsage("a time-stamp lies beside a bundle, not in it", where=str(out), remedy="give another place")
    query = request((bundle / CHECKPOINT).read_bytes())
    if not url:
        out.write_bytes(query)
        note(f"written: {out}; send it to an authority: the reply is what `custodes verify --timestamp` takes")
        return
    out.write_bytes(ask(url, query))
    note(f"written: {out}; check it: custodes verify {bundle} --timestamp {out} --authority ROOT.pem")


def read_stamp(asked: Verifying, found: Verified) -> Stamp | None:
    """The time-stamp, checked; a wrong one is named among what is wrong. None where none was given, or it is wrong."""
    if asked.timestamp is None:
        return None
    from custodes.publication.proof.bundle import CHECKPOINT
    from custodes.publication.proof.logcheck import Wrong
    from custodes.publication.proof.stamping import MOST_REPLY, check, read_roots

    if asked.authority is None:
        raise BadUsage(
            "a time-stamp is checked against who gave it", remedy="give the authority's root certificate: --authority"
        )
    if not asked.timestamp.is_file():
        raise BadUsage("there is no such file", where=str(asked.timestamp))
    roots = read_roots(asked.authority)
    with asked.timestamp.open("rb") as stream:
        reply = stream.read(MOST_REPLY)
    try:
        return check(reply, (asked.bundle / CHECKPOINT).read_bytes(), roots, str(asked.timestamp))
    except BadInput as error:
        found.wrong.append(Wrong(str(asked.timestamp), f"{error.what}: {error.why}" if error.why else error.what))
    except OSError:
        pass  # a checkpoint that is missing is named already
    return None
