"""The ledger: mailings, letters, one row per delivery; workers, backoffs, suppressions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, deferred, foreign, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.delivery.rules import DeliveryState, Suppressed
from newsletter_service.languages import Language

_MAY_BE_CLAIMED = "settled_at IS NULL AND state <> 'claimed'"
_MAY_HAVE_COME_TWICE = "ambiguous_attempts > 0"


class Mailing(Base):
    """All letters and deliveries of one release; while `paused_at` is set nothing of it is claimed.

    Notices (confirmations, staff notices, proofs) belong to no mailing and are never paused.
    """

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(500), default="")


class Letter(Base):
    """One rendered variant, prepared once: a MIME skeleton with named slots (see letters.mime.skeleton).

    A notice is kept as its `words` instead (see letters.stored): the worker makes the skeleton when it goes.
    One `to_suppressed` addresses too was asked for by somebody whose mail came back: it asks whether they are there.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    language: Mapped[Language] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(250))
    skeleton: Mapped[bytes] = deferred(mapped_column(LargeBinary, default=b""))
    words: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON(none_as_null=True)))
    to_suppressed: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class Worker(Base):
    """A running worker: while `beats` grows it is alive, and the rows that it claimed are its own.

    Another worker that sees `beats` unchanged for too long, by its own monotonic clock, expires it: deletes the row and
    frees what was claimed. A worker without a row hands nothing over any more. `pace` is the number of letters that it
    settles a second.
    """

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    host: Mapped[str] = mapped_column(String(100))
    process_id: Mapped[int]
    beats: Mapped[int] = mapped_column(default=0)
    pace: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class DomainBackoff(Base):
    """A recipient domain that defers letters; "" is the SMTP server itself.

    `failures` counts deferrals since the last letter that it accepted; until `until` no worker tries it.
    """

    __tablename__ = "domain_backoff"

    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime]
    reply: Mapped[str] = mapped_column(String(200), default="")


class Delivery(Base):
    """One letter to one address; `domain` is the address's.

    `subscriber_key` (null for staff) makes the reader's own links. `settled_at` is null as
    long as the letter may still go out. `lease_holder` is the worker that claimed the row; `handed_at` is set
    from the moment it gave the letter to a connection: a row whose worker died is ready again if it was never
    handed over, and uncertain if it was. `ambiguous_attempts` counts the attempts that ended like that: with any, the
    subscriber may have received the letter twice. `cancel_asked_at` is set where stopping came after handing over:
    that attempt is the last one. `answers_id` is the number of an earlier delivery to the same reader that this one
    is threaded under; it stays good when that row is gone, as its Message-ID is made from the number.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "mailing_id"),
        CheckConstraint(
            "state IN ('ready', 'claimed', 'sent', 'deferred', 'failed', 'uncertain', 'cancelled')",
            name="state",
        ),
        # The order in which rows are claimed. It holds open rows that nobody has, so it shrinks as a mailing goes.
        Index(
            "ix_delivery_due",
            "mailing_id",
            "next_attempt_at",
            "id",
            sqlite_where=text(_MAY_BE_CLAIMED),
            postgresql_where=text(_MAY_BE_CLAIMED),
        ),
        Index("ix_delivery_state_mailing_id", "state", "mailing_id"),
        Index(
            "ix_delivery_ambiguous",
            "state",
            "mailing_id",
            sqlite_where=text(_MAY_HAVE_COME_TWICE),
            postgresql_where=text(_MAY_HAVE_COME_TWICE),
        ),
        # A number is never used again: it is in the Message-ID and in the address that bounces come back to.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"))
    # No foreign key: PostgreSQL would check it for each of a million rows. Letters of mailings stay for good.
    letter_id: Mapped[int]
    subscriber_id: Mapped[int | None]
    subscriber_key: Mapped[str | None] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(320))
    domain: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState, 10), default=DeliveryState.READY)
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous_attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    lease_holder: Mapped[str | None] = mapped_column(String(32))
    handed_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reply_code: Mapped[int | None]
    reply_status: Mapped[str] = mapped_column(String(12), default="")
    reply_text: Mapped[str] = mapped_column(String(500), default="")
    answers_id: Mapped[int | None]
    letter: Mapped[Letter] = relationship(
        primaryjoin=lambda: foreign(Delivery.letter_id) == Letter.id, viewonly=True
    )


class DeliveryTotal(Base):
    """The number of letters of a mailing in a state whose rows are gone; `repeated` ones may have arrived twice."""

    __tablename__ = "delivery_total"

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState, 10), primary_key=True)
    number: Mapped[int]
    repeated: Mapped[int]


class Suppression(Base):
    """An address that is kept off all mail, or off imported lists only, known by its keyed hash (HMAC-SHA256, hex).

    Who is kept off lists is mailed when they sign up themselves. `status` is the code (RFC 3463) with which mail to the
    address came back, where that was why. `asked_back_at` is when its owner last got a link that lifts it, and
    `link_key` what is sealed in that link.
    """

    __tablename__ = "suppression"
    __table_args__ = (CheckConstraint("scope IN ('all_mail', 'imports')", name="scope"),)

    address_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope: Mapped[Suppressed] = mapped_column(one_of(Suppressed, 10))
    reason: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(12), default="", server_default="")
    at: Mapped[datetime]
    asked_back_at: Mapped[datetime | None]
    link_key: Mapped[str | None] = mapped_column(String(12), unique=True, index=True)


class KeyFingerprint(Base):
    """The keys that this database goes with, by fingerprints that tell none of them (secret_keys.fingerprint).

    `name` is one of secret_keys.KeyName. Deliveries from `first_delivery_id` on bear Message-IDs under that key,
    until the next one of its name.
    """

    __tablename__ = "key_fingerprint"

    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    first_delivery_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(16))
