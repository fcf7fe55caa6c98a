"""Credentials: columns and values that are dropped before anything is stored, logged or shown.

The word lists live in code, not in the pack, so that no overlay can switch the filter off. Where a value
could be a password, it is removed: a lost remark costs less than a published password.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute

from custodes.evidence.registers.text import compact, listed, unaccented, words

pc: Any = pyarrow.compute
REMOVED = "[removed]"

_ANYWHERE = tuple(
    compact(word)
    for word in listed(
        "pasword pswrd psswd pa55 zugangscode geslo lozinka slaptažodis slaptazodis parool lykilorð lykilord "
        "motsdepasse adminpw adminpass rootpw rootpass userpin userpw userpass mastercode sicherheitscode "
        "verifizierungscode netzwerkschlussel netzwerkschlüssel geheim secreto passsword paswort pssword paword "
        "superuser anmeldung rtspauth "
        "wagwoord matkhau mậtkhẩu katasandi geheimzahl securityanswer magicword inloggegevens credenciales credenziali "
        "anmeldedaten howtologin รหัสผ่าน पासवर्ड السر סיסמא 登录 登入 "
        "凭据 憑據 認証情報 ログイン 로그인 パスコード 通行碼 通行码 "
        "password passwd passwrd passphrase passcode passwort kennwort zugangsdaten motdepasse contrasena "
        "palavrapasse wachtwoord losenord adgangskode passord salasana jelszo cyfrinair пароль парола гасло "
        "密码 密碼 口令 パスワード 暗証 비밀번호 암호 סיסמה المرور "
        "用户名 用戶名 账号 帐号 帳號 登录名 登入名 ユーザー名 ユーザ名 사용자 логин "
        "codedacces kodedacces koddostepu kodostepu codigodeacceso codicediaccesso toegangscode zugangskode "
        "codigodeacesso toegangskode adgangskod pristupovykod kodaccesu codmynediad "
        "credential apikey privatekey sharedkey encryptionkey secretkey clientsecret accesstoken authtoken "
        "bearertoken snmpcommunity communitystring verificationcode username loginname logonname "
        "benutzername benutzerkennung gebruikersnaam nomdutilisateur nombredeusuario nomedeusuario nomeutente "
        "nazwauzytkownika anvandarnamn brugernavn brukernavn kayttajatunnus felhasznalonev kullaniciadi "
        "enwdefnyddiwr имяпользователя contrasenya"
    )
)
_TOKENS = frozenset(
    listed(
        "creds cred passe kennw pws logins puk nip claves "
        "pw pwd psw pswd passw pin pincode secret secrets token tokens mdp senha heslo parola parole "
        "haslo hasło "
        "clave psk otp login logon signin sifre κωδικος root unlock "
        "zugang вход доступ keypad combination pword uname"
    )
)
_USERS = frozenset(
    listed(
        "user users userid userno useraccount usercode account accountname benutzer utilisateur usuario "
        "utente "
        "utilizador gebruiker uzytkownik użytkownik anvandare bruger bruker uzivatel пользователь "
        "identifiants "
        "auth authentication"
    )
)
_USER_OF = frozenset(listed("device camera hardware onvif rtsp http https admin web ftp snmp login root nvr dvr vms"))
_KEY_OF = frozenset(
    listed(
        "api private secret shared preshared encryption access auth wpa wpa2 wifi licence license product "
        "activation stream ssh security aes rest master"
    )
)
_CODE_OF = frozenset(
    listed(
        "verification security encryption access pass unlock door alarm gate entry activation pin engineer master user"
    )
)
_SNMP = frozenset(listed("snmp string ro rw read write"))
_DIGITS = re.compile(r"\d+$")


#: Headings that name a secret in one register and something harmless in the next: the values say which.
_DOUBTFUL = frozenset(
    listed(
        "admin administrator code codes key keys access kod codigo codice klucz cle llave chiave sign connexion "
        "acceso acces schlussel"
    )
)


def may_be_credential_header(text: str) -> bool:
    """Whether a heading such as `Key`, `Code` or `Admin` may name secrets; see `are_secrets`."""
    return bool(set(words(text).split()) & _DOUBTFUL)


def are_secrets(cells: Sequence[str]) -> bool:
    """Whether the values of a doubtful column look like secrets and not like numbers of one's own (`cam-001`)."""
    held = [cell.strip() for cell in cells if cell.strip()]
    odd = {cell for cell in held if _ODD_SECRET.match(cell)}
    numbers = len(odd) == len(held) > 1 and all(map(_NUMBERED.match, odd))
    return bool(held) and sum(1 for cell in held if cell in odd) * 2 >= len(held) and not numbers


