from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from newsletter_service.db import Base, db
from newsletter_service.migrations import init_migrations


def empty(app: Flask) -> None:
    init_migrations(app)
    Base.metadata.drop_all(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def test_the_migrations_make_exactly_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context():
        empty(app)
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        assert tables() == set(Base.metadata.tables)


def test_migrating_twice_changes_nothing_and_back_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        empty(app)
        upgrade()
        upgrade()
        downgrade(revision="base")
        assert tables() == set()


def test_numbers_of_readers_and_deliveries_are_never_used_again(app: Flask) -> None:
    """A link or a bounce of somebody who was erased must not come out at somebody else."""
    with app.app_context():
        empty(app)
        upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                query = "SELECT sql FROM sqlite_master WHERE name = :name"
                for name in ("subscriber", "delivery"):
                    made_by = connection.scalar(text(query), {"name": name})
                    assert "AUTOINCREMENT" in str(made_by)
        else:
            assert inspect(db.engine).get_columns("subscriber")[0]["autoincrement"]
