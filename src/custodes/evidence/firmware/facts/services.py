"""What starts by itself: scripts of init, inittab, inetd, cron, units of systemd."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator

from custodes.evidence.firmware.hiding import hidden
from custodes.model.firmware import Entry, Fact, Grade

#: Programs that wait for others, by the names they have everywhere, where a line begins with them.
_DAEMON = re.compile(
    r"(?:exec\s+|nohup\s+)?(?:/[\w./\-]*/)?(?:[a-z.]*(?:telnetd|ftpd|httpd|sshd|smbd|nmbd|snmpd|ntpd|syslogd|crond|inetd)"
    r"|dropbear|lighttpd|nginx|mosquitto|dnsmasq|hostapd|wpa_supplicant|openvpn|frpc|frps|autossh|socat|ngrok|gdbserver"
    r"|stunnel|miniupnpd|udhcpd|adbd)(?=[\s;&]|$)"
)
_BACKGROUND = re.compile(r"(?:^|[;|(]|&&)\s*((?:/[\w.\-]+)+|[\w.\-]+)([^;|&#]*)&\s*(?:#.*)?$")
_START = re.compile(r"start-stop-daemon\s.*?(?:--exec|-x)\s+(\S+)(.*)")
_INITTAB = re.compile(r"([^:#\s]*):([^:]*):(\w+):(.+)")
_RUN = ("respawn", "once", "wait", "sysinit", "askfirst", "boot")
_CRON = re.compile(r"(?:@\w+|(?:[\d*/,\-]+\s+){5})(.+)")
_LONG = 160


def services(entry: Entry, text: str) -> Iterator[Fact]:
    """What a file starts. Each line that starts something is one fact, with the program as its subject."""
    for globs, rule, of_line in _READERS:
        if any(fnmatch.fnmatchcase(entry.path, one) for one in globs):
            seen, offset = set(), 0
            values = dict(_ASSIGNED.findall(text))
            for line in text.split("\n"):
                told = _filled(of_line(line.strip()), values) if not line.lstrip().startswith("#") else None
                if told and told not in seen:
                    seen.add(told)
                    yield _fact(entry, told, rule, offset)
                offset += len(line.encode("utf-8", "replace")) + 1
            return


_ASSIGNED = re.compile(r"(?m)^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)=[\"']?([\w./\-]+)[\"']?\s*$")


def _filled(command: str | None, values: dict[str, str]) -> str | None:
    """A command with the values of the script's own names in it."""
    if command is None or "$" not in command:
        return command
    return re.sub(r"[\"']?\$\{?([A-Z_][A-Z0-9_]*)\}?[\"']?", lambda match: values.get(match[1], match[0]), command)


def _fact(entry: Entry, command: str, rule: str, offset: int) -> Fact:
    words = command.split()
    program = words[0].rsplit("/", 1)[-1]
    return Fact("service", hidden(command)[:_LONG], entry.volume, entry.path, Grade.EXECUTED, rule, offset, program,
                "starts by itself")  # fmt: skip


def _script(line: str) -> str | None:
    started = _START.search(line)
    if started:
        return re.split(r"[;|&]", started[1] + started[2])[0].strip()
    background = _BACKGROUND.search(line)
    if background and background[1] not in ("wait", "sleep", "echo", "exit"):
        return (background[1] + background[2]).strip()
    daemon = _DAEMON.match(line)
    return re.split(r"[;|&#]", line)[0].strip() if daemon else None


def _inittab(line: str) -> str | None:
    match = _INITTAB.match(line)
    return (
        match[4].strip() if match and match[3] in ("respawn", "once", "wait", "sysinit", "askfirst", "boot") else None
    )


def _inetd(line: str) -> str | None:
    words = line.split()
    return f"{words[0]} {' '.join(words[5:])}" if len(words) >= 6 and words[1] in ("stream", "dgram") else None


def _cron(line: str) -> str | None:
    match = _CRON.match(line)
    return match[1].strip() if match else None


def _unit(line: str) -> str | None:
    return line.split("=", 1)[1].strip().lstrip("-@") or None if line.startswith("ExecStart=") else None


_READERS: tuple[tuple[tuple[str, ...], str, Callable[[str], str | None]], ...] = (
    (("*etc/inittab",), "inittab", _inittab),
    (("*etc/inetd.conf", "*etc/inetd.d/*"), "inetd", _inetd),
    (("*etc/crontab*", "*etc/cron.d/*", "*var/spool/cron/*"), "cron", _cron),
    (("*.service",), "systemd", _unit),
    (
        ("*etc/init.d/*", "*etc/rc*", "*etc/init/*", "*/start*.sh", "*/run*.sh", "*init.sh", "*etc/profile"),
        "init",
        _script,
    ),
)
