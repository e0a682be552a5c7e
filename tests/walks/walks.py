"""The walks that the house is judged by: an address to the wire, its reply to the ledger, a release, leaving."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.editions.composing.service import compose_edition, open_next_edition
from newsletter_service.editions.models import Calendar
from newsletter_service.editions.releasing.service import release
from newsletter_service.services import services
from newsletter_service.settings import PasswordCost, Settings
from newsletter_service.subscriptions.models import Subscriber
from tests.factories import make_item, make_newsletter, make_organisation, make_subscriber
from tests.smtp_server import running_smtp_server
from tests.tables import create_tables
from tests.walks.recorder import Step, Walk, recording, walk_of

_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_COMPOSES, _GOES_OUT = _NOW + timedelta(days=1, hours=2), _NOW + timedelta(days=2, hours=23)
_ADDRESS = "lezer@gemeente.example"
_BASE = "https://nieuwsbrief.example"
_FURNITURE = (
    "db.py",
    "services.py",
    "operations/",
    "web/",
    "staff/signin.py",
    "staff/trail/",  # as each transaction commits
    "registry/four_eyes/views.py",  # hands templates a function
    "publisher/",
    "letters/colours.py",
    "letters/motif.py",
    "languages.py",
)
"""What every use case and every page passes through: transactions, wiring, the frame around a page."""


def all_walks(folder: Path) -> Mapping[str, Walk]:
    """The walks by name, taken with real parts: `folder` gets a database, letters go to a real SMTP server."""
    with running_smtp_server() as smtp:
        app = _app(folder, smtp.port)
        with app.app_context():
            releasing = _release()
            with recording(_ADDRESS) as steps:
                send_until_empty(services().delivery)
            path = _link_to_leave()
        to_the_wire, to_the_ledger = _cut_at_the_reply(steps)
        leaving = _leaving(app, path)
    return {
        "worker to wire": walk_of(to_the_wire),
        "reply to ledger": walk_of(to_the_ledger),
        "release": walk_of(releasing, furniture=(*_FURNITURE, "letters/")),  # rendering is a walk of its own
        "unsubscribe": walk_of(leaving, furniture=_FURNITURE),
    }


def _app(folder: Path, smtp_port: int) -> Flask:
    url = f"sqlite:///{folder / 'walks.sqlite3'}"
    engine = create_engine(url)
    create_tables(engine)
    engine.dispose()
    settings = Settings(
        secret_key="a-secret-that-only-walks-know-0123456789",
        base_url=_BASE,
        mail_from="redactie@nieuwsbrief.example",
        reply_to="vragen@nieuwsbrief.example",
        bounce_domain="bounces.nieuwsbrief.example",
        database_url=url,
        smtp_port=smtp_port,
        smtp_connections=1,
        password_cost=PasswordCost(memory=8, passes=1, lanes=1),
        instance_dir=folder / "instance",
    )
    return create_app(settings, lambda: _GOES_OUT)


def _release() -> list[Step]:
    """Compose an edition of two items for one subscriber and release it."""
    with Session(db.engine) as session:
        make_newsletter(session)
        north, south = make_organisation(session, "noord", 1), make_organisation(session, "zuid", 2)
        session.add(
            Calendar(
                first_day=date(2026, 11, 26),
                send_time=time(9),
                closing_time=time(12),
                zone="Europe/Amsterdam",
            )
        )
        make_item(session, north, now=_NOW, title="Ondermijning in het buitengebied")
        make_item(session, south, now=_NOW, title="Nieuwe afspraken over cameratoezicht")
        make_subscriber(session, _ADDRESS, now=_NOW)
        edition = open_next_edition(session, _NOW)
        compose_edition(session, services(), edition, None, _COMPOSES)
        session.commit()
        with recording() as steps:
            release(session, services(), edition, None, _GOES_OUT)
        session.commit()
    return _own(steps)


def _link_to_leave() -> str:
    with Session(db.engine) as session:
        key = session.scalars(select(Subscriber.link_key)).one()
    return services().links.unsubscribe(key).removeprefix(_BASE)


def _leaving(app: Flask, path: str) -> list[Step]:
    """Press the button on the page that a letter links to."""
    client = app.test_client()
    client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    client.get(path)
    with recording() as steps:
        assert client.post(path).status_code == 200
    return _own(steps)


def _cut_at_the_reply(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """What comes before the server's last answer about a letter, and what comes after."""
    reached = next(i for i, step in enumerate(steps) if _is_smtp(step) and not step.outside)
    left = next(i for i in range(reached, len(steps)) if not (steps[i].outside or _is_smtp(steps[i])))
    reply = next(i for i in range(left, reached, -1) if _is_smtp(steps[i]) and steps[i].outside == "recv")
    return _own(steps[:reply]), _own(steps[reply:])


def _is_smtp(step: Step) -> bool:
    return step.file.startswith("smtp/")


def _own(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if not step.outside]
