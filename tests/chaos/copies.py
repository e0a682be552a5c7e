"""Copies of a service that is sending: made while it does, put into places of their own, and worked with."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, create_engine, text

from newsletter_service.backups.sealing import Opener, Seal
from newsletter_service.backups.service import Source, make_backup, restore
from newsletter_service.core import create_core
from newsletter_service.db import db, open_engine, unit_of_work
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.service import counts
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.services import services
from newsletter_service.settings import Settings
from newsletter_service.standstill.service import Answer, go_on
from tests.chaos.databases import Database
from tests.chaos.fleet import environment


@dataclass(frozen=True)
class Original:
    """A service whose processes are given these settings."""

    database: Database
    settings: Mapping[str, str]
    folder: Path

    def copied(self, name: str) -> Path:
        """A backup of this moment."""
        path = self.folder / f"{name}.backup"
        engine = open_engine(self.database.url)
        keys = SecretKeys(self.settings["SECRET_KEY"])
        source = Source(engine, keys, self.settings["SUPPRESSION_KEY"], self._instance)
        make_backup(source, path, Seal(), datetime.now(UTC), with_keys=False)
        engine.dispose()
        return path

    @property
    def _instance(self) -> Path:
        return Path(self.settings["INSTANCE_DIR"])


def restored(copy: Path, database: Database, port: int, connections: int) -> dict[str, str]:
    """Puts a backup into a place of its own; returns the settings for processes there."""
    place = copy.with_suffix("")
    (place / "instance").mkdir(parents=True)
    url = _place_for(copy.stem, place, database)
    engine = open_engine(url)
    restore(engine, copy, Opener(), place / "instance", _as_it_is, datetime.now(UTC), replace=False)
    engine.dispose()
    return environment(url, port, place, connections)


def _as_it_is(_engine: Engine) -> None:
    """The backup is of this version."""


def _place_for(name: str, place: Path, database: Database) -> str:
    if database.url.startswith("sqlite"):
        return f"sqlite:///{place / 'newsletter.sqlite3'}"
    server = create_engine(database.url.replace("/newsletter?", "/postgres?"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()
    return database.url.replace("/newsletter?", f"/{name}?")


@contextmanager
def core_of(settings: Mapping[str, str]) -> Iterator[Flask]:
    """A process with these settings, within this one."""
    core = create_core(Settings.from_env(settings))
    with core.app_context():
        try:
            yield core
        finally:
            db.session.remove()
            db.engine.dispose()


def sent_from(settings: Mapping[str, str]) -> Counter[Verdict]:
    """What a worker sends there until nothing is left."""
    with core_of(settings):
        return send_until_empty(services().delivery)


def let_go_on(settings: Mapping[str, str], answer: Answer) -> None:
    """As a person does, by page or command."""
    with core_of(settings):
        with unit_of_work() as session:
            standing = go_on(session, services(), None, answer, datetime.now(UTC))
        standing.tell(services().delivery.witness)


def states_of(settings: Mapping[str, str], mailing_id: int) -> dict[DeliveryState, int]:
    """How many letters of a mailing stand in each state there."""
    with core_of(settings), unit_of_work() as session:
        return {state: number for state, number in counts(session, mailing_id).items() if number}
