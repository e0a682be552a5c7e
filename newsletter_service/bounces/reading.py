"""Pure reader of what comes back: the bytes of one message in, what it means and which delivery it may name out.

It takes whatever is sent to it: of a message beyond the limits the beginning is read, and one that no library can take
apart is unreadable, never an error. Nothing here trusts what a message says of itself: who a bounce is about is
for the seals of `Reading.addresses` and `Reading.message_ids` to prove.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from flufl.bounce import all_failures

from newsletter_service.bounces import wordings
from newsletter_service.bounces.fields import (
    Fields,
    fields_of,
    first_paragraphs,
    one_line,
    parsed_fields,
    parts_of,
    status_blocks,
    text_of,
)
from newsletter_service.bounces.rules import Verdict, status_of, verdict_of

MOST_BYTES = 1_000_000
MOST_PARTS = 100
_MOST_LINES = 1_000
"""So many are looked at in formats of words only: it looks at each line for every format there is."""
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # what it cannot read is no error of ours
_CONTENT_TYPE = re.compile(rb"content-type:", re.IGNORECASE)
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_OUR_ADDRESS = re.compile(r"b\+\d{1,18}-[0-9a-f]{20}@[a-z0-9.-]{1,255}", re.IGNORECASE)
_OUR_ID = re.compile(r"<\d{1,18}\.[0-9a-f]{20}@[a-z0-9.-]{1,255}>", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,64}@[^\s<>,;:\"()\[\]]{1,255}")
_CAME_TO = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "to", "cc",
    "apparently-to", "resent-to", "received",
)  # fmt: skip
_SENT_AS = ("return-path", "x-envelope-from", "original-mail-from", "x-original-mail-from")
_DAEMON = re.compile(r"mailer-daemon|postmaster@|mail delivery (?:sub)?system", re.IGNORECASE)
_STATUS_FIELD = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Reading:
    """What one message means; `addresses` and `message_ids` may name a delivery of ours, the likeliest first.

    `headers` are those of the message itself. An `unreadable` one could not be taken apart.
    """

    verdict: Verdict
    status: str = ""
    recipient: str = ""
    reason: str = ""
    addresses: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    headers: str = ""
    unreadable: bool = False


def read(raw: bytes) -> Reading:
    """Returns what a message means, whatever it is made of."""
    raw = raw[:MOST_BYTES]
    if not raw.strip():
        return Reading(Verdict.NONE, reason="there is no message", unreadable=True)
    if len(_CONTENT_TYPE.findall(raw)) > MOST_PARTS:
        return Reading(Verdict.NONE, reason=f"more than {MOST_PARTS} parts", unreadable=True)
    try:
        return _read(raw)
    except Exception as error:  # noqa: BLE001  # whatever a hostile message makes the libraries raise, it is one message
        return Reading(Verdict.NONE, reason=f"cannot be taken apart: {type(error).__name__}", unreadable=True)


def _read(raw: bytes) -> Reading:
    message = _parsed(raw)
    fields, parts = fields_of(message), list(parts_of(message))
    returned = next(
        (fields_of_returned(part) for part in parts if part.get_content_type() in _RETURNED), Fields()
    )
    verdict = (
        _complaint(parts)
        or _report(parts, returned)
        or _receipt(parts)
        or _automatic(fields)
        or _words(raw, fields, parts)
        or _request(fields)
        or Reading(Verdict.NONE, reason="neither a bounce nor a complaint")
    )
    reports = [
        fields_of_returned(part) for part in parts if part.get_content_type() == "message/feedback-report"
    ]
    return replace(
        verdict,
        recipient=one_line(verdict.recipient)[:320],
        reason=one_line(verdict.reason),
        addresses=_found(
            _OUR_ADDRESS, (fields, _CAME_TO), *((one, _SENT_AS) for one in (*reports, returned))
        ),
        message_ids=_found(_OUR_ID, (returned, ("message-id",)), (fields, ("in-reply-to", "references")))
        + _quoted_id(parts),
        headers=fields.text,
    )


def _parsed(raw: bytes) -> Message:
    return BytesParser(policy=compat32).parsebytes(raw)


def fields_of_returned(part: Message) -> Fields:
    """Returns the header fields of a message, or of a report, that travels inside another."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return fields_of(inner[0]) if inner and isinstance(inner[0], Message) else Fields()
    return parsed_fields(text_of(part))


def _complaint(parts: list[Message]) -> Reading | None:
    """An abuse report (RFC 5965)."""
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            report = fields_of_returned(part)
            kind = report.first("feedback-type").lower()
            recipient = _address_in(report.first("original-rcpt-to"))
            verdict = Verdict.COMPLAINT if kind in _COMPLAINTS else Verdict.NONE
            return Reading(verdict, recipient=recipient, reason=f"feedback report: {kind or 'of no kind'}")
    return None


def _report(parts: list[Message], returned: Fields) -> Reading | None:
    """A delivery status notification (RFC 3464, RFC 6533): what it says of the recipient that our letter went to."""
    groups = [
        group
        for part in parts
        if part.get_content_type() in _STATUS
        for group in status_blocks(part)
        if group.first("action") or group.first("status") or group.first("final-recipient")
    ]
    if not groups:
        return None
    readings = [_of_recipient(group) for group in groups]
    went_to = _address_in(returned.first("to")).casefold()
    ours = [reading for reading in readings if went_to and reading.recipient.casefold() == went_to]
    failed = [reading for reading in readings if reading.verdict is not Verdict.NONE]
    if ours:
        return ours[0]
    if any(group.first("action").lower() in _ARRIVED for group in groups):
        return Reading(Verdict.NONE, reason="it reached somebody behind this address")
    return failed[0] if failed else readings[0]


