"""Mail into a folder, a file each, where no server is configured: for a trial, or for somebody to send by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from custodes.service.home import home


class FolderBackend(BaseEmailBackend):
    """Writes each message as `.eml`, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """As Django's."""
        folder = home().mail
        for one in email_messages:
            now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            path = folder / f"{now}-{secrets.token_hex(4)}.eml"
            staged = path.with_suffix(".part")
            staged.write_bytes(one.message().as_bytes())
            staged.replace(path)
        return len(email_messages)
