"""All facts of an image, file by file, in its order: the same for every number of workers."""

from __future__ import annotations

import fnmatch
import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

from custodes.evidence.firmware.facts import endpoints
from custodes.evidence.firmware.facts.accounts import accounts
from custodes.evidence.firmware.facts.kinds import Names, is_executed, is_reference, is_text, sections
from custodes.evidence.firmware.facts.packages import packages
from custodes.evidence.firmware.facts.secrets import bare_certificate, secrets
from custodes.evidence.firmware.facts.services import services
from custodes.evidence.firmware.facts.signs import Found, Signs
from custodes.evidence.firmware.hiding import hidden
from custodes.evidence.firmware.packing import plain
from custodes.knowledge.firmware import Sign
from custodes.model.firmware import SECONDS, Component, Entry, Fact, Grade, Image, Kind

_TEXTS = 8
#: Larger texts are no settings and no scripts: they are looked through as programs are.
_LARGE_TEXT = 4 << 20
#: Names and addresses of one file that are told.
_MOST_ENDPOINTS = 500


def with_facts(image: Image, signs: Signs, workers: int = 1, seconds: float = SECONDS) -> Image:
    """The image with what its files say, in the order of its files for every number of workers. What is not looked
    through in so many seconds is told in the coverage."""
    found: list[Fact] = []
    components: list[Component] = []
    end = time.monotonic() + seconds
    entries = [entry for entry in image.entries if entry.kind is Kind.FILE and not is_reference(entry.path)]
    for done, rows in enumerate(_each(entries, signs, workers), 1):
        for fact, sign in rows:
            found.append(fact)
            if fact.kind == "component":
                components.append(_component(fact, sign))
        if time.monotonic() > end and done < len(entries):
            told = f"{seconds:g} seconds: what {len(entries) - done} files say was not looked for"
            image = replace(image, coverage=replace(image.coverage, limits=(*image.coverage.limits, told)))
            break
    return replace(image, facts=tuple(found), components=tuple(components))


def _each(entries: Sequence[Entry], signs: Signs, workers: int) -> Iterator[Sequence[tuple[Fact, Sign | None]]]:
    """What each file says. Scanners serve one thread, so that each has its own."""
    if workers == 1:
        yield from (list(_facts(entry, signs)) for entry in entries)
        return
    own = threading.local()

    def one(entry: Entry) -> Sequence[tuple[Fact, Sign | None]]:
        if not hasattr(own, "signs"):
            own.signs = signs.again()
        return list(_facts(entry, own.signs))

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, entries)


def _facts(entry: Entry, signs: Signs) -> Iterator[tuple[Fact, Sign | None]]:
    data = plain(entry.data)
    seen: dict[tuple[str, str], tuple[Fact, Sign | None]] = {}
    for fact, sign in _all(entry, data, signs):
        key = (fact.kind, fact.value)
        held = seen.get(key)
        if held is None or fact.grade < held[0].grade:
            seen[key] = (fact, sign)
    yield from seen.values()


def _all(entry: Entry, data: bytes, signs: Signs) -> Iterator[tuple[Fact, Sign | None]]:
    if entry.mode is not None and entry.mode & 0o6000:
        told = "set-user-id" if entry.mode & 0o4000 else "set-group-id"
        yield Fact("mode", f"{told} {entry.mode:04o}", entry.volume, entry.path, Grade.EXECUTED, "mode",
                   subject="mode", note="runs with the rights of its owner, whoever starts it"), None  # fmt: skip
    yield from ((fact, None) for fact in _module(entry, data))
    yield from ((fact, None) for fact in accounts(entry, data))
    yield from ((fact, None) for fact in packages(entry, data))
    yield from ((fact, None) for fact in bare_certificate(entry, data))
    if not entry.opened:
        text = is_text(data)
        if text and len(data) <= _LARGE_TEXT:
            yield from ((fact, None) for fact in services(entry, data.decode("utf-8", "replace")))
        yield from _signs(entry, data, signs, text=text)
    for sign in signs.named(entry.path):
        yield Fact(sign.kind, sign.value, entry.volume, entry.path, Grade.NAME, sign.id, note=sign.explanation), sign


def _shown(text: str) -> str:
    """A text that is a fact itself; of where a program was compiled the first folders, the rest is each file's own."""
    return "/".join(text[text.index("/") :].split("/")[:4]) if text.count("/") > 3 else text[:120]


