"""Zeek's logs, tab-separated or JSON: connections, names asked for, TLS, QUIC, HTTP and DHCP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

from custodes.evidence.captures.addresses import ip_text
from custodes.evidence.captures.logs.book import Book, Side, address_of, mac_of, proto_of, sum_of
from custodes.evidence.captures.logs.duck import LONGEST_LINE, LONGEST_ROW, OUTSIDE, query
from custodes.evidence.captures.logs.kinds import HEAD, Kind
from custodes.evidence.captures.logs.noting import note_answers, note_request, note_tls, time_of
from custodes.model.captures import Layer
from custodes.model.errors import BadInput

_ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
#: The fields of each log that are read, in the order in which the readers take them.
FIELDS = {
    "conn": (
        *_ENDS, "orig_l2_addr", "resp_l2_addr", "proto", "service", "orig_bytes", "resp_bytes", "orig_ip_bytes",
        "resp_ip_bytes", "orig_pkts", "resp_pkts", "duration",
    ),
    "dns": (*_ENDS, "query", "qtype_name", "answers"),
    "ssl": (*_ENDS, "server_name", "subject"),
    "quic": (*_ENDS, "server_name"),
    "http": (*_ENDS, "method", "host", "uri", "user_agent"),
    "dhcp": ("mac", "client_addr", "assigned_addr", "host_name", "msg_types"),
}  # fmt: skip
#: Fields by other names: where a site renames them, and where a store of logs allows no dots.
_OTHERS = {
    "id.orig_h": ("id_orig_h", "src_ip"),
    "id.orig_p": ("id_orig_p", "src_port"),
    "id.resp_h": ("id_resp_h", "dst_ip", "dest_ip"),
    "id.resp_p": ("id_resp_p", "dst_port", "dest_port"),
}
_OWN = {other: name for name, others in _OTHERS.items() for other in others}
_LISTS = frozenset(("answers", "msg_types"))
Row = Mapping[str, str | None]


class Header:
    """What the lines that begin with # tell of a tab-separated log."""

    def __init__(self, head: str) -> None:
        self.separator, self.unset, self.empty, self.set_separator = "\t", "-", "(empty)", ","
        self.path, self.fields = "", ()  # type: str, Sequence[str]
        for line in head.splitlines():
            if line.startswith("#separator "):
                self.separator = line[11:].encode().decode("unicode_escape", "replace") or "\t"
            key, _, value = line.partition(self.separator)
            if key == "#unset_field":
                self.unset = value
            elif key == "#empty_field":
                self.empty = value
            elif key == "#set_separator":
                self.set_separator = value
            elif key == "#path":
                self.path = value
            elif key == "#fields":
                self.fields = value.split(self.separator)
        self.cut = not self.fields
        if self.cut:  # as zeek-cut and its kin print it: the names stand in the first line
            first = next((line for line in head.splitlines() if line and not line.startswith("#")), "")
            self.fields = first.split(self.separator)
        self.fields = [_OWN.get(name, name) for name in self.fields]


def read_zeek(path: Path, name: str, kind: Kind, book: Book) -> None:
    """Write one log of Zeek down. Raises BadInput if it cannot be read as one."""
    with path.open("rb") as file:
        head = file.read(HEAD).decode("utf-8", "replace")
    log, sql, values = _tsv(path, name, head) if kind is Kind.ZEEK_TSV else _json(path, head)
    read = _READERS.get(log)
    if read is None:
        book.gaps[f"{name} is a log of {log or 'no known kind'}: of Zeek's, {', '.join(FIELDS)} are read"] = None
        return
    for *told, count, known, first, last in query(sql, values, name):
        book.rows += count
        if not known:
            book.bad += count
            continue
        row = dict(zip((*FIELDS[log], "up", "down", "ip_up", "ip_down", "frames_up", "frames_down"), told, strict=True))
        book.seen(time_of(first or ""), time_of(last or ""))
        read(row, book, time_of(first or ""), time_of(last or ""))


def _sums(log: str, have: Callable[[str], str]) -> str:
    """What is added up of connections; nothing of other logs."""
    if log != "conn":
        return ", ".join(["null"] * 6)
    names = ("orig_bytes", "resp_bytes", "orig_ip_bytes", "resp_ip_bytes", "orig_pkts", "resp_pkts")
    return ", ".join(f"sum(try_cast({have(name)} as bigint))" for name in names)


