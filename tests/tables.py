"""Tables made from the models in one go, which say of themselves that all migrations were run."""

from sqlalchemy import Engine, text

from newsletter_service.db import Base
from newsletter_service.schema import newest_number


def create_tables(engine: Engine) -> None:
    """All tables, in a database that processes of the service accept as up to date; once is enough."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")
        )
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:number)"), {"number": newest_number()})
