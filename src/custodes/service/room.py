"""Whether something failed because a disk is full: what is then told to people is another thing than a fault."""

from __future__ import annotations

import errno
import shutil

from django.db import DatabaseError

from custodes.service.home import home

TOLD = "the server's disk is full: nothing was changed; make room, then do it again"
#: PostgreSQL's code for a disk that is full.
_NO_ROOM = "53100"
#: With less than this, what failed without saying why failed for want of room.
_LEAST = 1024 * 1024


def is_full(error: BaseException | None) -> bool:
    """Whether something failed for want of room, of a file or of the database."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "sqlstate", None) == _NO_ROOM:
            return True
        # SQLite says that the disk is full, or, where its log cannot grow, only that writing failed
        if isinstance(error, DatabaseError) and "disk is full" in str(error):
            return True
        error = error.__cause__
    return shutil.disk_usage(home().path).free < _LEAST
