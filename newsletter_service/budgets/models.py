"""How much of its budget somebody has used."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class BudgetUse(Base):
    """How far ahead of the clock the use of one budget is; `key` is a keyed hash that names nobody."""

    __tablename__ = "budget_use"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_until: Mapped[datetime] = mapped_column(index=True)
