"""Pure helpers for mail that nobody vouches for: header fields, parts and texts, each cut off at its limit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

_MOST_FIELDS = 200
_LONGEST_FIELD = 2_000
_LONGEST_TEXT = 100_000
_LONGEST_HEADERS = 8_000
_LONGEST_WORDS = 10_000
_LONGEST_LINE = 500
_MOST_PARTS = 100
_FIELD = re.compile(r"([!-9;-~]{1,76}):[ \t]*(.*)")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_COPY_BEGINS = re.compile(
    r"^[ \t]{0,9}-{2,9}[ \t]{0,9}(?:below this line|this is a copy|original message|the following is a copy"
    r"|oorspronkelijk bericht|the header of the original|.{0,20}unsent message|copy of)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Fields:
    """Header fields by their names in small letters; `text` as they stand, for people."""

    values: tuple[tuple[str, str], ...] = ()
    text: str = ""

    def all(self, name: str) -> Iterator[str]:
        """Yields the values of a field, in their order."""
        return (value for one, value in self.values if one == name)

    def first(self, name: str) -> str:
        """Returns the first value of a field; empty if there is none."""
        return next(self.all(name), "")


def fields_of(message: Message) -> Fields:
    """Returns the header fields of a message."""
    raw = [(name, str(value)[:_LONGEST_FIELD]) for name, value in message.raw_items()][:_MOST_FIELDS]
    values = tuple((name.lower(), _decoded(value)) for name, value in raw)
    text = "\n".join(f"{name}: {' '.join(_printable(value).split())}" for name, value in raw)
    return Fields(values, text[:_LONGEST_HEADERS])


def parsed_fields(text: str) -> Fields:
    """Returns the header fields that a text begins with, those of a message without its body."""
    values: list[tuple[str, str]] = []
    for line in _BLANK_LINE.split(text.lstrip("\r\n"), maxsplit=1)[0].splitlines()[:_MOST_FIELDS]:
        if match := _FIELD.fullmatch(line[:_LONGEST_FIELD].rstrip()):
            values.append((match.group(1).lower(), match.group(2)))
        elif values and line[:1] in (" ", "\t"):
            name, value = values[-1]
            values[-1] = (name, f"{value} {line.strip()}"[:_LONGEST_FIELD])
    return Fields(tuple((name, _decoded(value)) for name, value in values))


def status_blocks(part: Message) -> Iterator[Fields]:
    """Yields the groups of fields of a delivery status, whichever way the parser took it apart."""
    for block in _BLANK_LINE.split(_status_text(part))[:_MOST_PARTS]:
        yield parsed_fields(block)


def _status_text(part: Message) -> str:
    inner = part.get_payload()
    if not isinstance(inner, list):
        return text_of(part)
    blocks = [block for block in inner[:_MOST_PARTS] if isinstance(block, Message)]
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in ("base64", "quoted-printable"):
        whole = Message()
        whole["Content-Transfer-Encoding"] = encoding
        whole.set_payload("\n\n".join(_as_text(block) for block in blocks))
        return text_of(whole)
    return "\n\n".join(_as_text(block) for block in blocks)[:_LONGEST_TEXT]


def _as_text(block: Message) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in block.raw_items())
    body = block.get_payload()
    return f"{head}\n\n{body}" if isinstance(body, str) and body else head


def parts_of(message: Message) -> Iterator[Message]:
    """Yields the parts of a message, itself if it has none; a message inside is one part, not looked into."""
    waiting, count = [message], 0
    while waiting and count < _MOST_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            count += 1
            yield part


def text_of(part: Message) -> str:
    """Returns the text of a part, in whatever encoding it claims."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return _in_charset(payload[:_LONGEST_TEXT], part.get_content_charset("utf-8"))


def first_paragraphs(text: str) -> str:
    """Returns what a server says itself, without the copy of the message below it."""
    beginning = text[:_LONGEST_WORDS]
    copy = _COPY_BEGINS.search(beginning)
    return beginning[: copy.start()] if copy else beginning


def one_line(words: str) -> str:
    """Returns words as one line of at most 500 characters that any database can hold."""
    return " ".join(_printable(words).split())[:_LONGEST_LINE]


def _printable(words: str) -> str:
    return "".join(char if char.isprintable() else " " for char in words)


def _decoded(value: str) -> str:
    """A field's value in one line, its encoded words read."""
    value = " ".join(value.split())
    if "=?" not in value:
        return _printable(value)
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return _printable(value)
    words = (one if isinstance(one, str) else _in_charset(one, charset or "utf-8") for one, charset in pieces)
    return " ".join(_printable("".join(words)).split())


def _in_charset(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
