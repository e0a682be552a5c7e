"""A service with a subscriber, a picture and letters; its backups; and another place to put them into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsletter_service.backups.service import Source
from newsletter_service.db import db, open_engine
from newsletter_service.editorial.images import Picture, store
from newsletter_service.settings import Settings
from tests.conftest import NOW
from tests.delivery.db.conftest import release
from tests.factories import make_newsletter, make_organisation, make_subscriber
from tests.postgresql import Cluster

PICTURE = bytes(range(256)) * 40


@dataclass(frozen=True)
class House:
    """Where backups are made of, and where they are put into."""

    source: Source
    folder: Path


@pytest.fixture
def house(app: Flask, session: Session, settings: Settings, tmp_path: Path) -> House:
    make_newsletter(session)
    make_organisation(session)
    make_subscriber(session, now=NOW)
    store(session, Picture(PICTURE, "image/png", 1, 1), NOW)
    release(session, 5)
    settings.instance_dir.mkdir(exist_ok=True)
    with app.app_context():
        engine = db.engine
    return House(Source(engine, settings.keys, settings.suppression_key, settings.instance_dir), tmp_path)


@contextmanager
def another_database(like: Engine, folder: Path, cluster: Cluster | None) -> Iterator[Engine]:
    """An empty database of the same kind, without tables."""
    if like.dialect.name == "sqlite":
        engine = open_engine(f"sqlite:///{folder / 'another.sqlite3'}")
        yield engine
        engine.dispose()
    else:
        assert cluster is not None
        with cluster.fresh_database("template0") as url:
            engine = open_engine(url)
            yield engine
            engine.dispose()


@pytest.fixture
def another(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    on_server = house.source.engine.dialect.name != "sqlite"
    cluster = request.getfixturevalue("cluster") if on_server else None
    with another_database(house.source.engine, tmp_path, cluster) as engine:
        yield engine
