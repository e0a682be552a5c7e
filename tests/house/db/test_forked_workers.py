"""What a web server loads before it forks its workers off brings them nothing that only one process may use."""

import subprocess
import sys
from pathlib import Path

from flask import Flask

from newsletter_service.files.private import private_database
from newsletter_service.settings import Settings
from tests.environment import environment_of

CHECKOUT = Path(__file__).parents[3]
LOADED = """
import os
from pathlib import Path
from wsgi import app
from newsletter_service.db import db
with app.app_context():
    print(db.engine.pool.checkedin(), db.engine.pool.checkedout())
opened = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if int(one.name) > 2 and one.exists()]
print(len(os.listdir("/proc/self/task")), [one for one in opened if one.startswith("socket:") or "newsletter" in one])
"""


def test_a_site_that_is_loaded_keeps_no_connection_file_or_thread_which_its_workers_would_share(
    app: Flask, settings: Settings
) -> None:
    """Two that talk over one connection end each other's transactions; of a thread only what it held comes along."""
    private_database(settings.database_url)
    command = [sys.executable, "-c", LOADED]
    environment = environment_of(settings)
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0 0\n1 []\n"), done.stderr
