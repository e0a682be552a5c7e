"""The publishing calendar, editions, what is in them and why, and who signed them off."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.delivery.models import Mailing
from newsletter_service.editions.rules import (
    EditionState,
    ExclusionReason,
    Hindrance,
    HoldReason,
    Reason,
    ReleaseRule,
)
from newsletter_service.editorial.models import Item
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import User

TEXT_LIMIT = 900
"""How many characters of an item's text a letter shows, until staff say otherwise."""
ITEM_LIMIT = 8
"""How many items a reader gets in full, until staff say otherwise."""
RECESS_NAME_LENGTH = 80


class Calendar(Base):
    """When editions go out: every `every_weeks` weeks on `weekday` (0 Monday) at `send_time` in `zone`; one row.

    `first_day` is a day on which an edition goes out, from which the weeks are counted. Copy closes
    `closing_days` days earlier at `closing_time`. Under the automatic rule a correction waits `correction_minutes`
    for the other heads. What a head wishes for items that look alike counts after `silence_hours` without an answer.
    A reader gets `item_limit` items in full, the others as a line. A text longer than `text_limit` characters goes on
    on the edition's page.
    """

    __tablename__ = "calendar"
    __table_args__ = (CheckConstraint("release_rule IN ('automatic', 'both')", name="release_rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    every_weeks: Mapped[int] = mapped_column(default=2)
    weekday: Mapped[int] = mapped_column(default=3)
    first_day: Mapped[date]
    send_time: Mapped[time]
    closing_days: Mapped[int] = mapped_column(default=2)
    closing_time: Mapped[time]
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Amsterdam")
    release_rule: Mapped[ReleaseRule] = mapped_column(one_of(ReleaseRule, 10), default=ReleaseRule.AUTOMATIC)
    item_limit: Mapped[int] = mapped_column(default=ITEM_LIMIT)
    text_limit: Mapped[int] = mapped_column(default=TEXT_LIMIT, server_default=str(TEXT_LIMIT))
    correction_minutes: Mapped[int] = mapped_column(default=30)
    silence_hours: Mapped[int] = mapped_column(default=24, server_default="24")


class Recess(Base):
    """A period in which fewer people read, as staff wrote it down; both days are part of it."""

    __tablename__ = "recess"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(RECESS_NAME_LENGTH))
    first_day: Mapped[date]
    last_day: Mapped[date]


class Edition(Base):
    """One issue of the newsletter. Times are UTC, meant in `zone`.

    `text_limit` and `item_limit` are the calendar's as long as copy is open. `held_from` is the state to go back to
    when a held edition is resumed; it is held for a `hold_reason` of ours, or for what a person wrote in `hold_words`.
    `ahead` are the organisations (ids) that got a place more than others up to here where several had items.
    `excluded` is the number of readers without a letter whom nothing names any more.
    `version` guards against two people saving at the same time. `numbers` is the statement of one that is sent, kept
    so that nobody counts its letters again; null while it may change.
    """

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint(
            "state IN ('collecting', 'composed', 'sending', 'sent', 'held', 'cancelled')", name="state"
        ),
        Index("ix_edition_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[EditionState] = mapped_column(one_of(EditionState, 10), default=EditionState.COLLECTING)
    closes_at: Mapped[datetime]
    sends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    text_limit: Mapped[int] = mapped_column(default=TEXT_LIMIT, server_default=str(TEXT_LIMIT))
    item_limit: Mapped[int] = mapped_column(default=ITEM_LIMIT, server_default=str(ITEM_LIMIT))
    ahead: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    subject: Mapped[str] = mapped_column(String(150), default="")
    preheader: Mapped[str] = mapped_column(String(150), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    composed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    held_from: Mapped[EditionState | None] = mapped_column(one_of(EditionState, 10))
    hold_reason: Mapped[HoldReason | None] = mapped_column(one_of(HoldReason, 20))
    hold_words: Mapped[str] = mapped_column(String(300), default="")
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), unique=True)
    intended: Mapped[int | None]
    excluded: Mapped[int] = mapped_column(default=0, server_default="0")
    numbers: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)

    mailing: Mapped[Mailing | None] = relationship()
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="edition", cascade="all, delete-orphan", lazy="selectin"
    )
    sign_offs: Mapped[list["SignOff"]] = relationship(
        back_populates="edition", cascade="all, delete-orphan", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}


class Placement(Base):
    """What was decided about one item for one edition: its `position` (0, 1, ... ; null: not in) and why.

    `detail` is what the reason's sentence needs (numbers, another item's id). Where a letter cannot show all of an
    edition in full, it shows those of the lowest `rank`.
    """

    __tablename__ = "placement"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    position: Mapped[int | None]
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[Reason] = mapped_column(one_of(Reason, 30))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    edition: Mapped[Edition] = relationship(back_populates="placements")
    item: Mapped[Item] = relationship(lazy="joined")


class SignOff(Base):
    """A head's agreement on behalf of an organisation to exactly what readers would get (`content_hash`)."""

    __tablename__ = "sign_off"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    edition: Mapped[Edition] = relationship(back_populates="sign_offs")
    organisation: Mapped[Organisation] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")


class Exclusion(Base):
    """A reader for whom nothing was left in an edition, and why; counted in the edition's statement."""

    __tablename__ = "exclusion"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[ExclusionReason] = mapped_column(one_of(ExclusionReason, 20))


class ReaderKind(Base):
    """The number of active readers who chose the same, as counted at `counted_at`: all rows at one moment.

    `claims` are pairs of a segment and whether it is verified, `topics` ids. Those with a pause are apart, by its end.
    """

    __tablename__ = "reader_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    claims: Mapped[list[list[int]]] = mapped_column(JSON)
    topics: Mapped[list[int]] = mapped_column(JSON)
    paused_until: Mapped[datetime | None]
    readers: Mapped[int]
    counted_at: Mapped[datetime]


class Correction(Base):
    """A letter of its own to exactly those who had got an edition, or the item it is about, when it was released.

    It is a draft while `mailing_id` and `released_at` are null. From `offered_at` on it waits for the heads'
    agreement, or until `due_at` if the release rule set that. `readers` is how many it went to; `held_at` is set
    while somebody (`held_by`), the mail server's refusal or a `hindrance` keeps it from going on.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    subject: Mapped[str] = mapped_column(String(150))
    text: Mapped[str] = mapped_column(Text)
    readers: Mapped[int] = mapped_column(default=0)
    offered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    hindrance: Mapped[Hindrance | None] = mapped_column(one_of(Hindrance, 20))

    mailing: Mapped[Mailing | None] = relationship()
    item: Mapped[Item | None] = relationship()
    held_by: Mapped[User | None] = relationship(foreign_keys=held_by_id)
    sign_offs: Mapped[list["CorrectionSignOff"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class CorrectionSignOff(Base):
    """A head's agreement on behalf of an organisation to exactly what a correction says (`content_hash`)."""

    __tablename__ = "correction_sign_off"

    correction_id: Mapped[int] = mapped_column(
        ForeignKey("correction.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class LetterItem(Base):
    """Which items stand in which letter of an edition: a correction of one goes to those who got it."""

    __tablename__ = "letter_item"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
