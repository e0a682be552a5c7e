"""The lock of the one scheduler lies in the server of the database, and is taken again when a connection was lost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from newsletter_service.db import open_engine
from scheduled_jobs.__main__ import run_job
from scheduled_jobs.only_one import AlreadyRunning, only_scheduler
from scheduled_jobs.schedule import Job
from tests.chaos.databases import new_postgresql
from tests.chaos.kills import free_port
from tests.postgresql import Cluster


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    with cluster.lent_database("template_newsletter") as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def cut_all_connections(engine: Engine) -> None:
    engine.dispose()
    with create_engine(engine.url, poolclass=NullPool).connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_lock_whose_connection_was_cut_is_taken_again(engine: Engine) -> None:
    with only_scheduler(engine) as is_ours:
        cut_all_connections(engine)
        assert is_ours()
        with pytest.raises(AlreadyRunning), only_scheduler(engine):
            pass
    with only_scheduler(engine) as is_ours:
        assert is_ours()


def test_a_lock_that_another_scheduler_took_meanwhile_is_waited_for(engine: Engine) -> None:
    with only_scheduler(engine) as is_ours:
        cut_all_connections(engine)
        with only_scheduler(engine) as is_theirs:
            assert not is_ours()
            assert is_theirs()
        assert is_ours()


def test_a_server_that_starts_again_has_one_scheduler_again() -> None:
    with new_postgresql(free_port()) as server:
        engine = open_engine(server.url)
        with only_scheduler(engine) as is_ours:
            with server.away(), pytest.raises(OperationalError):
                is_ours()
            assert is_ours()
            with pytest.raises(AlreadyRunning), only_scheduler(engine):
                pass
        engine.dispose()


def test_no_job_runs_while_another_scheduler_has_the_lock(app: Flask) -> None:
    done: list[str] = []

    def run() -> str:
        done.append("ran")
        return ""

    run_job(app, Job("probe", 5, run), lambda: False)
    assert done == []
    run_job(app, Job("probe", 5, run), lambda: True)
    assert done == ["ran"]
