"""What a database says of itself, for its copies to be told from it."""

from datetime import datetime

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.continuity.rules import Why
from newsletter_service.db import Base, one_of


class Continuity(Base):
    """The one row by which a database is told from its copies (see rules.Known), and whether the service keeps still.

    While `still_since` is set no worker claims and no job runs. `known_at` is the moment that the copy is of,
    `worked_until` until when this machine saw the database at work after that, and deliveries up to `last_delivery_id`
    were there when the service began to keep still.
    """

    __tablename__ = "continuity"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[str]] = mapped_column(JSON)
    place: Mapped[str] = mapped_column(Text)
    timeline: Mapped[int]
    mark: Mapped[int] = mapped_column(default=0)
    marked_at: Mapped[datetime]
    still_since: Mapped[datetime | None]
    still_why: Mapped[Why | None] = mapped_column(one_of(Why, 10))
    known_at: Mapped[datetime | None]
    worked_until: Mapped[datetime | None]
    last_delivery_id: Mapped[int | None]
