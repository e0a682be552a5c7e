from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.db import Base, db
from newsletter_service.demo.load import load_demo
from newsletter_service.links.tokens import NOBODYS_KEY
from newsletter_service.migrations import init_migrations
from newsletter_service.schema import number_of
from newsletter_service.services import services
from newsletter_service.subscriptions.models import Membership
from tests.conftest import NOW


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


BEFORE_KEYS = "0004"
ROWS_BEFORE_KEYS = (
    """
    INSERT INTO subscriber (id, address, domain, name, language, status, generation, asked_at)
    VALUES (1, 'anna@gemeente.example', 'gemeente.example', 'Anna', 'nl', 'active', 2, '2026-11-01 09:00:00'),
           (2, 'bob@gemeente.example', 'gemeente.example', 'Bob', 'nl', 'pending', 1, '2026-11-01 09:00:00'),
           (3, 'carla@gemeente.example', 'gemeente.example', 'Carla', 'nl', 'active', 1, '2026-11-01 09:00:00')
    """,
    "INSERT INTO segment (id, slug, name_nl, name_en, position) VALUES (1, 'om', 'OM', 'OM', 1)",
    "INSERT INTO membership (subscriber_id, segment_id) VALUES (1, 1), (2, 1)",
    """
    INSERT INTO delivery (id, letter_id, reader_id, reader_generation, address, domain, name, state, attempts, doubts,
        created_at, next_attempt_at, give_up_at, reply_status, reply_text)
    SELECT id, 1, reader, generation, address, 'gemeente.example', '', 'ready', 0, 0, '2026-11-02 09:00:00',
        '2026-11-02 09:00:00', '2026-11-03 09:00:00', '', ''
    FROM (
        SELECT 1 AS id, 1 AS reader, 2 AS generation, 'anna@gemeente.example' AS address
        UNION ALL SELECT 2, 1, 1, 'anna@gemeente.example'
        UNION ALL SELECT 3, 3, 1, 'erik@gemeente.example'
        UNION ALL SELECT 4, NULL, NULL, 'redactie@gemeente.example'
    ) AS deliveries
    """,
)


def test_who_was_a_reader_before_there_were_keys_gets_one_and_keeps_the_old_links(app: Flask) -> None:
    with app.app_context():
        empty(app)
        upgrade(revision=BEFORE_KEYS)
        with db.engine.begin() as connection:
            for statement in ROWS_BEFORE_KEYS:
                connection.execute(text(statement))
        upgrade()
        with db.engine.connect() as connection:
            readers = "SELECT id, link_key, former_link FROM subscriber ORDER BY id"
            (anna, bob, carla) = connection.execute(text(readers)).all()
            rows = connection.scalars(text("SELECT subscriber_key FROM delivery ORDER BY id")).all()
            assert connection.scalar(text("SELECT count(*) FROM membership")) == 2
    assert len({anna.link_key, bob.link_key, carla.link_key, NOBODYS_KEY}) == 4
    assert {len(reader.link_key) for reader in (anna, bob, carla)} == {len(NOBODYS_KEY)}
    assert (anna.former_link, bob.former_link) == ("1-2", "2-1")
    assert carla.former_link is None, "the ledger knows that somebody else had her number"
    assert rows == [anna.link_key, NOBODYS_KEY, NOBODYS_KEY, None]


def test_seeded_segments_get_words_for_one_reader_and_others_none(app: Flask) -> None:
    with app.app_context():
        empty(app)
        upgrade(revision="0007")
        with db.engine.begin() as connection:
            for number, slug in enumerate(("politie", "ovv", "brandweer"), 1):
                row = {"id": number, "slug": slug, "name": slug.title()}
                insert = "INSERT INTO segment (id, slug, name_nl, name_en, position)"
                connection.execute(text(f"{insert} VALUES (:id, :slug, :name, :name, 1)"), row)
        upgrade()
        with Session(db.engine) as session:
            police, officers, firefighters = session.scalars(select(Segment).order_by(Segment.id))
            assert (police.choice("nl"), police.about("nl")) == ("Ik werk bij de politie", "")
            assert (officers.choice("nl"), officers.about("en")) == (
                "OVV'er",
                "You work on public order and safety for a municipality.",
            )
            assert (firefighters.choice("nl"), firefighters.about("nl")) == ("Brandweer", "")


