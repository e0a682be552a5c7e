"""What became of links whose rows are gone."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base, one_of
from newsletter_service.languages import Language
from newsletter_service.subscriptions.used_links.rules import Outcome


class UsedLink(Base):
    """That a link did its work, kept for as long as the link would hold (`until`); it bears nobody.

    `read_in` is the language of its reader (null: that of the browser). `leads_to` is by what the page asks how things
    stand now: the key of who moved, or the hash of an address; empty where it asks nothing.
    """

    __tablename__ = "used_link"

    link_key: Mapped[str] = mapped_column(String(12), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, 12))
    read_in: Mapped[Language | None] = mapped_column(String(2))
    leads_to: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
