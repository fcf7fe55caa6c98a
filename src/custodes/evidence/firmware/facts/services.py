"""What starts by itself: scripts of init, inittab, inetd, cron, units of systemd."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator

from custodes.evidence.firmware.facts.kinds import placed
from custodes.evidence.firmware.hiding import hidden
from custodes.model.firmware import Entry, Fact, Grade

#: Programs that wait for others, by the names they have everywhere, where a line begins with them.
_DAEMON = re.compile(
    r"(?:/[\w./\-]*/)?(?:[a-z.]*(?:telnetd|ftpd|httpd|sshd|smbd|nmbd|snmpd|ntpd|syslogd|crond|inetd)"
    r"|dropbear|lighttpd|nginx|mosquitto|dnsmasq|hostapd|wpa_supplicant|openvpn|frpc|frps|autossh|socat|ngrok|gdbserver"
    r"|stunnel|miniupnpd|udhcpd|adbd)(?=[\s;&]|$)"
)
_REDIRECTED = re.compile(r"\d*&?>>?\s*&?\s*[^\s;&|()]+|<\s*[^\s;&|()]+")
_PIECE = re.compile(r"([^;&|(){}]*)(&&|&|\|\||\||;|\(|\)|\{|\}|$)")
_LEAD = re.compile(r"^(?:then|do|else|if|while|exec|nohup|nice(?:\s+-n?\s*-?\d+)?|!|(?:\S*/)?busybox)\s+")
_CHECKED = re.compile(r"\s(?:-t|--test|--check|-V|--version|--help|-k|stop)(?=\s|$)")
_STARTS = re.compile(r"\s(?:--start|-[a-zA-Z]*S[a-zA-Z]*)(?=\s)")
_IDLE = ("wait", "sleep", "echo", "exit", "true", "test", "kill", "killall", "pkill", "rm", "cat", "printf", "logger")
_START = re.compile(r"start-stop-daemon\s.*?(?:--exec|-x)\s+(\S+)(.*)")
_INITTAB = re.compile(r"([^:#\s]*):([^:]*):(\w+):(.+)")
_RUN = ("respawn", "once", "wait", "sysinit", "askfirst", "boot")
_CRON = re.compile(r"(?:@\w+|(?:[\d*/,\-]+\s+){5})(.+)")
_LONG = 160


def services(entry: Entry, text: str) -> Iterator[Fact]:
    """What a file starts. Each line that starts something is one fact, with the program as its subject."""
    for globs, rule, of_line in _READERS:
        if any(fnmatch.fnmatchcase(entry.path, one) for one in globs):
            seen = set()
            values = dict(_ASSIGNED.findall(text))
            for offset, line in placed(_joined(text)):
                told = _filled(of_line(line.strip()), values) if not line.lstrip().startswith("#") else None
                if told and told not in seen:
                    seen.add(told)
                    yield _fact(entry, told, rule, offset)
            return


def _joined(text: str) -> str:
    """A text in which lines that go on are one; it stays as long, so that places stay right."""
    return re.sub(r"\\\r?\n", lambda match: " " * len(match[0]), text)


_ASSIGNED = re.compile(r"(?m)^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)=[\"']?([\w./\-]+)[\"']?\s*$")


def _filled(command: str | None, values: dict[str, str]) -> str | None:
    """A command with the values of the script's own names in it."""
    if command is None or "$" not in command:
        return command
    return re.sub(r"[\"']?\$\{?([A-Z_][A-Z0-9_]*)\}?[\"']?", lambda match: values.get(match[1], match[0]), command)


def _fact(entry: Entry, command: str, rule: str, offset: int) -> Fact:
    words = command.split()
    program = words[0].rsplit("/", 1)[-1]
    unit = rule == "systemd" and ".wants/" not in entry.path
    grade = Grade.STRING if unit else Grade.EXECUTED
    note = "a unit; whether it is switched on is not shown" if unit else "starts by itself"
    value = hidden(" ".join(command.split()))[:_LONG]
    return Fact("service", value, entry.volume, entry.path, grade, rule, offset, program, note)


def _script(line: str) -> str | None:
    started = _START.search(line)
    if started:
        command = re.split(r"[;|&]", _REDIRECTED.sub(" ", started[1] + started[2]))[0].strip()
        starts = _STARTS.search(line) and not _CHECKED.search(f" {command}")
        return command if starts else None
    for command, behind in _commands(_REDIRECTED.sub(" ", line)):
        daemon = _DAEMON.match(command)
        program = command.split()[0].rsplit("/", 1)[-1]
        if program in _IDLE or program[:1] in ("[", "#", "$") or "=" in program or _CHECKED.search(command):
            continue
        if behind or daemon:
            return command
    return None


def _commands(line: str) -> Iterator[tuple[str, bool]]:
    """The commands of a line, each with whether it is left running behind; of a pipeline its first."""
    held: list[str] = []
    for text, mark in _PIECE.findall(line):
        command = text.strip()
        while (lead := _LEAD.match(command)) is not None:
            command = command[lead.end() :]
        if command and command not in ("fi", "done", "then", "else", "do", "esac"):
            held.append(command)
        if mark == "&" and held:
            yield held[0], True
            held = []
        elif mark in (";", "&&", "||", "") and held:
            yield from ((one, False) for one in held)
            held = []
        elif mark in ("(", "{"):
            held = []


def _inittab(line: str) -> str | None:
    match = _INITTAB.match(line)
    return match[4].strip() if match and match[3] in _RUN else None


def _inetd(line: str) -> str | None:
    words = line.split()
    return f"{words[0]} {' '.join(words[5:])}" if len(words) >= 6 and words[1] in ("stream", "dgram") else None


def _cron(line: str) -> str | None:
    match = _CRON.match(line)
    return match[1].strip() if match else None


def _system_cron(line: str) -> str | None:
    """A line that names whom it runs as."""
    told = _cron(line)
    parts = told.split(None, 1) if told else []
    return parts[1].split("||")[-1].strip() or None if len(parts) == 2 else None


def _unit(line: str) -> str | None:
    return line.split("=", 1)[1].strip().lstrip("-@") or None if line.startswith("ExecStart=") else None


_READERS: tuple[tuple[tuple[str, ...], str, Callable[[str], str | None]], ...] = (
    (("*etc/inittab",), "inittab", _inittab),
    (("*etc/inetd.conf", "*etc/inetd.d/*"), "inetd", _inetd),
    (("*etc/crontab", "*etc/cron.d/*"), "cron", _system_cron),
    (("*etc/crontabs/*", "*var/spool/cron/*"), "cron", _cron),
    (("*.service",), "systemd", _unit),
    (
        ("*etc/init.d/*", "*etc/rc*", "*etc/init/*", "*/start*.sh", "*/run*.sh", "*init.sh", "*etc/profile"),
        "init",
        _script,
    ),
)
