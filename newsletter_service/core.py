"""The service without its pages: what commands and scheduled jobs run on, in half the time and a fifth less memory."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from newsletter_service.clock import utc_now
from newsletter_service.db import db, init_db
from newsletter_service.files.private import private_folder
from newsletter_service.front.service import prospect
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.mail_settings import delivery_config, letter_renderer
from newsletter_service.services import Services
from newsletter_service.settings import Settings
from newsletter_service.startup import start


def create_core(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """An application with its database and its parts, but nothing to visit."""
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance_dir))
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.secret_key_fallbacks)
    private_folder(settings.instance_dir)
    init_db(app, settings.database_url)
    with app.app_context():
        app.extensions["newsletter"] = _services(settings, clock)
    return app


def create_core_from_env() -> Flask:
    """The same as the environment describes it; ends the process with one clear line per problem."""
    return create_core(start())


def _services(settings: Settings, clock: Callable[[], datetime]) -> Services:
    tokens = Tokens(settings.keys)
    return Services(
        clock=clock,
        tokens=tokens,
        links=Links(settings.base_url, tokens),
        renderer=letter_renderer(settings),
        delivery=delivery_config(settings, db.engine, clock),
        mail_from=settings.mail_from,
        reply_to=settings.reply_to,
        bounce_mailbox=settings.bounce_mailbox,
        keys=settings.keys,
        suppression_key=settings.suppression_key,
        form_limits=settings.form_limits,
        prospects=prospect,
        metrics_token=settings.metrics_token,
        second_factor_required=settings.second_factor_required,
        identity_provider=settings.identity_provider,
        demo=settings.demo,
        instance_dir=settings.instance_dir,
        nightly_backup=settings.nightly_backup,
    )
