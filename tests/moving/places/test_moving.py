"""The service moves from SQLite to PostgreSQL and back, with all its numbers; only the new database goes on."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import stands_still
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import Base, db, open_engine
from newsletter_service.delivery.service import write_notice
from newsletter_service.errors import NewsletterError
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import Tokens
from newsletter_service.moving.service import InUse, NotTheSame, TargetNotEmpty, move
from newsletter_service.safekeeping.upgrading import upgrader
from newsletter_service.sequences import last_number
from newsletter_service.settings import Settings
from newsletter_service.web.upgrading import init_upgrading
from tests.chaos.edition import release_edition
from tests.chaos.fleet import environment
from tests.conftest import NOW
from tests.continuity.marks import row_of
from tests.delivery.db.conftest import notice
from tests.postgresql import Cluster

READERS = 150
TOKENS = Tokens(SecretKeys("a-secret-that-only-chaos-knows-0123456789"))


@pytest.fixture
def settings_of_move(tmp_path: Path) -> Settings:
    (tmp_path / "instance").mkdir()
    return Settings.from_env(environment(f"sqlite:///{tmp_path / 'old.sqlite3'}", 9, tmp_path, 1))


@pytest.fixture
def old(settings_of_move: Settings, tmp_path: Path) -> Iterator[Engine]:
    """A database with an edition that is released, whose last numbers belong to rows that are gone."""
    release_edition(environment(settings_of_move.database_url, 9, tmp_path, 1), READERS)
    engine = open_engine(settings_of_move.database_url)
    with Session(engine) as session:
        gone = write_notice(session, notice(), "weg@gemeente.example", NOW)
        session.flush()
        session.delete(gone)
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture
def new(cluster: Cluster) -> Iterator[Engine]:
    with cluster.fresh_database("template0") as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def upgrade_to(settings: Settings) -> Callable[[Engine], None]:
    def bring_up_to_date(engine: Engine) -> None:
        url = engine.url.render_as_string(hide_password=False)
        upgrader(replace(settings, database_url=url))(engine)

    return bring_up_to_date


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    left_out = {"continuity", "worker"}
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in left_out
        }


def test_all_rows_and_numbers_arrive_and_come_back_and_only_the_last_database_goes_on(
    settings_of_move: Settings, old: Engine, new: Engine, tmp_path: Path
) -> None:
    witness, before = Witness(settings_of_move.instance_dir), rows_of(old)
    with old.connect() as connection:
        given_out = last_number(connection, "delivery")
    moved = move(old, new, upgrade_to(settings_of_move), TOKENS, witness, NOW)
    assert moved.links == 100
    assert moved.rows["delivery"] == READERS
    assert rows_of(new) == before
    assert stands_still(old, witness, NOW)
    assert row_of(old).still_why is Why.MOVED
    assert not stands_still(new, witness, NOW)

    back = open_engine(f"sqlite:///{tmp_path / 'back.sqlite3'}")
    move(new, back, upgrade_to(settings_of_move), TOKENS, witness, NOW)
    assert rows_of(back) == before
    assert stands_still(new, witness, NOW)
    assert not stands_still(back, witness, NOW)
    for engine in (new, back):
        with Session(engine) as session:
            assert write_notice(session, notice(), "nieuw@gemeente.example", NOW).id == given_out + 1
    back.dispose()


def test_links_that_lead_to_somebody_else_in_the_new_database_undo_the_move(
    settings_of_move: Settings, old: Engine, tmp_path: Path
) -> None:
    elsewhere = open_engine(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")

    def upgrade(engine: Engine) -> None:
        upgrade_to(settings_of_move)(engine)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "CREATE TRIGGER other_keys AFTER INSERT ON subscriber BEGIN "
                    "UPDATE subscriber SET link_key = 'other' || NEW.id WHERE id = NEW.id; END"
                )
            )

    witness = Witness(settings_of_move.instance_dir)
    with pytest.raises(NotTheSame, match="links of readers"):
        move(old, elsewhere, upgrade, TOKENS, witness, NOW)
    assert not stands_still(old, witness, NOW)
    assert rows_of(elsewhere)["subscriber"] == []
    elsewhere.dispose()


def test_nothing_is_moved_into_a_database_that_is_not_empty(
    settings_of_move: Settings, old: Engine, new: Engine
) -> None:
    upgrade_to(settings_of_move)(new)
    with new.begin() as connection:
        connection.execute(text("INSERT INTO mailing (created_at, pause_reason) VALUES (now(), '')"))
    witness = Witness(settings_of_move.instance_dir)
    with pytest.raises(TargetNotEmpty):
        move(old, new, upgrade_to(settings_of_move), TOKENS, witness, NOW)
    assert not stands_still(old, witness, NOW)


def test_a_move_that_fails_leaves_the_old_database_at_work(
    settings_of_move: Settings, old: Engine, new: Engine
) -> None:
    class Full(NewsletterError):
        pass

    def fail(_engine: Engine) -> None:
        raise Full("no room")

    witness = Witness(settings_of_move.instance_dir)
    with pytest.raises(Full):
        move(old, new, fail, TOKENS, witness, NOW)
    assert not stands_still(old, witness, NOW)


def test_a_database_that_others_work_with_is_not_left(
    settings_of_move: Settings, old: Engine, new: Engine
) -> None:
    witness = Witness(settings_of_move.instance_dir)
    with closing(sqlite3.connect(str(old.url.database))) as other:
        other.execute("SELECT count(*) FROM delivery").fetchone()
        with pytest.raises(InUse):
            move(old, new, upgrade_to(settings_of_move), TOKENS, witness, NOW)
    upgrade_to(settings_of_move)(new)
    other_engine = create_engine(new.url)
    with other_engine.connect(), pytest.raises(InUse):
        move(new, old, upgrade_to(settings_of_move), TOKENS, witness, NOW)
    other_engine.dispose()
    assert not stands_still(old, witness, NOW)


def test_pages_on_the_database_that_was_left_answer_503_for_nobody_would_see_what_they_take_in(
    settings_of_move: Settings, old: Engine, new: Engine
) -> None:
    assert status_of_a_page(settings_of_move) == 200
    move(old, new, upgrade_to(settings_of_move), TOKENS, Witness(settings_of_move.instance_dir), NOW)
    assert status_of_a_page(settings_of_move) == 503


def status_of_a_page(settings: Settings) -> int:
    """What a process answers that starts now."""
    app = create_app(settings)
    init_upgrading(app)
    answer = app.test_client().get("/aanmelden")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return answer.status_code