def _select(log: str, have: Callable[[str], str]) -> str:
    """The fields of a log in their order, what is only added up left out, then sums, count, and times."""
    fields = []
    for name in FIELDS[log]:
        told = have(name)
        if log == "conn" and (name.endswith(("_bytes", "_pkts")) or name == "duration"):
            told = "null"
        elif log == "conn" and name == "id.orig_p":
            # the port of whoever called counts where that end is on the internet, or is a service's
            source = have("id.orig_h")
            caller = f"try_cast({told} as integer) < 1024 or {OUTSIDE.format(source)}"
            told = f"case when {caller} or {have('proto')} = 'icmp' then {told} end"
        elif log != "conn" and name == "id.orig_p":
            told = "null"
        fields.append(told)
    key = have("id.orig_h" if log != "dhcp" else "mac")
    ts, duration = have("ts"), have("duration") if log == "conn" else "null"
    end = f"coalesce((try_cast({ts} as double) + coalesce(try_cast({duration} as double), 0))::varchar, {ts})"
    return f"{', '.join(fields)}, {_sums(log, have)}, count(*), {key} is not null, min({ts}), max({end})"


def _tsv(path: Path, name: str, head: str) -> tuple[str, str, list[object]]:
    header = Header(head)
    if not {"id.orig_h", "mac"} & set(header.fields):
        why = "no column of it says who called"
        raise BadInput("a log of Zeek that was cut", where=name, why=why, remedy="keep id.orig_h and the other ends")
    if _changes(path):
        why, remedy = "its line of fields comes again, and otherwise", "read the logs that were joined one by one"
        raise BadInput("the columns of a log of Zeek change", where=name, why=why, remedy=remedy)
    log = header.path.rpartition("/")[2] or _path_by(header.fields)
    columns = [f"c{number}" for number in range(len(header.fields))]
    held = dict(zip(header.fields, columns, strict=True))

    unset, empty = _literal(header.unset), _literal(header.empty)

    def have(field: str) -> str:
        return f"nullif(nullif({held[field]}, {unset}), {empty})" if field in held else "null::varchar"

    # quoting marks stand for themselves in these logs, and a line that is short has its last fields missing
    source = (
        f"read_csv(?, delim={_literal(header.separator)}, header=false, quote='', escape='', all_varchar=true, "
        f"null_padding=true, ignore_errors=true, strict_mode=false, auto_detect=false, "
        f"max_line_size={LONGEST_ROW}, columns={{" + ", ".join(f"'{column}': 'VARCHAR'" for column in columns) + "})"
    )
    if log not in FIELDS:
        return log, "", []
    where = "where c0 is null or not starts_with(c0, '#')"
    if header.cut:
        where += f" and c0 <> {_literal(header.fields[0])}"
    return log, f"select {_select(log, have)} from {source} {where} group by all", [str(path)]  # noqa: S608


def _changes(path: Path) -> bool:
    """Whether a log tells its fields several times and not alike, as logs put behind one another do."""
    told: set[bytes] = set()
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as held:
        place = held.find(b"#fields")
        while place >= 0 and len(told) < 2:
            if not place or held[place - 1 : place] == b"\n":
                told.add(held[place : held.find(b"\n", place) % (len(held) + 1)])
            place = held.find(b"\n#fields", place)
            place += place >= 0
    return len(told) > 1


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _json(path: Path, head: str) -> tuple[str, str, list[object]]:
    first = next((line for line in head.splitlines()[:50] if _json_path(line)), "")
    log = _json_path(first)
    if log not in FIELDS:
        return log, "", []
    names = _names(first)
    renamed = {name: next((one for one in others if one in names), name) for name, others in _OTHERS.items()}
    fields = dict.fromkeys(renamed.get(field, field) for field in (*FIELDS[log], "ts"))
    declared = ", ".join(f"\"{field}\": '{'VARCHAR[]' if field in _LISTS else 'VARCHAR'}'" for field in fields)
    source = (
        "read_json(?, format='newline_delimited', ignore_errors=true, "
        f"maximum_object_size={LONGEST_LINE}, columns={{{declared}}})"
    )

    def have(field: str) -> str:
        return f"array_to_string(\"{field}\", ',')" if field in _LISTS else f'"{renamed.get(field, field)}"'

    return log, f"select {_select(log, have)} from {source} group by all", [str(path)]  # noqa: S608


