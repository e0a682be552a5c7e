"""PostgreSQL: a copy in another database keeps still, on whichever machine it is worked with."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, text

from newsletter_service.continuity.models import Continuity
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import look, stands_still
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import open_engine
from tests.conftest import NOW
from tests.continuity.marks import mark, put_back, put_into, row_of, snapshot
from tests.postgresql import Cluster

FUNCTIONS = ("pg_control_system()", "pg_control_checkpoint()")


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    with cluster.lent_database("template_newsletter") as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def test_a_copy_in_another_database_keeps_still(engine: Engine, cluster: Cluster, witness: Witness) -> None:
    mark(engine, witness)
    with cluster.lent_database("template_newsletter") as url:
        copy = open_engine(url)
        put_into(copy, snapshot(engine))
        assert stands_still(copy, witness, NOW)
        assert row_of(copy).still_why is Why.COPIED
        copy.dispose()
    assert not stands_still(engine, witness, NOW)


def test_a_standby_that_took_over_goes_on_for_machines_that_miss_nothing_and_is_a_copy_to_strangers(
    engine: Engine, witness: Witness
) -> None:
    mark(engine, witness)
    before = snapshot(engine) | {"timeline": row_of(engine).timeline - 1}
    put_back(engine, before)
    mark(engine, witness)
    put_back(engine, before)
    assert stands_still(engine, Witness(), NOW)
    assert row_of(engine).still_why is Why.COPIED


def test_a_server_that_tells_nothing_of_itself_still_has_databases_of_their_own(
    engine: Engine, witness: Witness
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE guest"))
        connection.execute(text("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO guest"))
        for function in FUNCTIONS:
            connection.execute(text(f"REVOKE EXECUTE ON FUNCTION {function} FROM public"))
        connection.execute(text("SET LOCAL ROLE guest"))
        assert not look(connection, witness, NOW).still
        assert str(connection.scalar(select(Continuity.place))).startswith("postgresql ? ")
        connection.rollback()
