r"""A MIME skeleton with slots: what readers share, encoded once, and the places for what is theirs.

A skeleton is the finished message with slots between NUL bytes, which no mail may contain:
`...\0context:name\0...`. The context (header, text, html) says how a value is encoded, so filling is
`split` and `join`. The salutation's slot carries its two forms, with and without a name.
"""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import NamedTuple

from newsletter_service.letters import encoding
from newsletter_service.letters.errors import LetterError

_OPEN, _CLOSE, _FORMS = "\ufdd0", "\ufdd1", "\ufdd2"  # noncharacters: in no text that people write
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]+){_CLOSE}")
_NAME = "%(name)s"
_SOFT_BREAK = b"=\r\n"
_LONGEST_LINK = 900
_LINK = re.compile(r"[!#-;=?-~]+")  # printable ASCII without quotes and angle brackets
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")


class SlotValues(NamedTuple):
    """What one copy of a letter has for itself; links may be empty where the letter has no place for them.

    `date` is aware; `message_id` stands in its angle brackets; without `name` the salutation has none.
    """

    address: str
    date: datetime
    message_id: str
    name: str = ""
    manage_url: str = ""
    unsubscribe_url: str = ""


def mark(name: str, *forms: str) -> str:
    """What a template writes where the slot `name` belongs; `forms` are those of the salutation."""
    return f"{_OPEN}{_FORMS.join((name, *forms))}{_CLOSE}"


def header_slot(name: str, slot: str, before: str = "", after: str = "") -> bytes:
    """A header line whose value, or a part of it, is a slot."""
    return f"{name}: {before}\x00header:{slot}\x00{after}\r\n".encode("ascii")


def prepare(headers: bytes, text: str, html: str) -> bytes:
    """The skeleton of a message with a text and an HTML part; `headers` end in CRLF and may hold slots."""
    parts = (_part("plain", "text", text), _part("html", "html", html))
    boundary = "=_" + sha256(b"".join(parts)).hexdigest()[:32]  # "=_" never occurs in quoted-printable
    lines = [
        headers,
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii"),
    ]
    for part in parts:
        lines += [f"--{boundary}\r\n".encode("ascii"), part, b"\r\n"]
    return b"".join([*lines, f"--{boundary}--\r\n".encode("ascii")])


def _part(subtype: str, context: str, body: str) -> bytes:
    if "\x00" in body:
        raise LetterError("a part holds a NUL")
    out = [
        f"Content-Type: text/{subtype}; charset=utf-8\r\n".encode("ascii"),
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    ]
    pieces = _MARK.split(body.replace("\r\n", "\n").replace("\r", "\n"))
    for index, piece in enumerate(pieces):
        if index % 2:
            out += [_SOFT_BREAK, f"\x00{context}:{piece}\x00".encode(), _SOFT_BREAK]
        else:
            out.append(encoding.quoted_printable(piece))
    return b"".join(out)


class Template:
    """A skeleton taken apart once: each copy is one join.

    Every copy is fit for the wire as it is: CRLF line ends only, no line that begins with a dot (so that DATA
    needs no stuffing), none beyond 998 octets. A skeleton that does not hold to that is a LetterError.
    """

    def __init__(self, skeleton: bytes) -> None:
        self._pieces = skeleton.split(b"\x00")
        for piece in self._pieces[::2]:
            if _UNFIT.search(piece):
                raise LetterError("a letter has a line that cannot be sent as it is")
        if not self._pieces[-1].endswith(b"\r\n"):
            raise LetterError("a letter must end with its last line")
        self._slots: dict[tuple[str, tuple[str, ...]], list[tuple[str, int]]] = {}
        for place in range(1, len(self._pieces), 2):
            context, _, what = self._pieces[place].decode("utf-8").partition(":")
            name, *forms = what.split(_FORMS)
            self._slots.setdefault((name, tuple(forms)), []).append((context, place))

    def fill(self, values: SlotValues) -> bytes:
        """The bytes of one copy, ready for the wire; LetterError if a value is missing or could break out."""
        pieces = self._pieces.copy()
        for (name, forms), places in self._slots.items():
            value = _value(name, forms, values)
            if len(value) < encoding.LINE and _THE_SAME_EVERYWHERE.fullmatch(value):
                as_it_is = value.encode("ascii")
                for _context, place in places:
                    pieces[place] = as_it_is
                continue
            encoded: dict[str, bytes] = {}
            for context, place in places:
                if context not in encoded:
                    encoded[context] = _ENCODED[context](value)
                pieces[place] = encoded[context]
        return b"".join(pieces)


_UNFIT = re.compile(rb"(?<!\r)\n|\r(?!\n)|\n\.|[^\n]{998}")
_THE_SAME_EVERYWHERE = re.compile(r"[A-Za-z0-9/:_~-][A-Za-z0-9/:_~.-]*")
_ENCODED: dict[str, Callable[[str], bytes]] = {
    "header": str.encode,
    "text": encoding.quoted_printable_value,
    "html": lambda value: encoding.quoted_printable_value(escape(value)),
}


def fill(skeleton: bytes, values: SlotValues) -> bytes:
    """One copy of a skeleton of which no others are needed; see Template."""
    return Template(skeleton).fill(values)


def _value(name: str, forms: tuple[str, ...], values: SlotValues) -> str:
    match name:
        case "salutation":
            named, anonymous = forms
            return named.replace(_NAME, values.name) if values.name else anonymous
        case "date":
            return encoding.date(values.date.replace(microsecond=0))
        case "address":
            return encoding.address(values.address)
        case "message_id":
            return _matching(_MESSAGE_ID, values.message_id, "a Message-ID")
        case "manage_url":
            return _matching(_LINK, values.manage_url, "a link to a reader's preferences")
        case "unsubscribe_url":
            return _matching(_LINK, values.unsubscribe_url, "a link to unsubscribe")
        case _:
            raise LetterError(f"a letter has a slot that nothing fills: {name}")


def _matching(pattern: re.Pattern[str], value: str, what: str) -> str:
    if not value.isascii() or len(value) > _LONGEST_LINK or not pattern.fullmatch(value):
        raise LetterError(f"a letter needs {what}")
    return value
