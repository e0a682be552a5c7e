"""What `make run` starts: the database, invented content, web, scheduler and mail catcher, until Ctrl-C."""

import os
import shutil
import socket
import sys
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from honcho.manager import Manager

from newsletter_service.app import create_app_from_env
from newsletter_service.db import unit_of_work
from newsletter_service.demo.load import PASSWORD, STAFF, load_demo
from newsletter_service.web.parts import parts

WEB_PORT = int(os.environ.get("DEMO_WEB_PORT", "8000"))
MAIL_PORT = int(os.environ.get("DEMO_MAIL_PORT", "1025"))


def main() -> None:
    """Set up what is missing and run everything; the exit code says whether all of it ended as asked."""
    os.environ.update(DEMO="1", SMTP_PORT=str(MAIL_PORT), PYTHONUNBUFFERED="1")
    os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{WEB_PORT}")
    for port in (WEB_PORT, MAIL_PORT):
        _check_free(port)
    app = create_app_from_env()
    if os.environ.get("FRESH") not in (None, "", "0"):
        _start_over(Path(app.instance_path))
        app = create_app_from_env()
    _set_up(app)
    _say_where(os.environ["BASE_URL"])
    sys.exit(_run(Path(app.instance_path) / "mail"))


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} on 127.0.0.1 is in use. Stop what listens there, then try again.")


def _start_over(instance_dir: Path) -> None:
    """Throw away the demonstration's own database and mails, nothing else."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("FRESH=1 clears only the database under instance/; DATABASE_URL names another one.")
    for file in instance_dir.glob("newsletter.sqlite3*"):
        file.unlink()
    shutil.rmtree(instance_dir / "mail", ignore_errors=True)


def _set_up(app: Flask) -> None:
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            fresh = load_demo(session, parts().clock(), demo=parts().demo)
    print(
        "Invented content loaded." if fresh else "Going on where the last run stopped; FRESH=1 starts over."
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
""",
        flush=True,
    )


def _run(mail_folder: Path) -> int:
    python = sys.executable
    manager = Manager()
    manager.add_process(
        "web",
        f"{python} -m gunicorn --bind 127.0.0.1:{WEB_PORT} --workers 2 --threads 4 --log-level warning wsgi:app",
    )
    manager.add_process("scheduler", f"{python} -m scheduled_jobs")
    manager.add_process("mail", f"{python} -m newsletter_service.demo.catcher {mail_folder} {MAIL_PORT}")
    manager.loop()
    # honcho reports the signal a child ended by as its code; ended by our own Ctrl-C is ended well.
    return 0 if manager.returncode in (0, -2, -15, 130, 143) else 1


if __name__ == "__main__":
    main()
