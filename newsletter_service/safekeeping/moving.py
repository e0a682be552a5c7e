"""`newsletter move TARGET`"""

import os

import click
from flask.cli import with_appcontext

from newsletter_service.db import db, open_engine
from newsletter_service.errors import NewsletterError
from newsletter_service.files.private import NotWritable, private_database
from newsletter_service.moving import service
from newsletter_service.safekeeping.upgrading import upgrader
from newsletter_service.services import services
from newsletter_service.settings import Settings, SettingsError


@click.command("move")
@click.argument("target")
@with_appcontext
def move(target: str) -> None:
    """Copy all that is in the database to the empty one at TARGET, which goes on from then on."""
    wired = services()
    try:
        settings = Settings.from_env({**os.environ, "DATABASE_URL": target})
        private_database(settings.database_url)
    except (SettingsError, NotWritable) as error:
        raise click.ClickException(str(error)) from error
    db.session.remove()
    engine = open_engine(settings.database_url)
    try:
        witness, now = wired.delivery.witness, wired.clock()
        moved = service.move(db.engine, engine, upgrader(settings), wired.tokens, witness, now)
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
    finally:
        engine.dispose()
    click.echo(
        f"Moved {sum(moved.rows.values())} rows of {len(moved.rows)} tables; {moved.links} links of readers lead there."
    )
    click.echo("Give it as DATABASE_URL now and start the service again. The old database keeps still.")
