"""Bytes on the wire: encoded-words in headers (RFC 2047) and quoted-printable in bodies (RFC 2045)."""

from base64 import b64encode

from newsletter_service.letters.errors import LetterError

QP_LINE = 76
_ENCODED_WORD_BYTES = 36  # 48 characters of base64: with its frame and a header's name still below 76
_QP = [f"={byte:02X}" for byte in range(256)]
for _byte in range(32, 127):
    if _byte != ord("="):
        _QP[_byte] = chr(_byte)
_ATOM = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ")


def header_safe(value: str) -> str:
    """`value` as it is, unless it could end a header line or start another: then LetterError."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise LetterError("a header value holds a control character")
    return value


def unstructured(name: str, value: str) -> bytes:
    """The header line(s) `name: value` of a free text such as Subject, folded, with its CRLF."""
    value = header_safe(value)
    if value.isascii() and "=?" not in value:
        return _folded(f"{name}:", value.split(" "))
    return _folded(f"{name}:", _encoded_words(value))


def mailbox(name: str, display_name: str, address: str) -> bytes:
    """The header line(s) `name: Display Name <address>`, folded, with its CRLF."""
    display_name, address = header_safe(display_name), header_safe(address)
    if not display_name:
        words = []
    elif set(display_name) <= _ATOM and "=?" not in display_name:
        words = display_name.split(" ")
    elif display_name.isascii() and "=?" not in display_name:
        quoted = display_name.replace("\\", "\\\\").replace('"', '\\"')
        words = [f'"{quoted}"']
    else:
        words = _encoded_words(display_name)
    return _folded(f"{name}:", [*words, f"<{address}>"])


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
        if len(line) + 1 + len(word) > QP_LINE and line.strip() and line != start:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def quoted_printable(text: str) -> bytes:
    """`text` (lines ending in LF) as quoted-printable: lines of at most 76 octets, ending in CRLF."""
    return "\r\n".join(_qp_line(line) for line in text.split("\n")).encode("ascii")


def quoted_printable_value(value: str) -> bytes:
    """One value on quoted-printable lines of its own; a control character in it is a LetterError."""
    return _qp_line(header_safe(value), at_end=False).encode("ascii")


def _qp_line(line: str, at_end: bool = True) -> str:
    """One logical line; `at_end` says that a hard line break follows, before which no blank may stand bare."""
    tokens = [_QP[byte] for byte in line.encode("utf-8")]
    if at_end and tokens and tokens[-1] in (" ", "\t"):
        tokens[-1] = "=20"
    whole = "".join(tokens)
    if len(whole) < QP_LINE:
        return whole
    rows, row = [], ""
    for token in tokens:
        if len(row) + len(token) > QP_LINE - 1:
            rows.append(row + "=")
            row = ""
        row += token
    return "\r\n".join([*rows, row])
