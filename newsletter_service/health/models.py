"""What the scheduler did last, and what is or was wrong."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base, one_of
from newsletter_service.health.rules import TroubleKind

_OPEN = "over_at IS NULL"


class JobRun(Base):
    """When a job of the scheduler last began and ended, as of `noted_at`; `error` is the kind of its last failure.

    `failing_since` is set as long as it fails.
    """

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    every_seconds: Mapped[int]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200), default="")
    noted_at: Mapped[datetime]


class Trouble(Base):
    """One thing that is wrong and needs a person, until it is over; `detail` is what its sentences name.

    Administrators were mailed of it at `told_at`. Whoever mails them keeps others from doing so until `telling_until`.
    """

    __tablename__ = "trouble"
    __table_args__ = (
        Index(
            "ix_trouble_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TroubleKind] = mapped_column(one_of(TroubleKind, 20))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    began_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    telling_until: Mapped[datetime | None]
