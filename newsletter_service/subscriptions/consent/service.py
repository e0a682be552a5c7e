"""The one way into the consent ledger, the two ways in which it forgets, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, Table, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import add_rows
from newsletter_service.documents.service import Read, keep_shown
from newsletter_service.subscriptions.consent.models import WITHOUT_PERSON, Consent
from newsletter_service.subscriptions.consent.rules import By, Step
from newsletter_service.subscriptions.models import Subscriber


def record_wish(
    session: Session,
    whom: Subscriber | str,
    step: Step,
    by: By,
    source: str,
    now: datetime,
    *,
    read: Read | None = None,
    note: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write down a step of consent, in the transaction of what it is about.

    `whom` is a reader, or the hash of an address that is no reader's. `source` is a Place or the name of a file,
    `read` what the person read before, where that was the wording of consent; `detail` holds JSON values.
    """
    reader = None if isinstance(whom, str) else whom
    if reader is not None and reader.id is None:
        session.flush()
    row = Consent(
        subscriber_id=reader.id if reader is not None else None,
        address_hmac=whom if isinstance(whom, str) else whom.address_hmac,
        step=step,
        actor=by.actor,
        staff_id=by.staff_id,
        source=source,
        note=note,
        detail=dict(detail) if detail else None,
        at=now,
    )
    if read is not None:
        row.wording_version, row.wording_hash = read.wording.version, keep_shown(session, read.wording, now)
        row.privacy_version, row.privacy_hash = read.privacy.version, keep_shown(session, read.privacy, now)
    session.add(row)
    session.flush()


Proof = tuple[str | int | None, ...]
"""One step of one person as bare values, without the number of the reader."""

_PROOF_COLUMNS = (
    "address_hmac",
    "step",
    "at",
    "detail",
    "actor",
    "staff_id",
    "source",
    "note",
    "wording_version",
    "wording_hash",
    "privacy_version",
    "privacy_hash",
)
_READ_NOTHING = ("", "", "", "")


@dataclass(frozen=True)
class Provenance:
    """What steps of many people have in common: who took them, where, and the proof."""

    by: By
    source: str
    note: str = ""


def proof_of_step(address_hmac: str, step: Step, at: str, detail: str | None, origin: Provenance) -> Proof:
    """A step of consent as a row is written of it; `at` as clock.moment_text has it, `detail` as JSON."""
    actor, staff_id = str(origin.by.actor), origin.by.staff_id
    return (address_hmac, str(step), at, detail, actor, staff_id, origin.source, origin.note, *_READ_NOTHING)


def record_proofs(session: Session, proofs: Sequence[tuple[int | None, Proof]]) -> None:
    """Write down steps of many people, each of a reader by number, or of nobody's address (None)."""
    if proofs:
        rows = [(number, *proof) for number, proof in proofs]
        add_rows(session, cast(Table, Consent.__table__), ("subscriber_id", *_PROOF_COLUMNS), rows)


def record_of_all(
    session: Session,
    whom: Select[int],
    step: Step,
    by: By,
    source: str,
    now: datetime,
    detail: Mapping[str, object],
) -> None:
    """Write down one step of many readers, in one statement; `whom` selects their numbers."""
    values = {
        "step": step,
        "actor": by.actor,
        "staff_id": by.staff_id,
        "source": source,
        "detail": dict(detail),
        "at": now,
    }
    columns = {name: literal(value, Consent.__table__.c[name].type) for name, value in values.items()}
    rows = select(Subscriber.id, Subscriber.address_hmac, *columns.values()).where(Subscriber.id.in_(whom))
    session.execute(insert(Consent).from_select(["subscriber_id", "address_hmac", *columns], rows))


def forget_person(
    session: Session, subscriber: Subscriber, by: By, source: str, now: datetime, reason: str = ""
) -> None:
    """Keep of a reader's steps what proves them, and no person; and write down that this was done.

    Who erases a reader calls this first: the database lets no reader go whose steps still lead to them. `reason` is one
    of a few words that say nothing of the person.
    """
    mine = Consent.subscriber_id == subscriber.id
    session.execute(update(Consent).where(mine).values(WITHOUT_PERSON))
    record_wish(session, subscriber.address_hmac, Step.ERASED, by, source, now, note=reason)


def forget_sign_up(session: Session, subscriber: Subscriber) -> None:
    """Forget the steps of somebody who never confirmed: they agreed to nothing that could be proved."""
    session.execute(delete(Consent).where(Consent.subscriber_id == subscriber.id))


def steps_of(session: Session, subscriber: Subscriber) -> Sequence[Consent]:
    """A reader's steps of consent, in their order."""
    mine = select(Consent).where(Consent.subscriber_id == subscriber.id)
    return session.scalars(mine.order_by(Consent.at, Consent.id)).all()
