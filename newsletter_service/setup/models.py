"""The codes that let somebody set the newsletter up in a browser."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class SetupCode(Base):
    """A code that a terminal showed, as its hash; all are gone once the newsletter is set up."""

    __tablename__ = "setup_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]