_ODD_SECRET = re.compile(r"(?=\S*[^\W\d_])(?=\S*[\d!@#$%^&*?+=~])(?=\S*[a-z!@#$%^&*?+=~])\S{4,64}\Z")
_NUMBERED = re.compile(r"[^\W\d_]{1,10}(?:[-_./:]?[^\W\d_]{0,3}\d{1,8}){1,4}[a-z]?\Z", re.IGNORECASE)


def is_credential_header(text: str) -> bool:
    """Whether a heading names a password, key, token, PIN, SNMP community or a login name."""
    squeezed = compact(text)
    if not squeezed:
        return False
    if any(word in squeezed for word in _ANYWHERE):
        return True
    tokens = [_DIGITS.sub("", token) or token for token in words(text).split()]
    if tokens in (["u", "p"], ["user", "p"], ["usr", "pw"], ["p", "word"]):
        return True
    if _DIGITS.sub("", squeezed) in _USERS | _TOKENS or _DIGITS.sub("", squeezed) == "community":
        return True
    return _by_tokens(tokens)


def _by_tokens(tokens: list[str]) -> bool:
    have = set(tokens)
    if have & _TOKENS and not have & {"last", "date"}:
        return True
    if "pass" in have and not have & {"fail", "date", "bus"}:
        return True
    if "user" in have and have & _USER_OF:
        return True
    pairs = list(pairwise(tokens))
    if any(second in ("key", "keys") and first in _KEY_OF for first, second in pairs):
        return True
    if any(second in ("code", "codes") and first in _CODE_OF for first, second in pairs):
        return True
    return "community" in have and bool(have & _SNMP)


