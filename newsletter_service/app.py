"""The only place that wires parts together."""

import sys
from collections.abc import Callable
from datetime import datetime

from flask import Flask

from config import Settings, SettingsError
from newsletter_service.archive.views import archive
from newsletter_service.db import init_db
from newsletter_service.demo.views import demo
from newsletter_service.editions.commands import edition_commands
from newsletter_service.editions.views import editions
from newsletter_service.editorial.pictures import pictures
from newsletter_service.editorial.views import editorial
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links import Links
from newsletter_service.logs import init_logs
from newsletter_service.metrics import metrics
from newsletter_service.moments import utc_now
from newsletter_service.seeding import seed
from newsletter_service.sending import limits, smtp_server
from newsletter_service.staff.commands import staff_commands
from newsletter_service.staff.signin import init_signin
from newsletter_service.staff.views import staff
from newsletter_service.subscriptions.commands import subscriber_commands
from newsletter_service.subscriptions.views import readers
from newsletter_service.tokens import Tokens
from newsletter_service.web import init_web
from newsletter_service.web.csrf import csrf
from newsletter_service.web.parts import Parts


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """A ready application for `settings`; tests pass a `clock` of their own."""
    app = Flask(
        __name__,
        template_folder=str(settings.templates_dir / "web"),
        static_folder=None,
        instance_path=str(settings.instance_dir),
    )
    app.config.update(SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=12 * 1024 * 1024)
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    init_db(app, settings.database_url)
    app.extensions["newsletter"] = _parts(settings, clock)
    init_web(app, https=settings.base_url.startswith("https://"))
    init_signin(app)
    for blueprint in (readers, staff, editorial, pictures, editions, archive, metrics):
        app.register_blueprint(blueprint)
    csrf.exempt(readers)
    if settings.demo:
        app.register_blueprint(demo)
    for commands in (staff_commands, edition_commands, subscriber_commands, seed):
        app.cli.add_command(commands)
    return app


def create_app_from_env() -> Flask:
    """The application that the environment describes; ends the process with one clear line per problem."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.exit(str(error))
    init_logs(settings.log_format)
    return create_app(settings)


def _parts(settings: Settings, clock: Callable[[], datetime]) -> Parts:
    tokens = Tokens(settings.secret_key)
    return Parts(
        clock=clock,
        tokens=tokens,
        links=Links(settings.base_url, tokens),
        renderer=LetterRenderer(settings.templates_dir / "email"),
        smtp=smtp_server(settings),
        limits=limits(settings),
        on_uncertain=settings.smtp_on_uncertain,
        mail_from=settings.mail_from,
        reply_to=settings.reply_to,
        bounce_domain=settings.bounce_domain,
        secret_key=settings.secret_key,
        metrics_token=settings.metrics_token,
        demo=settings.demo,
    )