HELD_BEFORE = (
    """
    INSERT INTO staff_user (id, email, name, language, password, active, fs_uniquifier)
    VALUES (1, 'hoofd@organisatie.example', 'Hoofd', 'nl', '', true, 'x')
    """,
    """
    INSERT INTO edition (id, number, state, held_from, hold_reason, closes_at, sends_at, zone, subject, preheader,
        introduction, version)
    SELECT id, id, 'held', 'composed', reason, '2026-11-24 12:00:00', '2026-11-26 08:00:00', 'Europe/Amsterdam',
        '', '', '', 1
    FROM (SELECT 1 AS id, 'late' AS reason UNION ALL SELECT 2, 'Te laat' UNION ALL SELECT 3, '') AS reasons
    """,
    """
    INSERT INTO correction (id, edition_id, user_id, subject, text, readers, hold_reason)
    VALUES (1, 1, 1, '', '', 0, 'nobody'), (2, 1, 1, '', '', 0, '')
    """,
)


def test_our_reasons_to_hold_part_from_peoples_words_and_join_them_again(app: Flask) -> None:
    with app.app_context():
        empty(app)
        upgrade(revision="0015")
        with db.engine.begin() as connection:
            for statement in HELD_BEFORE:
                connection.execute(text(statement))
        upgrade(revision="0016")
        with db.engine.connect() as connection:
            held = connection.execute(text("SELECT hold_reason, hold_words FROM edition ORDER BY id")).all()
            hindrances = connection.scalars(text("SELECT hindrance FROM correction ORDER BY id")).all()
        downgrade(revision="0015")
        with db.engine.connect() as connection:
            again = connection.scalars(text("SELECT hold_reason FROM edition ORDER BY id")).all()
            reasons = connection.scalars(text("SELECT hold_reason FROM correction ORDER BY id")).all()
    assert held == [("late", ""), (None, "Te laat"), (None, "")]
    assert (hindrances, again, reasons) == (["nobody", None], ["late", "Te laat", ""], ["nobody", ""])


def test_checks_of_before_hold_for_a_year_whether_by_a_person_or_by_a_listed_domain(app: Flask) -> None:
    readers = (
        (1, "anna@zuid.politie.example", "active", "NULL"),
        (2, "bob@gemeente.example", "active", "'2026-03-01 09:00:00+00'"),
        (3, "cor@nepolitie.example", "active", "NULL"),
        (4, "dia@politie.example", "pending", "NULL"),
    )
    with app.app_context():
        empty(app)
        upgrade(revision="0019")
        with db.engine.begin() as connection:
            insert = "INSERT INTO segment (id, slug, name_nl, name_en, position) VALUES (1, 'politie', 'P', 'P', 1)"
            connection.execute(text(insert))
            connection.execute(
                text("INSERT INTO segment_domain (segment_id, domain) VALUES (1, 'Politie.example')")
            )
            for number, address, status, approved in readers:
                connection.execute(
                    text(
                        "INSERT INTO subscriber (id, address, address_hmac, domain, name, language, status, link_key,"
                        f" asked_at, search) VALUES ({number}, '{address}', '{number}', '{address.partition('@')[2]}',"
                        f" '', 'nl', '{status}', 'key{number}', '2026-01-01 09:00:00+00', '{address}')"
                    )
                )
                connection.execute(text(f"INSERT INTO membership VALUES ({number}, 1, {approved}, NULL)"))
        upgrade()
        with Session(db.engine) as session:
            claims = session.scalars(select(Membership).order_by(Membership.subscriber_id)).all()
            assert [(claim.state, claim.evidence, claim.source) for claim in claims] == [
                ("verified", "domain", "politie.example"),
                ("verified", "person", ""),
                ("waiting", None, ""),
                ("waiting", None, ""),
            ]
            assert claims[1].decided_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
            assert all(claim.until and claim.until > datetime.now(UTC) for claim in claims[:2])


def rows_of(names: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[object, ...]]]:
    """What stands in these columns of tables, in an order that both databases know."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with db.engine.connect() as connection:
        for name, columns in names.items():
            query = text(f"SELECT {', '.join(columns)} FROM {name}")
            found[name] = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    return found


def columns_there() -> dict[str, list[str]]:
    inspector = inspect(db.engine)
    return {name: sorted(one["name"] for one in inspector.get_columns(name)) for name in sorted(tables())}


def test_there_is_a_way_back_from_the_newest_migration_that_loses_nothing_the_version_before_knew(
    app: Flask,
) -> None:
    with app.app_context():
        init_migrations(app)
        load_demo(db.session(), NOW, suppression_key=services().suppression_key, demo=True)
        db.session.commit()
        newest = number_of(db.engine)
        now_there = columns_there()
        downgrade()
        assert number_of(db.engine) < newest
        before = {
            name: [one for one in columns if one in now_there[name]]
            for name, columns in columns_there().items()
            if name in now_there
        }
        kept = rows_of(before)
        assert sum(map(len, kept.values())) > 500
        upgrade()
        assert rows_of(before) == kept
        assert columns_there() == now_there