def _json_path(line: str) -> str:
    """Which log a line is of: by its own word, else by the names of its fields."""
    if not line.lstrip().startswith("{"):
        return ""
    named = re.search(r'"_path":\s*"([a-z_]+)"', line[:LONGEST_LINE])
    return named[1] if named else _path_by(_names(line))


def _names(line: str) -> Sequence[str]:
    return re.findall(r'"([A-Za-z_.0-9]+)":', line[:HEAD])


def _path_by(fields: Sequence[str]) -> str:
    """Which log it is, by fields that it alone has."""
    for log, own in (
        ("http", {"uri", "host", "method", "status_code"}),
        ("dns", {"query", "qtype"}),
        ("ssl", {"cipher", "server_name"}),
        ("quic", {"client_initial_dcid"}),
        ("dhcp", {"client_addr", "assigned_addr"}),
        ("conn", {"conn_state", "orig_ip_bytes", "resp_ip_bytes"}),
    ):
        if own & set(fields):
            return log
    return ""


def _ends(row: Row) -> tuple[Side, Side]:
    source = Side(row.get("orig_l2_addr"), row["id.orig_h"], _port(row["id.orig_p"]))
    return source, Side(row.get("resp_l2_addr"), row["id.resp_h"], _port(row["id.resp_p"]))


def _port(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 else None


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) else None


def _conn(row: Row, book: Book, first: int, last: int) -> None:
    source, target = _ends(row)
    talks = list(filter(None, (row["service"] or "").split(",")))
    up, down = _number(row["ip_up"]), _number(row["ip_down"])
    if up is None and down is None:
        up, down = _number(row["up"]), _number(row["down"])
        if up or down:
            book.layer = Layer.PAYLOAD
    frames = _number(row["frames_up"]) or 0, _number(row["frames_down"]) or 0
    proto = proto_of(row["proto"] or "")
    if proto == 1 and b":" in (row["id.orig_h"] or "").encode():
        proto = 58
    book.flow(
        source,
        target,
        proto,
        sum_of(up or 0, frames[0], first, last, talks),
        sum_of(down or 0, frames[1], first, last, talks),
    )


def _dns(row: Row, book: Book, _first: int, _last: int) -> None:
    client, server = _ends(row)
    name = row["query"] or ""
    if not book.knows(client, server):
        return
    if server.port == 53 and server.address:
        book.desk.of(client.party).resolvers.setdefault(ip_text(server.address))
    book.desk.dns(client.party, [name] if name else [])
    if name and client.address:
        answers = [_answer(name, value) for value in (row["answers"] or "").split(",")]
        note_answers(book, client.party, [name], answers)


def _answer(name: str, value: str) -> dict[str, str]:
    """Zeek tells no kinds of records: an address is one, a name for an address asked the other way round is one."""
    if address_of(value):
        return {"rrname": name, "rrtype": "A", "rdata": value}
    return {"rrname": name, "rrtype": "PTR", "rdata": value if re.fullmatch(r"[\w.-]+", value) else ""}


def _tls(row: Row, book: Book, _first: int, _last: int) -> None:
    client, server = _ends(row)
    note_tls(book, client, server, row["server_name"] or "", (row.get("subject") or "").replace(",", ", "))


def _http(row: Row, book: Book, first: int, _last: int) -> None:
    client, server = _ends(row)
    note_request(book, client, server, row["method"] or "", row["host"] or "", row["uri"] or "",
                 row["user_agent"] or "", first)  # fmt: skip


def _dhcp(row: Row, book: Book, _first: int, _last: int) -> None:
    mac = mac_of(row["mac"] or "")
    if not mac:
        return
    book.parties[mac] = 0
    if row["host_name"]:
        book.desk.heard(mac, b"", "dhcp.option12", row["host_name"])
    if "ACK" in (row["msg_types"] or "ACK").split(","):
        for key in ("assigned_addr", "client_addr"):
            book.desk.bind(mac, address_of(row[key] or ""))


_READERS: dict[str, Callable[[Row, Book, int, int], None]] = {
    "conn": _conn, "dns": _dns, "ssl": _tls, "quic": _tls, "http": _http, "dhcp": _dhcp,
}  # fmt: skip
