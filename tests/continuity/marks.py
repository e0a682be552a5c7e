"""What a database says of itself: marked as by a worker, kept, and put back as from a copy."""

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from newsletter_service.continuity.models import Continuity
from newsletter_service.continuity.service import look
from newsletter_service.continuity.witness import Witness
from tests.conftest import NOW


def mark(engine: Engine, witness: Witness) -> None:
    """As a worker does when it is about to send."""
    with engine.begin() as connection:
        standing = look(connection, witness, NOW, marks=True)
    assert not standing.still
    standing.tell(witness)


def row_of(engine: Engine) -> Continuity:
    """What the database says of itself."""
    with Session(engine) as session:
        return session.get_one(Continuity, 1)


def snapshot(engine: Engine) -> dict[str, object]:
    """The same, to be put back later."""
    with engine.connect() as connection:
        return dict(connection.execute(select(Continuity.__table__)).mappings().one())


def put_back(engine: Engine, row: dict[str, object]) -> None:
    """The database as it was."""
    with engine.begin() as connection:
        connection.execute(update(Continuity).values(row))


def put_into(engine: Engine, row: dict[str, object]) -> None:
    """A database that says what another one did."""
    with engine.begin() as connection:
        connection.execute(insert(Continuity).values(row))
