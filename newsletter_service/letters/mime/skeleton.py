r"""A MIME skeleton with slots: what readers share, encoded once, and the places for what is theirs.

A skeleton is the finished message with slots between NUL bytes, which no mail may contain:
`...\0context:name\0...`. The context (header, text, html) says how a value is encoded, so filling is
`split` and `join`. The salutation's slot carries its two forms, with and without a name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import escape
from typing import NamedTuple

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime import encoding

_OPEN, _CLOSE, _FORMS = "\ufdd0", "\ufdd1", "\ufdd2"  # noncharacters: in no text that people write
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]+){_CLOSE}")
_NAME = "%(name)s"
_SOFT_BREAK = b"=\r\n"
_LONGEST_LINE = 998  # octets without CRLF, says RFC 5322
_LONGEST_IN_HEADER = 900
_LINK = re.compile(r"[!#-;=?-~]+")  # printable ASCII without quotes and angle brackets
_ALIKE = re.compile(rf"[!#-%(-\-/-;?-~][ !#-%(-;?-~]{{,{encoding.LINE - 2}}}(?<! )")
"""A value that is written alike in a header, in HTML and in quoted-printable: no quotes, & nor =, no dot first, no
blank at an end, not too long."""
_PLAIN_LINK = re.compile(rf"[!#-%(-\-/-;?-~][!#-%(-;?-~]{{,{encoding.LINE - 2}}}")
"""A link that is such a value."""
_MAILTO = re.compile(r"[A-Za-z0-9.+-]+@[A-Za-z0-9.-]+")  # what stands in a mailto: as it is
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


class SlotValues(NamedTuple):
    """What one copy of a letter has for itself; links may be empty where the letter has no place for them.

    `date` is aware; `message_id` stands in its angle brackets, as does that of the letter which this one `answers`;
    without `name` the salutation has none. `envelope_sender` is where a request to unsubscribe by mail goes.
    """

    address: str
    date: datetime
    message_id: str
    name: str = ""
    manage_url: str = ""
    unsubscribe_url: str = ""
    answers: str = ""
    envelope_sender: str = ""


def mark(name: str, *forms: str) -> str:
    """What a template writes where the slot `name` belongs; `forms` are those of the salutation."""
    return f"{_OPEN}{_FORMS.join((name, *forms))}{_CLOSE}"


def header_slot(name: str, slot: str, before: str = "", after: str = "") -> bytes:
    """A header whose value, or a part of it, is a slot; `before` may begin with encoding.NEXT_LINE."""
    blank = "" if before.startswith(encoding.NEXT_LINE) else " "
    return f"{name}:{blank}{before}\x00header:{slot}\x00{after}\r\n".encode("ascii")


def prepare(headers: bytes, text: str, html: str) -> bytes:
    """The skeleton of a message with a text and an HTML part; `headers` end in CRLF and may hold slots.

    LetterError if no copy fit for sending could be made of it.
    """
    parts = (_part("plain", "text", text), _part("html", "html", html))
    boundary = "=_" + sha256(b"".join(parts)).hexdigest()[:32]  # "=_" never occurs in quoted-printable
    lines = [
        headers,
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii"),
    ]
    for part in parts:
        lines += [f"--{boundary}\r\n".encode("ascii"), part, b"\r\n"]
    skeleton = b"".join([*lines, f"--{boundary}--\r\n".encode("ascii")])
    Template(skeleton)  # what no copy can be made of is found now and not when it is sent
    return skeleton


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
    """A skeleton taken apart once: a copy is its pieces and, between them, what is this reader's own.

    Every copy is fit for the wire as it is: CRLF line ends only, no line that begins with a dot (so that DATA
    needs no stuffing), none beyond 998 octets. A skeleton that does not hold to that, or that has a slot which
    nothing fills, is a LetterError.
    """

    def __init__(self, skeleton: bytes) -> None:
        self._pieces = skeleton.split(b"\x00")
        slots: dict[str, _Slot] = {}
        for place in range(1, len(self._pieces), 2):
            context, _, what = self._pieces[place].decode("utf-8").partition(":")
            slot = slots.setdefault(what, _Slot(_encoder(what)))
            slot.add(context, place)
            self._pieces[place] = _WORST_VALUES[context]
        self._slots = list(slots.values())
        _check_lines(b"".join(self._pieces))

    def fill(self, values: SlotValues) -> bytes:
        """The bytes of one copy, ready for the wire; LetterError if a value is missing or could break out."""
        return b"".join(self.pieces(values))

    def pieces(self, values: SlotValues) -> list[bytes]:
        """The same in pieces, of which copies share most: nothing is copied until it is written to the wire."""
        pieces = self._pieces.copy()
        for slot in self._slots:
            encoded = slot.encode(values)
            if isinstance(encoded, bytes):
                for place in slot.everywhere:
                    pieces[place] = encoded
            else:
                slot.fill_each(pieces, encoded)
        return pieces


@dataclass(slots=True)
class _Slot:
    """Where a value stands among the pieces of a letter.

    `encode` gives its bytes where they are the same everywhere, else itself, for each context to encode.
    """

    encode: Callable[[SlotValues], bytes | str]
    everywhere: list[int] = field(default_factory=list)
    by_context: dict[str, list[int]] = field(default_factory=dict)

    def add(self, context: str, place: int) -> None:
        if context not in _ENCODED:
            raise LetterError(f"a letter has a slot in no known place: {context}")
        self.everywhere.append(place)
        self.by_context.setdefault(context, []).append(place)

    def fill_each(self, pieces: list[bytes], value: str) -> None:
        for context, places in self.by_context.items():
            encoded = _ENCODED[context](value)
            for place in places:
                pieces[place] = encoded


_ENCODED: dict[str, Callable[[str], bytes]] = {
    "header": str.encode,
    "text": encoding.quoted_printable_value,
    "html": lambda value: encoding.quoted_printable_value(escape(value)),
}
_WORST_VALUES = {
    "header": b"." * _LONGEST_IN_HEADER,
    "text": b"x" * encoding.LINE,
    "html": b"x" * encoding.LINE,
}
"""Stand-ins: where these do no harm, no value does."""


def _check_lines(message: bytes) -> None:
    *lines, rest = message.split(b"\r\n")
    if rest:
        raise LetterError("a letter must end with its last line")
    if any(
        line.startswith(b".") or b"\r" in line or b"\n" in line or len(line) > _LONGEST_LINE for line in lines
    ):
        raise LetterError("a letter has a line that cannot be sent as it is")


def _encoder(what: str) -> Callable[[SlotValues], bytes | str]:
    """What finds and checks the value of a slot, given its name and the forms it has."""
    name, *forms = what.split(_FORMS)
    if name == "salutation":
        named, anonymous = forms
        return lambda values: _alike(named.replace(_NAME, values.name) if values.name else anonymous)
    if name not in _ENCODERS:
        raise LetterError(f"a letter has a slot that nothing fills: {name}")
    return _ENCODERS[name]


def _date(values: SlotValues) -> bytes:
    return _date_of(values.date)


@lru_cache(maxsize=8)
def _date_of(moment: datetime) -> bytes:
    return encoding.date(moment).encode("ascii")


def _address(values: SlotValues) -> bytes:
    return encoding.address(values.address).encode("ascii")


def _message_id(values: SlotValues) -> bytes:
    return _checked_id(values.message_id)


def _answers(values: SlotValues) -> bytes:
    return _checked_id(values.answers)


def _checked_id(value: str) -> bytes:
    if len(value) > _LONGEST_IN_HEADER or not _MESSAGE_ID.fullmatch(value):
        raise LetterError("a letter needs a Message-ID")
    return value.encode("ascii")


def _envelope_sender(values: SlotValues) -> bytes:
    if len(values.envelope_sender) > _LONGEST_IN_HEADER or not _MAILTO.fullmatch(values.envelope_sender):
        raise LetterError("a letter needs an address to unsubscribe by mail")
    return values.envelope_sender.encode("ascii")


def _manage_url(values: SlotValues) -> bytes | str:
    return _link(values.manage_url, "to a reader's preferences")


def _unsubscribe_url(values: SlotValues) -> bytes | str:
    return _link(values.unsubscribe_url, "to unsubscribe")


def _link(value: str, where: str) -> bytes | str:
    if _PLAIN_LINK.fullmatch(value):
        return value.encode("ascii")
    if len(value) > _LONGEST_IN_HEADER or not _LINK.fullmatch(value):
        raise LetterError(f"a letter needs a link {where}")
    return value


def _alike(value: str) -> bytes | str:
    """The bytes of a value that are the same everywhere; else itself, to be encoded for each place."""
    return value.encode("ascii") if _ALIKE.fullmatch(value) else value


_ENCODERS: dict[str, Callable[[SlotValues], bytes | str]] = {
    "date": _date,
    "address": _address,
    "message_id": _message_id,
    "manage_url": _manage_url,
    "unsubscribe_url": _unsubscribe_url,
    "answers": _answers,
    "envelope_sender": _envelope_sender,
}