_PW_WORDS = (
    r"pass[ _-]?words?|passwd|passwrd|pass[ _-]?phrases?|pass[ _-]?codes?|pwd|pswd|psw|pw|p/w|passwort|"
    r"kennwort|"
    r"zugangsdaten|mot de passe|mdp|contrase(?:ñ|n)a|clave|senha|palavra[- ]passe|wachtwoord|has[łl]o|heslo|"
    r"l[öo]senord|adgangskode|passord|salasana|jelsz[óo]|parol[aă]|cyfrinair|[şs]ifre|пароль|парола|"
    r"p[a@4][s5$]{2}w[o0]rd|p[@4][s5$]{2}|pa[5$]{2}"
)
_SEP = (
    r"(?:[ \t]*(?:[:=：＝]|->|=>)\s*"
    r"|[ \t]+(?:[-–—]|is|was|are|lautet|ist|est|es|sont|jest|är|er|yw|будет)[ \t]+)"
)
# A value, and the words after it up to the end of its clause: pass phrases have spaces in them.
_CLAUSE = r"\S+(?:(?<![;,.|])[ \t]+[^\s]+)*"
_LOGIN = (
    r"log-?ins?|logons?|credentials?|creds?|user[ _-]?names?|user[ _-]?id|users?|usr|benutzer(?:name)?|"
    r"usuario|"
    r"usu[áa]rio|utilisateur|identifiants?|gebruikersnaam|u[żz]ytkownik|nome utente|enw defnyddiwr"
)
_KEYS = (
    r"api[ _-]?keys?|access[ _-]?keys?|secret(?:[ _-]?keys?)?|client[ _-]?secret|(?:access|auth|api|"
    r"bearer)?[ _-]?tokens?|"
    r"psk|pre-?shared[ _-]keys?|wpa[23]?(?:[ _-]keys?)?|private[ _-]keys?|licen[cs]e[ _-]keys?|"
    r"product[ _-]keys?|"
    r"activation[ _-]keys?|encryption[ _-]keys?|keys?|authorization|auth|pass|pins?|"
    r"(?:verification|security|encryption|alarm|door|gate|entry|access|engineer|master|unlock|panel|pin)[ _-]codes?|"
    r"snmp(?:[ _-]?v?\d\w?)?(?:[ _/-]+(?:ro|rw|read|write|only))*(?:[ _-]community)?(?:[ _-]string)?|"
    r"(?:ro|rw|read|"
    r"write)?[ _-]?community(?:[ _-]string)?"
)
_STEP = (
    r"(?:changed|reset|set|updated|to|is|was|now|still|the|a|for|of|default|factory|new|old|all|this|"
    r"these|cameras?|"
    r"device|devices|nvr|dvr|recorder|site|unit|admin|root|same|as|usual|and|username|user)"
)
_END = (
    r"(?!\[removed\])(?!(?:required|unknown|protected|protection|expired|expiry|policy|needed|missing|lost|held|not|no|"
    r"yes|n/a|known|"
    r"available|see|by|in|on|at|with|removed|changed|reset|manager|must|should|strength|ok|none|"
    r"forgotten|from|kept|"
    r"stored|only|has|have|needs)(?:\b|$))"
)
# A word nobody writes in plain prose: letters beside digits or marks.
_ODD_WORD = r"(?=\S{4})(?=\S{0,64}[^\W\d_])(?=\S{0,64}[\d!@#$%^&*?+=~])"
_NAMES = r"(?:admin|administrator|root|user|operator|supervisor|service|viewer|guest|onvif|888888|666666)"

