"""Fixtures for all tests: a fresh app and database a test, a clock, and no mail to anywhere unasked."""

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as property_settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from newsletter_service.app import create_app
from newsletter_service.budgets.rules import FormLimits
from newsletter_service.core import create_core
from newsletter_service.db import db
from newsletter_service.settings import PasswordCost, Settings
from tests.alone import turn
from tests.factories import SUPPRESSION_KEY
from tests.postgresql import Cluster, running_cluster
from tests.required import missing
from tests.smtp_server import RecordingServer, running_smtp_server
from tests.tables import create_tables

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSED_PORT = 9
CHEAP = PasswordCost(memory=8, passes=1, lanes=1)
HERE = Path(__file__).parent
BOTH_DATABASES = {"db", "journeys"}

property_settings.register_profile(
    "on any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
property_settings.load_profile("on any machine")


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run use cases and journeys on both databases, everything else on SQLite."""
    if "database" in metafunc.fixturenames:
        folders = metafunc.definition.path.relative_to(HERE).parts
        names = ["sqlite", "postgresql"] if BOTH_DATABASES.intersection(folders) else ["sqlite"]
        metafunc.parametrize("database", names, indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what lives as long as the process: that took 40 % of the time of collecting tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that are alone come last, when nobody has to end something long before they may begin."""
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tests marked `alone` have the machine for themselves: they measure how long honest people wait."""
    alone = item.get_closest_marker("alone") is not None
    with turn(HERE / "alone.py", HERE / "conftest.py", alone=alone):
        return (yield)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        with cluster.engine("template_newsletter") as engine:
            create_tables(engine)
        cluster.ready_to_lend("template_newsletter")
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    create_tables(engine)
    with (
        engine.connect() as connection
    ):  # a file keeps how it is written to; changing that took each test 10 ms
        connection.execute(text("PRAGMA journal_mode = WAL"))
    engine.dispose()
    return path


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database with all tables."""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        with cluster.lent_database("template_newsletter") as url:
            yield url
    else:
        path = tmp_path / "newsletter.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def smtp() -> Iterator[RecordingServer]:
    with running_smtp_server() as server:
        yield server


@pytest.fixture
def settings(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings whose SMTP port is closed unless the test asks for the `smtp` fixture."""
    port = request.getfixturevalue("smtp").port if "smtp" in request.fixturenames else CLOSED_PORT
    return Settings(
        secret_key="a-secret-that-only-tests-know-0123456789",
        suppression_key=SUPPRESSION_KEY,
        base_url="https://nieuwsbrief.example",
        mail_from="redactie@nieuwsbrief.example",
        reply_to="vragen@nieuwsbrief.example",
        bounce_domain="bounces.nieuwsbrief.example",
        database_url=database,
        smtp_port=port,
        smtp_connections=1,
        password_cost=CHEAP,
        instance_dir=tmp_path / "instance",
        form_limits=FormLimits(),
    )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {cert} -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,digitalSignature,keyCertSign"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


_dialects: dict[str, Dialect] = {}
_statements: dict[Any, Any] = {}


def share_compiled_statements(engine: Engine) -> None:
    """Compile each statement once for each kind of database, not once for every app: that took a third of the time."""
    if engine.dialect.name not in _dialects:
        with engine.connect():  # it learns what the database can
            _dialects[engine.dialect.name] = engine.dialect
    engine.dialect = _dialects[engine.dialect.name]
    engine.update_execution_options(compiled_cache=_statements)


def write_without_waiting(engine: Engine) -> None:
    """A crash of the machine may cost a test what it wrote to SQLite, as it may on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(
            engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF")
        )


_routes: dict[object, dict[str, Any]] = {}


class SharedRule(Rule):
    """A route that is compiled once, not once for every app: that took a quarter of the time of tests over HTTP."""

    def compile(self) -> None:
        own = (self.rule, self.subdomain, self.merge_slashes, repr(self.defaults))
        if own not in _routes:
            before = dict(vars(self))
            super().compile()
            _routes[own] = {name: made for name, made in vars(self).items() if before.get(name) is not made}
        vars(self).update(_routes[own])


Flask.url_rule_class = SharedRule


class CompiledTemplates(BytecodeCache):
    """Each template is compiled once, not once for every app: that took a third of the time of tests over HTTP."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    with running_app(settings, clock) as app:
        yield app


@contextmanager
def running_app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The app as tests run it, until the block ends."""
    app = create_app(settings, clock)
    with app.app_context():
        write_without_waiting(db.engine)
        share_compiled_statements(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def core(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """What commands and jobs run on, on the database of `app`."""
    core = create_core(settings, clock)
    with core.app_context():
        write_without_waiting(db.engine)
        share_compiled_statements(db.engine)
    yield core
    with core.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for one use case after the other; it stands apart from those of web requests.

    On SQLite an open transaction keeps all other writers out: commit before calling `client`.
    """
    with app.app_context(), Session(db.engine) as session:
        yield session


@pytest.fixture
def stored(app: Flask) -> Callable[[], AbstractContextManager[Session]]:
    """For tests over HTTP: `with stored() as session:` reads or writes between requests, and commits."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with app.app_context(), Session(db.engine) as session:
            yield session
            session.commit()

    return open_session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript: keeps cookies, follows nothing by itself; speaks https."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_HOST"] = "nieuwsbrief.example"
    return client


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failure: something that must be there was not."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
