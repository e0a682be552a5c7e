"""On PostgreSQL: two senders that claim at the same time do not wait for each other (D2), and find rows by keys."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from newsletter_service.db import open_engine
from newsletter_service.delivery.ledger import claims, postgresql, workers
from newsletter_service.delivery.ledger.fast_path import exchange
from newsletter_service.delivery.ledger.rows import Claimed, Wanted
from tests.conftest import NOW
from tests.delivery.db.conftest import release
from tests.postgresql import Cluster


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    """A database with two senders in it, in which nobody waits long for a row."""
    with cluster.fresh_database("template_newsletter") as url:
        engine = open_engine(url)
        with engine.begin() as connection:
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '2s'"))
            for sender in ("one", "two"):
                workers.register(connection, sender, "host.example", 1, NOW)
        engine.dispose()
        yield engine
        engine.dispose()


def by_claiming(connection: Connection, sender: str, mailing_id: int, limit: int) -> list[Claimed]:
    return claims.claim(connection, sender, mailing_id, NOW, limit)[0]


def by_exchanging(connection: Connection, sender: str, mailing_id: int, limit: int) -> list[Claimed]:
    return exchange(connection, sender, [], Wanted(mailing_id, limit, None), NOW).rows


@pytest.mark.parametrize("claim", [by_claiming, by_exchanging])
def test_who_claims_while_another_is_claiming_gets_other_rows_without_waiting(
    engine: Engine, claim: Callable[[Connection, str, int, int], list[Claimed]]
) -> None:
    with Session(engine) as session:
        mailing_id = release(session, 10).id
    with engine.connect() as first, first.begin():
        theirs = by_claiming(first, "one", mailing_id, 6)
        with engine.connect() as second:
            mine = claim(second, "two", mailing_id, 6)
    assert [row.delivery_id for row in theirs] == [1, 2, 3, 4, 5, 6]
    assert [row.delivery_id for row in mine] == [7, 8, 9, 10]


def test_a_row_is_handed_over_by_its_key_however_little_postgresql_knows_of_the_table(engine: Engine) -> None:
    with Session(engine) as session:
        release(session, 10)
    hand_over = postgresql.HAND_OVER_CHOSEN
    for place in ("$1", "$2", "$3"):
        hand_over = hand_over.replace("%s", place, 1)
    with engine.connect() as connection:
        postgresql.prepare(connection)
        connection.exec_driver_sql(f"PREPARE hand_over (timestamptz, int[], text) AS {hand_over}")
        explained = connection.exec_driver_sql("EXPLAIN EXECUTE hand_over (now(), '{1,2,3}', 'one')")
        plan = " ".join(explained.scalars())
    assert "Index Cond: (id = ANY ($2))" in plan
    assert "Seq Scan on delivery" not in plan
