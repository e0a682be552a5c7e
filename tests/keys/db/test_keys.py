"""The suppression key: made once, kept for the service alone, held against the database at every start."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.delivery.models import KeyFingerprint, Suppression
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.files.private import NotWritable
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.keys.suppression_key import WrongKey, not_ready
from newsletter_service.migrations import init_migrations
from newsletter_service.settings import Settings
from newsletter_service.startup import with_suppression_key
from tests.conftest import NOW
from tests.factories import make_subscriber, make_suppression

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
EVERY_PROCESS = (
    (NEWSLETTER, "editions", "list"),
    (NEWSLETTER, "db", "upgrade"),
    (NEWSLETTER, "send"),
    (NEWSLETTER, "send", "--watch"),
    (sys.executable, "-m", "scheduled_jobs"),
    (sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"),
)
BEFORE = "0014"


@pytest.fixture
def first_start(settings: Settings, app: Flask) -> Settings:
    """Settings of a machine that has no key yet, on a database that is up to date."""
    settings.instance_dir.mkdir(exist_ok=True)
    return replace(settings, suppression_key="")


@pytest.fixture
def engine(settings: Settings, app: Flask) -> Iterator[Engine]:
    engine = create_engine(settings.database_url)
    yield engine
    engine.dispose()


def key_file(settings: Settings) -> Path:
    return settings.instance_dir / "suppression_key"


def test_the_first_start_makes_a_key_for_the_service_alone_and_later_ones_find_it(
    first_start: Settings, engine: Engine
) -> None:
    made = with_suppression_key(first_start).suppression_key
    assert len(made) >= 32
    assert made != first_start.secret_key
    assert stat.S_IMODE(key_file(first_start).stat().st_mode) == 0o600
    key_file(first_start).chmod(0o644)
    assert with_suppression_key(first_start).suppression_key == made
    assert stat.S_IMODE(key_file(first_start).stat().st_mode) == 0o600
    assert [file.name for file in first_start.instance_dir.glob("suppression_key*")] == ["suppression_key"]
    with engine.connect() as connection:
        kept = connection.execute(select(KeyFingerprint.name, KeyFingerprint.fingerprint)).all()
    assert {tuple(row) for row in kept} == {
        ("suppression", fingerprint(made)),
        ("secret", fingerprint(first_start.secret_key)),
    }
    assert made not in str(kept)


def test_a_key_that_is_given_is_kept_nowhere(first_start: Settings) -> None:
    given = replace(first_start, suppression_key="a-key-from-the-environment-0123456789")
    assert with_suppression_key(given) == given
    assert not key_file(given).exists()


def test_a_second_machine_without_the_key_is_told_to_copy_it_and_makes_no_other(
    first_start: Settings, tmp_path: Path
) -> None:
    made = with_suppression_key(first_start).suppression_key
    second = replace(first_start, instance_dir=tmp_path / "second")
    second.instance_dir.mkdir()
    with pytest.raises(WrongKey, match="copy the file suppression_key from the instance folder"):
        with_suppression_key(second)
    assert list(second.instance_dir.iterdir()) == []
    key_file(second).write_text(f"{made}\n")
    assert with_suppression_key(second).suppression_key == made


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xff\xfe\x00"], ids=["empty", "white", "no-text"])
def test_a_file_that_tells_no_key_stops_the_start_and_is_never_an_empty_key(
    first_start: Settings, content: bytes
) -> None:
    key_file(first_start).write_bytes(content)
    with pytest.raises(WrongKey, match="copy the file suppression_key from the instance folder"):
        with_suppression_key(first_start)
    assert key_file(first_start).read_bytes() == content


def test_a_folder_or_a_link_to_nowhere_in_place_of_the_key_stops_the_start(first_start: Settings) -> None:
    key_file(first_start).symlink_to("nowhere")
    with pytest.raises(WrongKey, match=r"cannot be read \(No such file"):
        with_suppression_key(first_start)
    key_file(first_start).unlink()
    key_file(first_start).mkdir()
    with pytest.raises(WrongKey, match=r"cannot be read \(Is a directory"):
        with_suppression_key(first_start)


def test_a_key_that_cannot_be_kept_stops_the_start_and_leaves_nothing(
    first_start: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritable, match="suppression_key cannot be written: No space left"):
        with_suppression_key(first_start)
    assert list(first_start.instance_dir.glob("suppression_key*")) == []


def test_two_containers_that_start_at_once_with_the_same_process_id_get_one_key(
    first_start: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, link = [], os.link

    def meanwhile(source: str, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        other.append(with_suppression_key(first_start).suppression_key)
        link(source, target)

    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(os, "link", meanwhile)
    assert [with_suppression_key(first_start).suppression_key] == other


def test_a_former_secret_with_letters_beyond_ascii_becomes_the_key_as_it_is(
    first_start: Settings, app: Flask
) -> None:
    with app.app_context():
        make_suppression(db.session(), "weg@lezer.example", now=NOW)
        db.session.commit()
    old = replace(first_start, secret_key="géheim-van-vóór-de-sleutel-0123456789abcdef")
    assert with_suppression_key(old).suppression_key == old.secret_key
    assert with_suppression_key(old).suppression_key == old.secret_key


def test_without_key_and_without_database_nothing_is_made_up(first_start: Settings) -> None:
    away = replace(first_start, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(WrongKey, match="the database cannot be asked"):
        with_suppression_key(away)
    assert not key_file(away).exists()


def test_a_key_is_held_against_a_database_that_was_away_when_the_process_started(
    first_start: Settings, engine: Engine
) -> None:
    made = with_suppression_key(first_start).suppression_key
    assert not_ready(engine, made) == ""
    assert "not the one that this database" in not_ready(
        engine, "the-key-of-quite-another-service-0123456789"
    )


@pytest.mark.parametrize("command", EVERY_PROCESS, ids=lambda command: "-".join(command[1:])[:22])
def test_a_key_that_does_not_fit_stops_every_process_with_one_line(
    first_start: Settings, command: Sequence[str]
) -> None:
    with_suppression_key(first_start)
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": first_start.database_url,
        "SECRET_KEY": first_start.secret_key,
        "SUPPRESSION_KEY": "the-key-of-quite-another-service-0123456789",
        "BASE_URL": first_start.base_url,
        "MAIL_FROM": first_start.mail_from,
        "INSTANCE_DIR": str(first_start.instance_dir),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert said[-1].startswith("the suppression key is not the one that this database was filled with: copy")
    assert len(said) == 1 or "gunicorn" in command
    assert "Traceback" not in done.stderr


# --- upgrading ---


@pytest.fixture
def old(app: Flask, settings: Settings, first_start: Settings) -> Settings:
    """A service of before there was a suppression key, whose hashes were made with SECRET_KEY."""
    hashed = address_hmac("nooit@gemeente.example", settings.secret_key)
    left = address_hmac("weg@gemeente.example", settings.secret_key)
    with app.app_context():
        init_migrations(app)
        with Session(db.engine) as session:
            make_subscriber(session, "Anna@gemeente.example", now=NOW)
            session.commit()
        downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            row = {"never": hashed, "left": left, "at": "2026-11-01 09:00:00"}
            connection.execute(text("INSERT INTO suppression VALUES (:never, 'asked', :at)"), row)
            connection.execute(text("INSERT INTO former_subscriber VALUES (:left, :at)"), row)
            connection.execute(text("INSERT INTO former_subscriber VALUES (:never, :at)"), row)
    return first_start


@contextmanager
def service_of(settings: Settings) -> Iterator[None]:
    """Within the block the new version runs with these settings."""
    app = create_app(settings)
    init_migrations(app)
    with app.app_context():
        try:
            yield
        finally:
            db.engine.dispose()


def read_back(session: Session, settings: Settings) -> None:
    assert is_suppressed(session, address_hmac("nooit@gemeente.example", settings.suppression_key))
    assert sorted(session.scalars(select(Suppression.scope))) == ["all_mail", "imports"]
    (hashed,) = session.execute(text("SELECT address_hmac FROM subscriber")).one()
    assert hashed == address_hmac("anna@gemeente.example", settings.suppression_key)


def test_an_upgrade_goes_on_with_the_key_that_hashes_were_made_with(old: Settings) -> None:
    settings = with_suppression_key(old)
    assert settings.suppression_key == old.secret_key
    assert key_file(old).read_text().strip() == old.secret_key
    with service_of(settings):
        upgrade()
        with Session(db.engine) as session:
            read_back(session, settings)
        assert not_ready(db.engine, settings.suppression_key) == ""
    changed = replace(old, secret_key="a-new-secret-after-the-upgrade-0123456789", secret_key_fallbacks=())
    assert with_suppression_key(changed).suppression_key == old.secret_key


def test_who_upgrades_and_changes_the_key_in_one_go_keeps_the_hashes(old: Settings) -> None:
    changed = replace(
        old, secret_key="a-new-secret-with-the-upgrade-01234567890", secret_key_fallbacks=(old.secret_key,)
    )
    assert with_suppression_key(changed).suppression_key == old.secret_key


def test_an_upgrade_with_another_key_is_refused_before_anything_is_lost(
    old: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(old, suppression_key="another-key-that-came-too-early-0123456789")
    with service_of(settings):
        with pytest.raises(SystemExit):
            upgrade()
        assert "has hashes that were made with SECRET_KEY" in caplog.text
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM former_subscriber")) == 2


def test_what_was_kept_is_there_again_after_going_back(app: Flask, settings: Settings) -> None:
    with app.app_context():
        with Session(db.engine) as session:
            make_suppression(session, "nooit@gemeente.example", now=NOW)
            session.commit()
        init_migrations(app)
        downgrade(revision=BEFORE)
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT reason FROM suppression")) == "asked"
