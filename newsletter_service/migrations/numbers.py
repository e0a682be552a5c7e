"""Numbers of deliveries that are never used again, also where SQLite rebuilds the table."""

import sqlalchemy as sa
from alembic import op


def last_number() -> int:
    """The highest number a delivery ever had on SQLite, where rebuilding the table would forget it."""
    if op.get_bind().dialect.name != "sqlite":
        return 0
    found = op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'delivery'"))
    return int(found or 0)


def go_on_counting_from(number: int) -> None:
    """Have the next delivery get a number above this one."""
    if number:
        bind = op.get_bind()
        bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'delivery'"))
        bind.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('delivery', :n)"), {"n": number}
        )
