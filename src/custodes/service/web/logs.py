"""Logs as JSON, one object a line, without personal data: no addresses, no names, no query strings, no bodies."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

#: What a record may say besides its message.
KEPT = ("route", "status", "milliseconds", "queries", "method", "task", "outcome", "count")


class JsonFormatter(logging.Formatter):
    """One line a record. An exception is told by its type and place: its text may hold what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        told |= {key: getattr(record, key) for key in KEPT if hasattr(record, key)}
        if record.exc_info and record.exc_info[0] is not None:
            trace, last = record.exc_info[2], None
            while trace is not None:
                last, trace = trace, trace.tb_next
            where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last is not None else ""
            told |= {"error": record.exc_info[0].__name__, "where": where.rpartition("/site-packages/")[2]}
        return json.dumps(told, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """The text of our own records; of others' the pattern alone, since what fills it may name somebody."""
    return record.getMessage() if record.name.startswith("custodes") else str(record.msg)
