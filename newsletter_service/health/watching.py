"""Sees in every process beside the scheduler that this is silent, or a machine short of disk, and tells administrators.

Mails to staff go by the ledger, which the scheduler sends: of its own silence nobody would hear. So whoever notices
hands that one mail to the SMTP server directly, and the database sees to it that only one does.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newsletter_service.continuity.service import stands_still
from newsletter_service.db import reading_from, words_of
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.health import service
from newsletter_service.health.disks import disk_watch
from newsletter_service.health.notices import BEGAN, of_silence
from newsletter_service.health.rules import SILENT_AFTER, silence
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.operations.outages import Outage
from newsletter_service.smtp.connection import ConnectFailed, TransportMisconfigured
from newsletter_service.smtp.messages import OutgoingMessage
from newsletter_service.smtp.submitting import submit
from newsletter_service.staff.notices import PreparedNotice
from newsletter_service.staff.service import record

_LOOK_SECONDS = 30.0
_OK = 250

log = logging.getLogger(__name__)


def watch(config: DeliveryConfig, instance_dir: Path, address: str) -> None:
    """Looks every half minute, in a thread of its own, for as long as the process lives; `address` is the page's."""
    silence_watch = SilenceWatch(config, address)
    disks, seeing = disk_watch(config.engine, instance_dir, address), Seeing("the disk")
    looks = (silence_watch.look, lambda: seeing.once(lambda: disks.look(config.clock())))
    threading.Thread(target=_look_for_ever, args=(looks,), name="watching", daemon=True).start()


def _look_for_ever(looks: Sequence[Callable[[], None]]) -> None:
    waiting = threading.Event()
    while not waiting.wait(_LOOK_SECONDS):
        for look in looks:
            look()


class Seeing:
    """Outlives whatever goes wrong at one look, for nobody would see that it is gone; the log says so once."""

    def __init__(self, what: str) -> None:
        self._blind = Outage(log, f"{what} cannot be seen")
        self._failing = Outage(log, f"seeing {what} failed")

    def once(self, look: Callable[[], object]) -> None:
        """Looks."""
        try:
            look()
        except DBAPIError as error:
            self._blind.note(words_of(error))
            return
        except Exception as error:  # noqa: BLE001  # it outlives any one failure
            self._failing.note(f"tried again in {_LOOK_SECONDS:.0f} s", error=error)
            return
        self._blind.over()
        self._failing.over()


class SilenceWatch:
    """What one process knows of the scheduler: when that last noted anything, by the database."""

    def __init__(self, config: DeliveryConfig, address: str) -> None:
        self._config, self._address = config, address
        self._began = config.clock()
        self._before: datetime | None = None
        self._seeing = Seeing("whether the scheduler runs")
        self._mute = Outage(log, "administrators cannot be told that the scheduler is silent")

    def look(self) -> None:
        """Looks once; what has been silent at two looks in a row is told."""
        self._seeing.once(self._see)

    def _see(self) -> None:
        if self._is_silent() and not self._keeps_still():
            self._tell()

    def _is_silent(self) -> bool:
        with reading_from(self._config.engine) as session:
            noted = service.noted_at(session)
        moved, self._before = noted != self._before, noted
        return not moved and silence(noted, self._began, self._config.clock()) > SILENT_AFTER

    def _keeps_still(self) -> bool:
        """Whether the database is a copy from which nothing may go out, and on which no job runs."""
        return stands_still(self._config.engine, self._config.witness, self._config.clock())

    def _tell(self) -> None:
        """Two transactions that are short, and between them, where the mail is made and goes, none that writes."""
        now = self._config.clock()
        with Session(self._config.engine, expire_on_commit=False) as session, session.begin():
            service.begin_silence(session, self._before or self._began)
            trouble = service.claim_telling(session, now)
        if trouble is None:
            return
        with reading_from(self._config.engine) as session:
            messages = _messages(session, self._config, of_silence(session, trouble, self._address))
        if self._went(messages):
            with Session(self._config.engine) as session, session.begin():
                service.told(session, trouble.id, now)
                record(session, None, BEGAN, "trouble", trouble.id, now, letters=len(messages))

    def _went(self, messages: list[OutgoingMessage]) -> bool:
        try:
            outcomes = submit(self._config.server, messages) if messages else []
        except (ConnectFailed, TransportMisconfigured) as error:
            self._mute.note(str(error))
            return False
        refused = [outcome.reply for outcome in outcomes if outcome.reply.code != _OK]
        if refused:
            self._mute.note(str(refused[0]))
        else:
            self._mute.over()
        return not messages or len(refused) < len(messages)


def _messages(session: Session, config: DeliveryConfig, notice: PreparedNotice) -> list[OutgoingMessage]:
    """The mails of a notice, ready to be handed over."""
    ready = []
    for user, words in notice.letters:
        sender = config.notices.sender(session.connection(), words.language)
        letter = Template(config.notices.letter(words, sender).skeleton)
        identity = f"<{uuid4().hex}@{config.mail_domain}>"
        pieces = letter.pieces(SlotValues(user.email, config.clock(), identity, user.name))
        ready.append(OutgoingMessage(user.id, sender.mail_from, user.email, pieces))
    return ready