#: A word for a secret, in any of the languages and spellings met. Where one stands, no odd word of the text is kept.
_NAMED_SECRET = (
    rf"{_PW_WORDS}|p[./]w(?:ord)?\b|ps+wd|pswrd|zugangscode|geslo|lozinka|slapta[žz]odis|parool|"
    r"lykilor[ðd]|wagwoord|"
    r"m[ậa]t kh[ẩa]u|kata sandi|κωδικ|密码|密碼|口令|パスワード|비밀번호|암호|"
    r"รหัสผ่าน|पासवर्ड|كلمة (?:السر|المرور)|סיסמ[הא]|"
    r"loginpas|sshpass|\bssid\b|wpa2?\b|\blog(?:s|ged)?[ -]?in\b|--?(?:p|u|pw)\b|\bcreds?\b|credential|"
    r"\bpass\W{0,3}[:=]|\bparole\b|\bunlock\b|verification"
)
_SECRET_TEXT = re.compile(_NAMED_SECRET, re.IGNORECASE)
_ODD_SECRETS = re.compile(rf"(?<![\w]){_ODD_WORD}(?=\S{{0,64}}[a-z!@#$%^&*?+=~])[^\s,;<>\"'”“()]{{4,}}")

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), into)
    for pattern, into in (
        (r"-----BEGIN[^-]*-----[\s\S]*", REMOVED),
        (r"((?:rtsp|ｒｔｓｐ|rtmp)s?(?:[:：]|%3a)?(?:[/／]|%2f){2})[^@＠]{1,160}?(?:@|＠|%40)(?=[\w\[%])", r"\1"),
        (r"(https?%3a%2f%2f)\S{1,160}?%40", r"\1"),
        (r"(\b[a-z][a-z0-9+.-]{1,15}[:：]//)[^\s/?#@＠]*[＠]", r"\1"),
        (r"(\b[a-z][a-z0-9+.-]{1,15}://)[^\s/?#@]*(?:@[^\s/?#@]*)*@", r"\1"),
        (r"(\b[a-z][a-z0-9+.-]{1,15}://)[^\s/?#@:]+:(?!\d{1,5}(?:[/?#]|\Z|\s))\S{0,256}@", r"\1"),
        (r"(?<![\w./])[^\s:/@,;]{1,64}:(?!//)[^\s@]{1,64}@(?=[\w\[])", ""),
        (rf"(?<![\w])({_PW_WORDS})\b[^:=：\n]{{0,40}}?{_SEP}{_CLAUSE}", rf"\1 {REMOVED}"),
        (rf"(?<![\w])({_PW_WORDS})\b\s+(?:{_STEP}\s+)*{_END}\S+", rf"\1 {REMOVED}"),
        (
            r"(密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|用户名|用戶名|账号|帐号|帳號|ユーザー?名)[\s:：=是为為は]*\S+",
            rf"\1 {REMOVED}",
        ),
        (r"(?<![\w])(u[ \t]*[:=])\s*\S{1,64}[\s,;/|]+p[ \t]*[:=]\s*\S+", rf"\1 {REMOVED}"),
        (
            r"(?<![\w])(?<!\d[ -])(pins?|pass|creds?|credentials?|log-?in|"
            r"(?:wi-?fi|wlan|wireless|network|encryption|stream|security|verification)[ _-](?:keys?|codes?|pass))"
            rf"\s+{_ODD_WORD}\S+",
            rf"\1 {REMOVED}",
        ),
        (rf"(?<![\w])((?:{_LOGIN})(?:[ \t]*(?:/|and|&|\+)[ \t]*\w+)?){_SEP}{_CLAUSE}", rf"\1 {REMOVED}"),
        (
            rf"(?<![\w])(log-?in|logon|creds?|credentials?|user(?:name)?)[ \t]+{_NAMES}\b(?:[ \t/:,]+\S+)?",
            rf"\1 {REMOVED}",
        ),
        (
            rf"(?<![\w])({_KEYS})(?:[ \t]*[:=：＝#][ \t]*|[ \t]+(?:is|was|lautet|ist|est)[ \t]+){_CLAUSE}",
            rf"\1 {REMOVED}",
        ),
        (
            r"(?<![\w])(pin(?:[ _-]?(?:code|no\.?|number|nummer))?|(?:door|gate|alarm|entry|access|"
            r"security|panel|keypad)"
            r"[ _-]code|passcode)[ \t]+\d{3,}\b",
            rf"\1 {REMOVED}",
        ),
        (
            r"(?<![\w])(api[ _-]?key|access[ _-]?key|secret|token|psk|bearer|wpa2?|verification code|"
            r"licen[cs]e key|"
            r"product key|snmp(?:[ _-]?v?\d\w?)?[ _-]community(?:[ _-]string)?|community string)[ \t]+"
            r"(?!enabled|disabled|string|v\d|on\b|off\b)(?=\S*[\d_\W]|\S{8,})\S+",
            rf"\1 {REMOVED}",
        ),
        (r"(?<![\w])(snmp)[ \t]+(?=public|private)\S+", rf"\1 {REMOVED}"),
        (r"\b(basic)[ \t]+(?=[A-Za-z0-9+/]*[A-Z0-9])[A-Za-z0-9+/]{8,}={0,2}(?!\w)", rf"\1 {REMOVED}"),
    )
)
_EXACT: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<![\w/])(?i:{_NAMES})\s*[/|\\]\s*(?=[a-z0-9]*\Z|[a-z0-9]*[\s,;]|\S*[\d!@#$%^&*?+=~])\S+"),
    re.compile(rf"(?<![\w/])(?i:{_NAMES}):(?=\S*[\d!@#$%^&*?+=~]|[a-z]+\b)\S+"),
    # Maker's codes are written in capitals: only a word with a small letter or a mark is taken here.
    re.compile(
        r"(?<![\w/])(?i:admin|administrator|root|888888|666666)(?:\s*[-–—,;@]\s*|\s+)"
        rf"{_ODD_WORD}(?=\S{{0,64}}[a-z!@#$%^&*?+=~])\S{{6,}}"
    ),
    re.compile(
        r"(?<![\w/])(?<!model )(?<!product )(?<!part )(?<!order )(?<!type )(?<!item )(?<!stock )(?i:codes?)\s+"
        rf"{_ODD_WORD}(?=\S{{0,64}}[a-z!@#$%^&*?+=~])\S{{6,}}"
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*"),
    re.compile(
        r"\b(?:AKIA[0-9A-Z]{12,}|gh[pousr]_\w{16,}|glpat-[\w-]{12,}|sk[-_]\w[\w-]{14,}|AIza[\w-]{20,}|"
        r"xox[abpr]-\S+)"
    ),
    re.compile(r"(?<![\w/.=-])(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d)[A-Za-z0-9_]{32,}={0,2}(?![\w/.-])"),
)

#: RE2 pattern for whole Arrow columns, case-blind: a cell that does not match it holds nothing to scrub.
TRIGGER = (
    r"@|＠|%40|\bu\s*[:=]|p[a4][s5$][s5$]|pass|passw|pwd|pswd|psw|\bpw\b|p/w|kennwort|zugangsdaten|mdp|contrase|clave|"
    r"senha|palavra|"
    r"wachtwoord|has[łl]o|"
    r"heslo|l[öo]senord|adgangskode|salasana|jelsz|parol|cyfrinair|[şs]ifre|парол|"
    r"密码|密碼|口令|パスワード|暗証|비밀번호|암호|"
    r"用户名|用戶名|账号|帐号|帳號|ユーザ|\bpins?\b|pin[ _-]?(?:code|no|nummer)|"
    r"token|secret|keys?\b|auth|psk|wpa|snmp|"
    r"community|codes?\b|"
    r"log-?in|logon|cred|user|usr|usuario|usuári|benutzer|utilisateur|identifiant|gebruiker|ytkownik|"
    r"utente|defnyddiwr|"
    r"p[./]w|ps+wd|pswrd|zugang|geslo|lozinka|slapta|parool|lykilor|wagwoord|"
    r"m[ậa]t kh|kata sandi|κωδικ|รหัสผ่าน|पासवर्ड|كلمة|סיסמ|"
    r"loginpas|sshpass|ssid|log(?:s|ged)?[ -]?in|--?(?:p|u|pw)\b|"
    r"bearer|basic|eyJ|AKIA|gh[pousr]_|glpat|sk[-_]|AIza|xox|-----BEGIN|"
    r"admin|root|operator|supervisor|service|viewer|guest|onvif|888888|666666|[A-Za-z0-9_]{32}"
)


def may_hold_secret(texts: Sequence[str]) -> list[bool]:
    """For each text whether `scrub` might find anything in it: quick, and never wrongly False."""
    return [hit is not False for hit in flagged(pa.array(texts, pa.large_string())).to_pylist()]


def flagged(column: Any) -> Any:
    """The same for an Arrow column of texts: a column of true and false."""
    return pc.match_substring_regex(column, TRIGGER, ignore_case=True)


def scrub(text: str) -> tuple[str, int]:
    """`text` without the credentials found in it, and how many were removed."""
    found = 0
    for pattern, into in _RULES:
        text, count = pattern.subn(into, text)
        found += count
    for pattern in _EXACT:
        text, count = pattern.subn(REMOVED, text)
        found += count
    if _SECRET_TEXT.search(text):
        text, count = _ODD_SECRETS.subn(REMOVED, text)
        found += count
    return text, found


_LOOKS_PW_WORDS = re.compile(r"(?=\S*[a-z])(?=\S*\d)[a-zA-Z0-9_.!-]{4,}\Z|(?=.*[!@#$%^&*?+=~]).{4,}\Z|[a-z]{4,}\Z")
_IS_NAME = re.compile(rf"{_NAMES}\Z", re.IGNORECASE)


def is_login_name(value: str) -> bool:
    """Whether a cell is one of the login names that devices are shipped with."""
    return bool(_IS_NAME.match(value))


def looks_like_password(value: str) -> bool:
    """Whether a cell in a column without any heading could be a password (wide on purpose)."""
    return " " not in value and len(value) <= 64 and bool(_LOOKS_PW_WORDS.match(unaccented(value)))
