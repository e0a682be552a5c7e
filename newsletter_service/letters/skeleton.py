"""A MIME skeleton with slots: everything that readers share, encoded once, and the places for what is theirs.

A skeleton is the finished message with slots between NUL bytes, which no mail may contain:
`...\\0context:name\\0...`. The context (header, text, html) says how a value is encoded. So filling is
`split` and `join`. The salutation's slot carries its two forms, with and without a name.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from html import escape

from newsletter_service.letters.encoding import header_safe, quoted_printable, quoted_printable_value
from newsletter_service.letters.errors import LetterError

OPEN, CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]+){CLOSE}")
_FORMS = "\ue002"
SOFT_BREAK = b"=\r\n"


@dataclass(frozen=True)
class SlotValues:
    """What one copy of a letter has for itself; empty links for letters to staff. `date` is aware."""

    address: str
    date: datetime
    message_id: str
    name: str = ""
    manage_url: str = ""
    unsubscribe_url: str = ""


def mark(name: str, *forms: str) -> str:
    """What a template writes where the slot `name` belongs."""
    return f"{OPEN}{_FORMS.join((name, *forms))}{CLOSE}"


def header_slot(name: str, slot: str, before: str = "", after: str = "") -> bytes:
    """A header line whose value, or a part of it, is a slot."""
    return f"{name}: {before}\x00header:{slot}\x00{after}\r\n".encode("ascii")


def prepare(headers: bytes, text: str, html: str) -> bytes:
    """The skeleton of a message with a text and an HTML part; `headers` end in CRLF and may hold slots."""
    parts = (_part("plain", "text", text), _part("html", "html", html))
    boundary = "=_" + sha256(b"".join(parts)).hexdigest()[:32]  # "=_" never occurs in quoted-printable
    lines = [headers, f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")]
    for part in parts:
        lines += [f"--{boundary}\r\n".encode("ascii"), part, b"\r\n"]
    return b"".join([*lines, f"--{boundary}--\r\n".encode("ascii")])


def _part(subtype: str, context: str, body: str) -> bytes:
    if "\x00" in body:
        raise LetterError("a part holds a NUL")
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    pieces = _MARK.split(body.replace("\r\n", "\n").replace("\r", "\n"))
    out = [head.encode("ascii")]
    for index, piece in enumerate(pieces):
        if index % 2:
            out += [SOFT_BREAK, f"\x00{context}:{piece}\x00".encode(), SOFT_BREAK]
        else:
            out.append(quoted_printable(piece))
    return b"".join(out)


def fill(skeleton: bytes, values: SlotValues) -> bytes:
    """The bytes of one copy, ready for the wire; LetterError if a value could break out of its place."""
    pieces = _split(skeleton)
    cache: dict[bytes, bytes] = {}
    out = list(pieces)
    for index in range(1, len(out), 2):
        slot = out[index]
        if slot not in cache:
            cache[slot] = _encoded(slot, values)
        out[index] = cache[slot]
    return b"".join(out)


@lru_cache(maxsize=64)
def _split(skeleton: bytes) -> tuple[bytes, ...]:
    return tuple(skeleton.split(b"\x00"))


def _encoded(slot: bytes, values: SlotValues) -> bytes:
    context, _, what = slot.decode("utf-8").partition(":")
    name, *forms = what.split(_FORMS)
    value = _value(name, forms, values)
    if context == "header":
        if not value.isascii():
            raise LetterError("a header slot holds more than ASCII")
        return header_safe(value).encode("ascii")
    return quoted_printable_value(escape(value) if context == "html" else value)


def _value(name: str, forms: list[str], values: SlotValues) -> str:
    if name == "salutation":
        named, anonymous = forms
        return named.replace("%(name)s", values.name) if values.name else anonymous
    if name == "date":
        return format_datetime(values.date)
    return str(getattr(values, name))
