"""The key of a service: what its checkpoints and publications are signed with."""

from __future__ import annotations

import os

from django.conf import settings

from custodes.publication.proof.keys import Signer
from custodes.service.home import home, private_file


def make_key() -> None:
    """A new key, if there is none; its public half lies beside it."""
    path = home().key
    if path.exists():
        return
    signer = Signer(settings.ORIGIN, os.urandom(32))
    private_file(path, signer.line() + "\n")
    path.with_name(path.name + ".pub").write_text(signer.verifier.line() + "\n", encoding="utf-8")
