"""`newsletter … | head`: whoever stops listening undoes nothing, and sees no traceback."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.clock import utc_now
from newsletter_service.db import db
from newsletter_service.demo.load import load_demo
from newsletter_service.editions.models import Edition
from newsletter_service.services import services
from newsletter_service.settings import Settings
from tests.environment import environment_of
from tests.smtp_server import RecordingServer

ROOT = Path(__file__).parents[3]
NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
COMMANDS = sorted(
    path
    for folder in ("newsletter_service", "scheduled_jobs")
    for path in (ROOT / folder).rglob("*.py")
    if "import click" in path.read_text("utf-8")
)


@pytest.fixture
def environment(settings: Settings, app: Flask, smtp: RecordingServer) -> dict[str, str]:
    """Of the invented region."""
    with app.app_context(), Session(db.engine) as session:
        load_demo(session, utc_now(), suppression_key=services().suppression_key, demo=True)
        session.commit()
    return environment_of(settings)


def into_a_closed_pipe(environment: dict[str, str], *command: str) -> str:
    """What a command says on standard error when nobody reads the rest."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [NEWSLETTER, *command], env=environment, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    return done.stderr.decode()


def test_an_edition_stays_composed_released_and_sent_though_nobody_listens(
    environment: dict[str, str],
    stored: Callable[[], AbstractContextManager[Session]],
    smtp: RecordingServer,
) -> None:
    for command in (("editions", "compose", "1"), ("editions", "release", "1"), ("send",)):
        assert "Traceback" not in into_a_closed_pipe(environment, *command)
        assert "BrokenPipe" not in into_a_closed_pipe(environment, "editions", "list")
    with stored() as session:
        edition = session.scalars(select(Edition).where(Edition.number == 1)).one()
        assert edition.state == "sending"
        assert len(smtp.received) >= (edition.intended or 0) - 20 > 100


def printed_within(tree: ast.AST) -> Iterator[int]:
    """The lines that print inside a `with` that ends a transaction."""
    for block in ast.walk(tree):
        if isinstance(block, ast.With) and any(
            _ends_a_transaction(item.context_expr) for item in block.items
        ):
            for call in ast.walk(block):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("click.echo", "print", "_print"):
                    yield call.lineno


def _ends_a_transaction(opened: ast.expr) -> bool:
    return isinstance(opened, ast.Call) and ast.unparse(opened.func).endswith(("unit_of_work", "_work"))


def test_no_command_prints_before_its_transaction_is_over() -> None:
    assert len(COMMANDS) > 4
    early = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in COMMANDS
        for line in printed_within(ast.parse(path.read_text("utf-8")))
    }
    assert early == set()
