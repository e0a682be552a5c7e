"""Bringing the tables of another database up to date, within a command that is about two."""

from dataclasses import replace

from flask_migrate import upgrade
from sqlalchemy import Engine

from newsletter_service.backups.service import Upgrade
from newsletter_service.core import create_core
from newsletter_service.db import db
from newsletter_service.migrations import init_migrations
from newsletter_service.settings import Settings


def upgrader(settings: Settings) -> Upgrade:
    """Runs the migrations on a database, as `newsletter db upgrade` does."""

    def bring_up_to_date(engine: Engine) -> None:
        url = engine.url.render_as_string(hide_password=False)
        app = create_core(replace(settings, database_url=url))
        init_migrations(app)
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()

    return bring_up_to_date