class _Texts:
    """Signs of one file that are told once each, with the texts they were found in."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.first: dict[str, tuple[Found, Grade]] = {}

    def add(self, found: Found, grade: Grade) -> None:
        number = found.sign.id
        held = self.texts.setdefault(number, [])
        if found.text not in held and len(held) < _TEXTS:
            held.append(found.text)
        if number not in self.first or grade < self.first[number][1]:
            self.first[number] = (found, grade)

    def facts(self, entry: Entry) -> Iterator[tuple[Fact, Sign | None]]:
        for number, (found, grade) in self.first.items():
            told = "; ".join(hidden(text) for text in self.texts[number])[:400]
            value = found.sign.value or hidden(_shown(found.text))
            yield (
                Fact(found.sign.kind, value, entry.volume, entry.path, grade, number, found.offset, note=told),
                found.sign,
            )


def _signs(entry: Entry, data: bytes, signs: Signs, *, text: bool) -> Iterator[tuple[Fact, Sign | None]]:
    executed = text and is_executed(entry.path, data)
    names: Names | None = None
    texts = _Texts()
    count, secret = 0, False
    for found in signs.find(data, entry.path, text=text and len(data) <= _LARGE_TEXT):
        sign = found.sign
        if not executed:
            names = names or Names(data)
        grade = names.grade(found.offset) if names else Grade.STRING if _off(found, data) else Grade.EXECUTED
        if sign.kind in ("key", "certificate"):
            secret = True
        elif sign.kind == "endpoint":
            value = _endpoint(found, data, executed)
            if value and count < _MOST_ENDPOINTS:
                count += 1
                yield Fact("endpoint", hidden(value), entry.volume, entry.path, grade, sign.id, found.offset), sign
        elif sign.kind == "component":
            value = f"{sign.value} {found.taken}"
            yield Fact("component", value, entry.volume, entry.path, grade, sign.id, found.offset, sign.value,
                       hidden(found.text)[:160]), sign  # fmt: skip
        else:
            texts.add(found, grade)
    yield from texts.facts(entry)
    if secret:
        yield from ((fact, None) for fact in secrets(entry, data, Grade.EXECUTED if executed else Grade.STRING))


#: How far back the beginning of a line is looked for.
_LINE = 400
#: Lines that say something to a reader, in whatever file.
_ASIDE = (b"//", b"/*", b"* ", b"<!--", b"Documentation=")
_OFF = re.compile(
    rb"[\"']?\s*[=:]\s*[\"']?(?:0|false|off|no|none|disabled?)[\"']?\s*[,;}]?\s*(?:[#;].*)?\r?\n", re.IGNORECASE
)


def _off(found: Found, data: bytes) -> bool:
    """Whether a setting switches off what it names."""
    start = found.offset + found.length
    line = data[start : start + 128].split(b"\n")[0] + b"\n"
    return bool(_OFF.match(re.sub(rb"^[\w.\-]*", b"", line)))


def _endpoint(found: Found, data: bytes, executed: bool) -> str | None:
    """What a program can call, out of what looks like it. Comments in settings are none."""
    raw = data[found.offset : found.offset + found.length].decode("ascii", "replace")
    first = max(found.offset - _LINE, 0)
    line = data[max(data.rfind(b"\n", first, found.offset) + 1, first) : found.offset].lstrip()
    if (executed and line[:1] in (b"#", b";", b"%")) or line.startswith(_ASIDE):
        return None
    before = data[max(found.offset - 12, 0) : found.offset].decode("latin-1")
    if found.sign.id == "endpoint-url":
        value, host = endpoints.url(raw), raw.split("://", 1)[-1]
    elif found.sign.id == "endpoint-ipv4":
        value, host = endpoints.ipv4(raw, before, settings=executed), ""
    else:
        raw = raw.strip("\0\"'=<>,;: \r\n\t")
        value, host = endpoints.host(raw, settings=executed), raw
    host = host.split("/")[0].split(":")[0].lower()
    return None if value is None or _besides(found.sign.besides).match(host) else value


@lru_cache(maxsize=64)
def _besides(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all hosts that papers name."""
    return re.compile("|".join(map(fnmatch.translate, hosts)) or r"(?!)")


def _module(entry: Entry, data: bytes) -> Iterator[Fact]:
    """A module of the kernel, by what its section tells."""
    if not entry.path.endswith((".ko", ".ko.xz", ".ko.gz", ".ko/content")) or data[:4] != b"\x7fELF":
        return
    for name, start, size in sections(data):
        if name == ".modinfo":
            told = dict(
                part.split("=", 1)
                for part in data[start : start + size].decode("utf-8", "replace").split("\0")
                if "=" in part
            )
            label = told.get("name") or entry.path.rsplit("/", 1)[-1].removesuffix(".ko")
            note = ", ".join(f"{key} {told[key]}" for key in ("vermagic", "license", "author") if told.get(key))
            yield Fact("module", label, entry.volume, entry.path, Grade.LINKED, "modinfo", start, label, note[:200])
            return


def _component(fact: Fact, sign: Sign | None) -> Component:
    name, version = fact.value.rsplit(" ", 1)
    purl = fact.note if sign is None else f"pkg:generic/{name.lower()}@{version}"
    cpe = f"cpe:2.3:{'o' if name == 'linux' else 'a'}:{sign.cpe}:{version}:*:*:*:*:*:*:*" if sign and sign.cpe else ""
    return Component(name, version, purl, cpe, fact)
