"""What this machine saw last of its databases, kept beside them: a database that knows less was put back."""

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsletter_service.continuity.rules import Known, Seen
from newsletter_service.operations.outages import Outage

_PREFIX = "continuity-"
_unwritable = Outage(logging.getLogger(__name__), "what was sent last cannot be noted beside the database")


@dataclass(frozen=True, slots=True)
class Witness:
    """A folder with a small file for each database; without a folder nothing is remembered.

    A file that cannot be read tells nothing: it is as if this machine never saw the database.
    """

    folder: Path | None = None

    def seen(self, known: Known) -> Seen | None:
        """What this machine saw last of a database, if it ever did."""
        if self.folder is None:
            return None
        try:
            told = json.loads(self._file(known).read_text("utf-8"))
            return Seen(told["line"], int(told["mark"]), datetime.fromisoformat(told["at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, known: Known, at: datetime) -> None:
        """Remember what a database says of itself; call it once that is committed, never before.

        Several processes do: what another one noted that is further on stays. Sending goes on where a disk is
        full.
        """
        before = self.seen(known)
        if self.folder is None or (before and before.line == known.line and before.mark >= known.mark):
            return
        told = {"line": known.line, "mark": known.mark, "at": at.isoformat()}
        beside = self.folder / f"{_PREFIX}{secrets.token_hex(4)}.new"
        try:
            beside.write_text(json.dumps(told), "utf-8")
            beside.replace(self._file(known))
            _unwritable.over()
        except OSError as error:
            beside.unlink(missing_ok=True)
            _unwritable.note(error.strerror or str(error))

    def _file(self, known: Known) -> Path:
        return (self.folder or Path()) / f"{_PREFIX}{known.lines[0]}.json"
