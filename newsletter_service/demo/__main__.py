"""What `make run` starts: the database, invented content, web, scheduler and mail catcher, until Ctrl-C."""

import os
import shlex
import shutil
import signal
import socket
import sys
from pathlib import Path

from flask import Flask, current_app
from flask_migrate import upgrade
from honcho.manager import SIGNALS, Manager
from honcho.printer import Printer
from sqlalchemy import inspect

from newsletter_service.app import create_app
from newsletter_service.db import db, unit_of_work
from newsletter_service.demo.load import PASSWORD, STAFF, NotADemo, load_demo, refuse_other_data
from newsletter_service.migrations import init_migrations
from newsletter_service.services import services
from newsletter_service.startup import start
from newsletter_service.web.server.commands import gunicorn

HOST = "127.0.0.1"
WEB_PORT = int(os.environ.get("DEMO_WEB_PORT", "8000"))
MAIL_PORT = int(os.environ.get("DEMO_MAIL_PORT", "1025"))
_AGAIN_SECONDS = 0.1


def main() -> None:
    """Set up what is missing and run everything; the exit code is 0 if it ended because somebody said so."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream, as we started it
    try:
        app = _set_up()
    except KeyboardInterrupt:
        sys.exit("Stopped before anything was started.")
    _say_where(os.environ["BASE_URL"])
    sys.exit(_run(Path(app.instance_path) / "mail"))


def _set_up() -> Flask:
    for port in (WEB_PORT, MAIL_PORT):
        _check_free(port)
    _settle_environment()
    app = create_app(start())
    if os.environ.get("FRESH") not in (None, "", "0"):
        _start_over(Path(app.instance_path))
    with app.app_context():
        try:
            fresh = _fill()
        except NotADemo as error:
            sys.exit(str(error))
    print(
        "Invented content loaded." if fresh else "Going on where the last run stopped; FRESH=1 starts over."
    )
    return app


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            sys.exit(f"Port {port} on {HOST} is in use. Stop what listens there, then try again.")


def _settle_environment() -> None:
    """Make this and all child processes a demonstration that mails nobody but its own catcher."""
    os.environ.update(
        DEMO="1",
        BASE_URL=f"http://{HOST}:{WEB_PORT}",
        SMTP_HOST=HOST,
        SMTP_PORT=str(MAIL_PORT),
        SMTP_SECURITY="none",
        SMTP_USERNAME="",
        PYTHONUNBUFFERED="1",
    )


def _start_over(instance_dir: Path) -> None:
    """Throw away the demonstration's own database and mails, nothing else."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("FRESH=1 clears only the demonstration's own database; DATABASE_URL names another one.")
    for file in instance_dir.glob("newsletter.sqlite3*"):
        file.unlink()
    shutil.rmtree(instance_dir / "mail", ignore_errors=True)


def _fill() -> bool:
    """Bring the database up to date and load what was invented; False if that was there already."""
    if inspect(db.engine).has_table("staff_user"):
        with unit_of_work() as session:
            refuse_other_data(session)
    init_migrations(current_app)
    upgrade()
    with unit_of_work() as session:
        return load_demo(
            session,
            services().clock(),
            suppression_key=services().suppression_key,
            demo=services().demo,
            contact=services().reply_to,
        )


def _say_where(base_url: str) -> None:
    roles = "\n".join(f"    {user.email:32} {', '.join(user.roles)}" for user in STAFF)
    print(
        f"""
  Readers      {base_url}/
  Staff        {base_url}/redactie/      sign in with password: {PASSWORD}
{roles}
  Mailbox      {base_url}/demo/inbox

  In a fresh demo edition 1 is composed and sent by itself within three minutes. Ctrl-C stops everything.
"""
    )


class _Output:
    """Standard output without Python's buffer, which breaks when a signal comes in the middle of a line."""

    def write(self, text: str) -> None:
        os.write(1, text.encode())

    def flush(self) -> None:
        """All is written already."""

    def isatty(self) -> bool:
        return os.isatty(1)


class Processes(Manager):  # type: ignore[misc]  # honcho has no types
    """Honcho's manager, which may be told to end before each process has said that it began."""

    def terminate(self) -> None:
        """End all processes, as soon as they can be told: until then their numbers are not known."""
        if self._all_started():
            super().terminate()
        else:
            signal.signal(signal.SIGALRM, lambda *_: self.terminate())
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)


def _run(mail_folder: Path) -> int:
    manager = Processes(Printer(_Output()))
    python = [sys.executable, "-m"]
    for name, command in (
        ("mail", [*python, "newsletter_service.demo.catcher", str(mail_folder), str(MAIL_PORT)]),
        ("web", gunicorn("--bind", f"{HOST}:{WEB_PORT}", "--log-level", "warning")),
        ("scheduler", [*python, "scheduled_jobs"]),
    ):
        manager.add_process(name, f"exec {shlex.join(command)}")
    # The children have sessions of their own: a closed terminal reaches only us, and would leave them behind.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    if manager.returncode in {asked["rc"] for asked in SIGNALS.values()}:
        return 0
    print("One of the parts ended by itself (see above), so the others were stopped too.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
