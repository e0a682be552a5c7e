"""What was asked for and is not answered yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base, one_of
from newsletter_service.languages import Language
from newsletter_service.subscriptions.requests.rules import FormKind


class FormRequest(Base):
    """One form that somebody sent, for a second or so: a job answers it (requests.service.answer).

    One that is not `within_budget` gets no answer: this mailbox was asked for too often. It is written down all the
    same, so that nobody learns that by the clock.
    """

    __tablename__ = "form_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FormKind] = mapped_column(one_of(FormKind, 20))
    address: Mapped[str] = mapped_column(String(320), index=True)
    read_in: Mapped[Language] = mapped_column(String(2))
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    shown: Mapped[str] = mapped_column(String(128))
    within_budget: Mapped[bool]
    at: Mapped[datetime]
