"""A checkpoint as a message to a witness, who keeps it, so that the publisher cannot rewrite the log unseen."""

from __future__ import annotations

import re
from email.message import EmailMessage

from custodes.publication.proof.notes import Checkpoint


def message(head: Checkpoint, text: str, to: str) -> bytes:
    """The message, the checkpoint attached and quoted. It has no date: the program that sends it puts one."""
    told = EmailMessage()
    if to:
        told["To"] = re.sub(r"[\r\n]+", " ", to)
    told["Subject"] = f"Checkpoint of {head.origin}: {head.size:,} entries"
    told.set_content(
        "Please keep the attached file. It is the head of a log of everything that was published\n"
        f"under {head.origin} so far.\n\n"
        "Should anything in it be changed later without being shown as a correction, then\n\n"
        "    custodes verify FOLDER --since checkpoint.txt\n\n"
        "says so, run by anybody on the published folder.\n\n"
        f"{text}"
    )
    told.add_attachment(text.encode(), maintype="text", subtype="plain", filename="checkpoint.txt")
    boundary = f"=={head.root.hex()[:32]}=="  # told, so that the same checkpoint gives the same message
    told.set_boundary(boundary)
    return told.as_bytes()