def _of_recipient(group: Fields) -> Reading:
    action = group.first("action").lower().split(" ")[0]
    words = _without_type(group.first("diagnostic-code"))
    found = _STATUS_FIELD.search(group.first("status"))
    given = found.group() if found else ""
    final, original = (
        _address_in(_without_type(group.first(f"{which}-recipient"))) for which in ("final", "original")
    )
    recipient = original or final
    if action in _ARRIVED or action == "delayed" or given.startswith("2."):
        return Reading(Verdict.NONE, given, recipient, f"{action or 'delivered'}: {words}".rstrip(": "))
    status = status_of(given, words)
    return Reading(verdict_of(status, words), status, recipient, words or f"status {status}")


def _receipt(parts: list[Message]) -> Reading | None:
    """A receipt of reading (RFC 8098)."""
    if any(part.get_content_type() == "message/disposition-notification" for part in parts):
        return Reading(Verdict.AUTO_REPLY, reason="a receipt of reading")
    return None


def _automatic(fields: Fields) -> Reading | None:
    """An automatic reply (RFC 3834, and what programs did before); servers that give up do not count as such."""
    if _is_from_server(fields):
        return None
    submitted = fields.first("auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return Reading(Verdict.AUTO_REPLY, reason=f"Auto-Submitted: {submitted}")
    for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "x-mail-autoreply"):
        if fields.first(name):
            return Reading(Verdict.AUTO_REPLY, reason=name)
    if fields.first("precedence").lower() in ("auto_reply", "auto-reply"):
        return Reading(Verdict.AUTO_REPLY, reason="Precedence: auto_reply")
    if wordings.is_out_of_office(fields.first("subject")):
        return Reading(Verdict.AUTO_REPLY, reason="the subject of an automatic reply")
    return None


def _is_from_server(fields: Fields) -> bool:
    """Whether a mail server wrote it, and not somebody who answers it or sends it on.

    An empty return path proves nothing: automatic replies have that, too.
    """
    subject = fields.first("subject")
    if wordings.is_out_of_office(subject) or wordings.is_answer(subject):
        return False
    daemon = _DAEMON.search(fields.first("from")) or fields.first("x-failed-recipients")
    return bool(daemon) or wordings.speaks_of_failure(subject)


def _words(raw: bytes, fields: Fields, parts: list[Message]) -> Reading | None:
    """A bounce in words only, as qmail, older Exim, Domino and gateways write it."""
    subject = fields.first("subject")
    text = "\n".join(
        first_paragraphs(text_of(part)) for part in parts if part.get_content_type() == "text/plain"
    )
    if not _is_from_server(fields):
        return None
    later, failed = _known_formats(raw)
    if not later and not failed and not wordings.speaks_of_failure(f"{subject}\n{text}"):
        return None
    named = fields.first("x-failed-recipients") or " ".join(sorted(failed or later)) or text
    recipient = _address_in(named)
    if wordings.speaks_of_delay(f"{subject}\n{text}"):
        return Reading(Verdict.NONE, "", recipient, "delayed")
    words = _sentence(text, recipient)
    status = status_of("", words) if failed or not later else "4.0.0"
    return Reading(verdict_of(status, words), status, recipient, words)


def _known_formats(raw: bytes) -> tuple[list[str], list[str]]:
    """Returns the recipients that flufl.bounce finds: those whose copy is still tried, and those that got none."""
    lines = b"\n".join(raw.split(b"\n", _MOST_LINES)[:_MOST_LINES])
    plain = lines.decode("ascii", "replace").encode(
        "ascii", "replace"
    )  # it takes a field for a text, not raw bytes
    try:
        found = all_failures(_parsed(plain))
    except Exception:  # noqa: BLE001  # it takes for granted what hostile messages lack, such as From
        return [], []
    later, failed = ([one.decode("ascii", "replace") for one in addresses] for addresses in found)
    return later, failed


def _sentence(text: str, recipient: str) -> str:
    """What is said of the recipient: from the line that names it on, if one does."""
    place = text.find(recipient) if recipient else -1
    return " ".join(text[max(place, 0) :].split())[:1500]


def _request(fields: Fields) -> Reading | None:
    """An ordinary mail as the `mailto:` of our List-Unsubscribe header makes it."""
    if wordings.asks_to_unsubscribe(fields.first("subject")):
        return Reading(Verdict.UNSUBSCRIBE, reason="asks to unsubscribe")
    return None


def _found(pattern: re.Pattern[str], *places: tuple[Fields, Iterable[str]]) -> tuple[str, ...]:
    found = (
        match.group().lower()
        for fields, names in places
        for name in names
        for value in fields.all(name)
        for match in pattern.finditer(value)
    )
    return tuple(dict.fromkeys(found))[:10]


def _quoted_id(parts: list[Message]) -> tuple[str, ...]:
    """The Message-ID of a message that is quoted as text: sealed, so that a quotation proves as much."""
    return tuple(_ids_in(text_of(part) for part in parts if part.get_content_type() == "text/plain"))[:3]


def _ids_in(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for line in text.splitlines():
            if line[:14].lower().lstrip("> ").startswith("message-id:") and (
                match := _OUR_ID.search(line[:1000])
            ):
                yield match.group().lower()


def _without_type(value: str) -> str:
    """`smtp; 550 …` and `rfc822; lezer@…` without what stands before the semicolon."""
    before, semicolon, after = value.partition(";")
    return after.strip() if semicolon and " " not in before.strip() else value.strip()


def _address_in(value: str) -> str:
    match = _ADDRESS.search(value)
    return match.group().rstrip(".") if match else ""
