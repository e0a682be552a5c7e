"""A real gunicorn without a scheduler beside it: its workers find that out, and one of them says so."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.settings import Settings
from newsletter_service.staff.rules import Role
from tests.attack.server import running_gunicorn
from tests.chaos.waiting import until
from tests.conftest import NOW
from tests.environment import environment_of
from tests.set_up import set_up_region
from tests.smtp_server import RecordingServer
from tests.staff_browser import make_staff

Stored = Callable[[], AbstractContextManager[Session]]
IMPATIENT = """
from datetime import timedelta
from newsletter_service.health import watching
from newsletter_service.web.server.gunicorn_conf import *

watching.SILENT_AFTER = timedelta(seconds=1)
watching._LOOK_SECONDS = 0.2
workers = 3
"""


def test_administrators_get_one_mail_of_all_workers_together(
    app: Flask, stored: Stored, settings: Settings, smtp: RecordingServer, tmp_path: Path
) -> None:
    with stored() as session:
        set_up_region(session, NOW)
        make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")
    (tmp_path / "conf.py").write_text(IMPATIENT)
    environment = environment_of(settings, METRICS_TOKEN="a-token-that-only-tests-know")
    command = (sys.executable, "-m", "gunicorn", "--config", str(tmp_path / "conf.py"), "wsgi:app")
    with running_gunicorn(environment, tmp_path, command) as server:
        until(lambda: smtp.received, lambda: server.said)
        until(lambda: server.ask("GET", "/healthz").status == 503)
        bearer = {"Authorization": "Bearer a-token-that-only-tests-know"}
        assert '"scheduler_silent"' in server.ask("GET", "/healthz", headers=bearer).body
        assert server.ask("GET", "/healthz/pages").body == "ok\n"
    assert [one.recipient for one in smtp.received] == ["bo.beheer@redactie.example"]
    assert smtp.received[0].message["Subject"] == "De planner werkt niet"
    assert "Traceback" not in server.said
