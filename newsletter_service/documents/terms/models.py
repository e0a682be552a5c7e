"""Terms that administrators set."""

from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base, one_of
from newsletter_service.retention import Term


class RetentionTerm(Base):
    """For how many days something is kept; what has no row is kept as long as the product does by itself."""

    __tablename__ = "retention_term"

    name: Mapped[Term] = mapped_column(one_of(Term, 20), primary_key=True)
    days: Mapped[int]
