"""What a login, a password and a way back may look like. Pure: plain values in and out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from marketplace.kernel.errors import Invalid
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.text import say

SHORTEST, LONG, LONGEST = 8, 10, 200
SCORE_IF_LONG, SCORE_IF_SHORT = 2, 3
LONGEST_EMAIL = 254
LONGEST_PATH = 500
ZXCVBN_READS = 72
SCOPES = ("orders", "listings", "members", "supply", "purchases", "books", "payments")
HOME = "/akun"

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_LOCAL_PART = 64
_TAIL = re.compile(r"[\W\d_]+$")
_LOCAL_PATH = re.compile(r"/[A-Za-z0-9][A-Za-z0-9/_.~%?&=+,:@!$'()*;-]*")


class WeakPassword(Invalid):
    """A password that others would guess."""

    code = "weak_password"


@dataclass(frozen=True, slots=True)
class Login:
    """What a person signs in by: a phone number (E.164) or an e-mail address, never both."""

    phone: str | None = None
    email: str | None = None

    @property
    def text(self) -> str:
        """Give the one that is there."""
        return self.phone or self.email or ""


def read_email(text: str) -> str:
    """Read an e-mail address; two spellings of one mailbox become one text.

    >>> read_email(" Sari@Contoh.ID ")
    'sari@contoh.id'
    """
    email = text.strip().lower()
    local = email.partition("@")[0]
    if len(email) > LONGEST_EMAIL or len(local) > _LOCAL_PART or not _EMAIL.fullmatch(email):
        raise Invalid(say("Alamat e-mail ini tidak lengkap, misalnya sari@contoh.id."))
    return email


def read_login(text: str) -> Login:
    """Read what was typed as a phone number or an e-mail address."""
    if "@" in text:
        return Login(email=read_email(text))
    return Login(phone=parse_phone(text))


def normal_password(password: str) -> str:
    """Give a password the one form it is hashed in, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, own: Iterable[str] = ()) -> None:
    """Refuse a password that is short, known from leaks, or easy to guess.

    ``own`` is what others know of the person: name, phone, e-mail. Judged is the form in
    which it is hashed, so that every keyboard gets the same answer.
    """
    normal = normal_password(password)
    if len(normal) < SHORTEST:
        raise WeakPassword(say("Kata sandi paling sedikit %(count)s huruf.", count=SHORTEST))
    if len(normal) > LONGEST:
        raise WeakPassword(say("Kata sandi paling panjang %(count)s huruf.", count=LONGEST))
    if _is_common(normal.lower()):
        raise WeakPassword(
            say("Kata sandi ini dipakai banyak orang. Coba tiga kata yang tidak berhubungan.")
        )
    wanted = SCORE_IF_LONG if len(normal) >= LONG else SCORE_IF_SHORT
    known = [part for text in own for part in (text, *text.replace("@", " ").split()) if part]
    found = zxcvbn(normal[:ZXCVBN_READS], user_inputs=_spellings(known))
    if found["score"] < wanted:
        raise WeakPassword(
            say("Kata sandi ini mudah ditebak. Coba tiga kata yang tidak berhubungan.")
        )


def _spellings(known: list[str]) -> list[str]:
    """Add the national way of writing phone numbers: people type 0812, we keep +62812."""
    national = ["0" + text.removeprefix("+62") for text in known if text.startswith("+62")]
    return [*known, *national, *(text.removeprefix("+") for text in known)]


def _is_common(password: str) -> bool:
    bare = _TAIL.sub("", password)
    words = common_words()
    return password in leaked_passwords() or password in words or bare in words


@cache
def leaked_passwords() -> frozenset[str]:
    """List the 30,000 passwords most often found in leaks."""
    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def common_words() -> frozenset[str]:
    """List the words that people here like to make passwords of."""
    file = resources.files("marketplace.accounts") / "common_words.txt"
    lines = file.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def safe_path(wanted: str | None) -> str:
    """Return a path of our own site to go on to, or the person's home.

    Only ``/`` and a letter or digit may begin it, and nothing that a browser might read
    as another host: no backslash, no control letter, no ``//``.
    """
    if not wanted or len(wanted) > LONGEST_PATH or not _LOCAL_PATH.fullmatch(wanted):
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "//" in parts.path:
        return HOME
    return wanted


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes of a token in their fixed order; refuse none and unknown ones."""
    asked = set(scopes)
    if not asked or not asked <= set(SCOPES):
        raise Invalid(say("Pilih paling sedikit satu izin untuk token ini."))
    return [scope for scope in SCOPES if scope in asked]


# More telling names first: Edge and Opera also call themselves Chrome, Chrome also Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Name a browser so that its owner knows it again.

    >>> browser_name("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Safari/537.36")
    'Chrome, Android'
    """
    found = [
        next((name for sign, name in known if sign in user_agent), None)
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name) or "?"
