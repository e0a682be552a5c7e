"""Bytes on the wire: encoded-words in headers (RFC 2047) and quoted-printable in bodies (RFC 2045)."""

import re
from base64 import b64encode
from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime
from unicodedata import category

from newsletter_service.letters.errors import LetterError

LINE = 76
"""Longest line of quoted-printable and of a header with encoded-words, in octets without CRLF."""
_ENCODED_WORD_BYTES = 36  # 48 characters of base64: with its frame and a header's name still below 76
_LONGEST_BARE_WORD = 60
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*")
_ADDRESS = re.compile(r"[!#-'*+\--9=?A-Z^-~]+@[!#-'*+\--9=?A-Z^-~]+")  # printable ASCII that needs no quotes
_LONGEST_ADDRESS = 320
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[!#-;=?-~]+")  # no quotes, angle brackets or blanks
_LONGEST_LINK = 900
NEXT_LINE = "\r\n "
"""Where a header goes on in its next line."""
_QP = [chr(byte) if 32 <= byte < 127 and byte != ord("=") else f"={byte:02X}" for byte in range(256)]


def header_safe(value: str) -> str:
    """`value` as it is, unless it could end a header line or start another: then LetterError."""
    if not value.isprintable() and any(category(character) in ("Cc", "Cs") for character in value):
        raise LetterError("a header or a slot holds a control character")
    return value


def address(value: str) -> str:
    """`value`, which must be one bare mail address in ASCII: else LetterError."""
    if len(value) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(value):
        raise LetterError("a header needs one mail address in ASCII")
    return value


def unstructured(name: str, value: str) -> bytes:
    """The header line(s) `name: value` of a free text such as Subject, folded, with its CRLF.

    Blanks at its ends and second blanks in a row go.
    """
    words = header_safe(value).split(" ")
    words = [word for word in words if word]
    if _is_plain(" ".join(words)):
        return _folded(f"{name}:", words)
    return _folded(f"{name}:", _encoded_words(" ".join(words)))


def mailbox(name: str, display_name: str, mail_address: str) -> bytes:
    """The header line(s) `name: Display Name <mail_address>`, folded, with its CRLF."""
    return _folded(f"{name}:", [*_phrase(header_safe(display_name)), f"<{address(mail_address)}>"])


def list_id(display_name: str, identifier: str) -> bytes:
    """The header line(s) List-Id, with their CRLF.

    A name that would need an encoded-word is left out, for none may stand in a List-* header.
    """
    if not re.fullmatch(r"[A-Za-z0-9.-]+", identifier):
        raise LetterError("a List-Id needs letters, digits, hyphens and dots")
    phrase = _phrase(display_name) if _is_plain(header_safe(display_name)) else []
    return _folded("List-Id:", [*phrase, f"<{identifier}>"])


def link(name: str, target: str) -> bytes:
    """The header line(s) `name: <target>`, folded before the bracket, so that a long address stays whole."""
    if len(target) > _LONGEST_LINK or not _URI.fullmatch(target):
        raise LetterError("a header needs an address in ASCII")
    return f"{name}:{NEXT_LINE}<{target}>\r\n".encode("ascii")


def date(moment: datetime) -> str:
    """Return `moment` (aware) as RFC 5322 writes it, whatever the locale."""
    if moment.utcoffset() is None:
        raise LetterError("the Date of a letter needs a time zone")
    return format_datetime(moment)


def _is_plain(value: str) -> bool:
    longest = max(map(len, value.split(" ")))
    return value.isascii() and "=?" not in value and longest <= _LONGEST_BARE_WORD


def _phrase(display_name: str) -> list[str]:
    words = [word for word in display_name.split(" ") if word]
    joined = " ".join(words)
    if not _is_plain(joined):
        return _encoded_words(joined)
    if _ATOMS.fullmatch(joined):
        return words
    quoted = joined.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{quoted}"'] if len(quoted) <= _LONGEST_BARE_WORD else _encoded_words(joined)


def _encoded_words(value: str) -> list[str]:
    chunks, chunk = [], b""
    for character in value:
        encoded = character.encode("utf-8")
        if len(chunk) + len(encoded) > _ENCODED_WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += encoded
    return [f"=?utf-8?b?{b64encode(part).decode('ascii')}?=" for part in [*chunks, chunk]]


def _folded(start: str, words: list[str]) -> bytes:
    lines, line = [], start
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != start:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def quoted_printable(text: str) -> bytes:
    """`text` (lines ending in LF) as quoted-printable: lines of at most 76 octets, ending in CRLF."""
    return b"\r\n".join(_qp_line(line) for line in text.split("\n"))


def quoted_printable_value(value: str) -> bytes:
    """One value, to stand between soft line breaks; a control character in it is a LetterError."""
    return _qp_line(header_safe(value))


def _qp_line(line: str) -> bytes:
    """One logical line, broken softly where it is too long, with room for a soft break behind its last row.

    No row begins with a dot, which relays may handle badly.
    """
    quick = b2a_qp(line.encode("utf-8"), istext=False)
    if len(quick) < LINE and not quick.startswith(b".") and b"\t" not in quick:
        return quick  # one row: most values, and there are some in every letter
    last_row = len(quick) - quick.rfind(b"\n") - 1
    if last_row >= LINE or quick.startswith(b".") or b"\n." in quick or b"\t" in quick:
        return _qp_line_by_symbols(line)
    return quick.replace(b"\n", b"\r\n")


def _qp_line_by_symbols(line: str) -> bytes:
    """What binascii cannot do."""
    symbols = [_QP[byte] for byte in line.encode("utf-8")]
    if symbols[-1] == " ":
        symbols[-1] = "=20"  # a blank before a line break may get lost on the way
    rows, row = [], ""
    for symbol in symbols:
        if len(row) + len(symbol) >= LINE:
            rows.append(row + "=")
            row = ""
        row += "=2E" if symbol == "." and not row else symbol
    return "\r\n".join([*rows, row]).encode("ascii")
