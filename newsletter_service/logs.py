"""What is logged, and how: a line of words or of JSON, and never a mail address."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

_ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def init_logs(form: Literal["text", "json"]) -> None:
    """Let what this process logs come out as `form` on standard error: ours from INFO, others' from WARNING.

    A second call changes the form.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one.formatter, _Text | _Json)] + [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for ours in ("newsletter_service", "scheduled_jobs"):
        logging.getLogger(ours).setLevel(logging.INFO)


def without_addresses(words: str) -> str:
    """`words` with a dash of dots for everything that may be a mail address."""
    return _ADDRESS.sub("…", words)


class _Text(logging.Formatter):
    """The message alone, as a person reads it."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        return without_addresses(super().format(record))


class _Json(logging.Formatter):
    """One object a line, for machines: what the record is about stands in fields of its own."""

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
    return value if isinstance(value, int | float | None) else without_addresses(str(value))
