"""What is logged, and how: a line of words or of JSON, and never a mail address."""

import json
import logging
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, TextIO

_AT = re.compile("@|＠|%40")
# Words and quoted words in one pass that never steps back: a long line costs no more than its length.
_WORD = re.compile(r'(?:"[^"\n]*"|[^\s<>(),;"])++')
_CLEAR_LINE = "\r\x1b[K"
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def init_logs(form: Literal["text", "json"]) -> None:
    """Let what this process logs come out as `form` on standard error: ours from INFO, others' from WARNING.

    A second call changes the form. Gunicorn's workers, which have handlers of their own, take it over.
    """
    handler = _Handler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Handler)] + [handler]
    for one in logging.getLogger("gunicorn.error").handlers:
        one.setFormatter(handler.formatter)
    root.setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for ours in ("newsletter_service", "scheduled_jobs"):
        logging.getLogger(ours).setLevel(logging.INFO)


def without_addresses(words: str) -> str:
    """`words` with three dots in place of every word that may be a mail address."""
    if not _AT.search(words):
        return words
    return _WORD.sub(lambda word: "…" if _AT.search(word[0]) else word[0], words)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to a stream, and says of a record that cannot be written only where it came from."""

    def handleError(self, record: logging.LogRecord) -> None:
        """The library's own would print the arguments, and addresses may be among them."""
        with suppress(OSError, ValueError):
            self.stream.write(f"a record of {record.name}, line {record.lineno}, could not be written\n")


class _Text(logging.Formatter):
    """The message alone, as a person reads it; in a terminal it takes the place of a bar that stands there."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        said = without_addresses(super().format(record))
        return _CLEAR_LINE + said if sys.stderr.isatty() else said


class _Json(logging.Formatter):
    """One object a line, for machines: what the record is about has fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # Addresses go before the text is quoted, so that taking one away cannot break a line.
        clean = {name: _clean(value) for name, value in line.items()}
        return json.dumps(clean, ensure_ascii=False, default=str)


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _clean(one) for name, one in value.items()}
    return value if isinstance(value, int | float | None) else without_addresses(str(value))
