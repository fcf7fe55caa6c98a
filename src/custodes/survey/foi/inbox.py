"""Replies from what people have: batch exports, mail, folders and zips, PDF, workbooks. Each keeps its place."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import mailbox
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from custodes.model import days
from custodes.model.errors import BadInput

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 20_000
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_PAGES = 2000
MAX_TEXT = 1_000_000
#: Years that a reply can be of; a day outside is none.
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Message:
    """One reply. `file` and `page`: where it stands. `mark`: how the requester marked it, in an export.

    `attachments`: files beside the text that are not read into it.
    """

    body: str
    day: date | None
    asked: str
    text: str
    file: str
    page: str
    url: str
    mark: str
    attachments: int = 0


def messages(path: Path, skipped: Callable[[str], None]) -> Iterator[Message]:
    """Every reply in a file or folder; what cannot be read is told to `skipped`, and loses nothing else."""
    if path.is_dir():
        for inner in sorted(item for item in path.rglob("*") if item.is_file()):
            yield from _guarded(inner, str(inner.relative_to(path)), skipped)
        return
    if not path.is_file():
        raise BadInput("there is no such file or folder", where=str(path))
    yield from _guarded(path, path.name, skipped)


def _guarded(path: Path, name: str, skipped: Callable[[str], None]) -> Iterator[Message]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        skipped(f"{name}: no kind of file that replies are read from")
        return
    if path.stat().st_size > MAX_FILE_BYTES:
        skipped(f"{name}: larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
        return
    try:
        yield from reader(path, name, skipped)
    except Exception as error:
        skipped(f"{name}: cannot be read: {type(error).__name__}: {str(error)[:120]}")


_BODY = ("body", "authority_name", "authority", "public_body", "public body", "organisation", "name")
_TEXT = ("answer", "reply", "response", "text", "verbatim")
_ASKED = ("asked", "request", "question", "title")
_DAY = ("date", "answered", "responded", "last_reply", "day")
_MARK = ("request_status", "described_state", "status", "state", "mark")
_URL = ("url", "request_url", "link")


def _row(row: Mapping[str, Any], file: str, place: str) -> Message | None:
    told = {
        str(key).strip().casefold(): "" if value is None else str(value).strip() for key, value in row.items() if key
    }

    def first(names: tuple[str, ...]) -> str:
        return next((told[name] for name in names if told.get(name)), "")

    if not first(_BODY):
        return None
    texts = (first(_ASKED), first(_TEXT)[:MAX_TEXT])
    return Message(first(_BODY), read_day(first(_DAY)), *texts, file, place, first(_URL), first(_MARK))


def read_day(text: str) -> date | None:
    """A day as exports and mails write it; None if it is none to the day."""
    told = days.read_day(text.strip())
    try:
        day = date.fromisoformat(told) if len(told) == 10 else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _csv(path: Path, name: str, skipped: Callable[[str], None]) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    count = 0
    for row in reader:
        found = _row(row, name, f"row {reader.line_num}")
        if found is not None:
            count += 1
            yield found
    if not count:
        skipped(f"{name}: no column names a body ({', '.join(_BODY[:4])} ...)")


def _jsonl(path: Path, name: str, skipped: Callable[[str], None]) -> Iterator[Message]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            skipped(f"{name}:{number}: no JSON")
            continue
        found = _row(row, name, f"row {number}") if isinstance(row, dict) else None
        if found is None:
            skipped(f"{name}:{number}: names no body")
        else:
            yield found


def _xlsx(path: Path, name: str, _skipped: Callable[[str], None]) -> Iterator[Message]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        heads = [str(cell).strip() for cell in rows[0]] if rows else []
        found = [
            _row(dict(zip(heads, row, strict=False)), name, f"{sheet}, row {at}") for at, row in enumerate(rows[1:], 2)
        ]
        told = [message for message in found if message is not None]
        yield from told
        if not told and rows:
            text = "\n".join("; ".join(str(cell) for cell in row if cell not in ("", None)) for row in rows)
            yield Message(_body_of(name), None, "", text[:MAX_TEXT], name, f"sheet {sheet}", "", "")


def _pdf(path: Path, name: str, _skipped: Callable[[str], None]) -> Iterator[Message]:
    """A reply as PDF: one message, its pages marked in the text. A scan has no text: an attachment not read."""
    from pypdf import PdfReader

    pages = PdfReader(str(path)).pages[:MAX_PAGES]
    texts = [page.extract_text() or "" for page in pages]
    whole = "\n".join(text for text in texts if text.strip())[:MAX_TEXT]
    places = f"pages 1 to {len(texts)}" if len(texts) > 1 else "page 1"
    yield Message(_body_of(name), None, "", whole, name, places, "", "", 0 if whole.strip() else 1)


def _text(path: Path, name: str, _skipped: Callable[[str], None]) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")[:MAX_TEXT]
    yield Message(_body_of(name), None, "", text, name, "", "", "")


def _body_of(name: str) -> str:
    """Whom a file is from, as far as its folder or name says."""
    parts = Path(name).parts
    return (parts[-2] if len(parts) > 1 else Path(name).stem).replace("_", " ").strip()


def _eml(path: Path, name: str, _skipped: Callable[[str], None]) -> Iterator[Message]:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    yield _mail(mail, name, "")


def _mbox(path: Path, name: str, skipped: Callable[[str], None]) -> Iterator[Message]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, raw in enumerate(box, 1):
            try:
                mail = email.message_from_bytes(raw.as_bytes(), policy=email.policy.default)
                yield _mail(mail, name, f"message {number}")
            except Exception as error:
                skipped(f"{name}, message {number}: {type(error).__name__}")
    finally:
        box.close()


def _mail(mail: EmailMessage, name: str, place: str) -> Message:
    """One mail: the newest words, without what is quoted below them."""
    part = mail.get_body(preferencelist=("plain", "html"))
    content = ""
    if part is not None:
        raw = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
        try:
            content = raw.decode(charset, "replace") if isinstance(raw, bytes) else ""
        except LookupError:
            content = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
        content = _without_tags(content) if part.get_content_type() == "text/html" else content
    try:
        day = parsedate_to_datetime(str(mail["date"])).date()
    except (TypeError, ValueError):
        day = None
    sender = str(mail["from"] or "")
    shown = re.sub(r"<[^>]*>|\"", "", sender).strip() or sender or "(no sender)"
    attached = sum(1 for _ in mail.iter_attachments())
    return Message(shown, day, str(mail["subject"] or ""), _newest(content)[:MAX_TEXT], name, place, "", "", attached)


_QUOTED = re.compile(r"^(?:>.*|-{3,}\s*original message.*|on .{4,80} wrote:\s*|from:\s.*)$", re.IGNORECASE)


def _newest(text: str) -> str:
    kept = []
    for line in text.splitlines():
        if _QUOTED.match(line.strip()):
            break
        kept.append(line)
    return "\n".join(kept).strip()


class _Text(HTMLParser):
    """What a person reads of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in ("script", "style")
        self.kept.append("\n" if tag in ("p", "br", "div", "tr", "li") else " ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.kept.append(data)


def _without_tags(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.kept)


def _zip(path: Path, name: str, skipped: Callable[[str], None]) -> Iterator[Message]:
    """A zip of replies, its folders naming the bodies. Unpacked piece by piece, within limits; no path leaves it."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as place:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if len(members) > MAX_MEMBERS or sum(item.file_size for item in members) > MAX_UNPACKED_BYTES:
            skipped(f"{name}: unpacks to more than is read")
            return
        for number, item in enumerate(members):
            inner = Path(item.filename)
            if inner.suffix.lower() == ".zip" or inner.suffix.lower() not in _READERS:
                skipped(f"{name}/{item.filename}: no kind of file that replies are read from")
                continue
            target = Path(place) / f"{number}{inner.suffix.lower()}"
            with archive.open(item) as source, target.open("wb") as out:
                while block := source.read(1 << 20):
                    out.write(block)
                    if out.tell() > MAX_FILE_BYTES:
                        break
            for message in _guarded(target, item.filename, skipped):
                yield replace(message, file=f"{name}/{item.filename}")
            target.unlink()


_READERS: Mapping[str, Callable[[Path, str, Callable[[str], None]], Iterator[Message]]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".eml": _eml,
    ".mbox": _mbox,
    ".pdf": _pdf,
    ".xlsx": _xlsx,
    ".txt": _text,
    ".zip": _zip,
}
