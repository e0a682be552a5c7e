"""The whole service: the core with every page."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask

from newsletter_service.administration.mails.views import reader_mails
from newsletter_service.administration.views import administration
from newsletter_service.archive.views import archive
from newsletter_service.clock import utc_now
from newsletter_service.conversations.views import conversations
from newsletter_service.core import create_core
from newsletter_service.demo.style_views import style
from newsletter_service.demo.views import demo
from newsletter_service.documents.terms.views import retention_terms
from newsletter_service.documents.views import documents
from newsletter_service.editions.calendar.feed_views import calendar_feed
from newsletter_service.editions.pages.views import editions
from newsletter_service.editorial.pictures import pictures
from newsletter_service.editorial.views import editorial
from newsletter_service.files.locations import TEMPLATES
from newsletter_service.front.views import front
from newsletter_service.health.views import init_health
from newsletter_service.health.watching import watch
from newsletter_service.metrics import metrics
from newsletter_service.registry.desk.act_views import acts
from newsletter_service.registry.desk.adding_views import adding
from newsletter_service.registry.desk.views import register
from newsletter_service.registry.four_eyes.views import four_eyes
from newsletter_service.registry.returned.views import came_back
from newsletter_service.registry.views import own
from newsletter_service.services import Services
from newsletter_service.settings import Settings
from newsletter_service.setup.views import init_setting_up, setting_up
from newsletter_service.staff.accounts.views import accounts
from newsletter_service.staff.choosing.views import choosing
from newsletter_service.staff.own.views import own_account
from newsletter_service.staff.second_factor.door_views import second_door
from newsletter_service.staff.second_factor.views import second_factor
from newsletter_service.staff.signin import init_signin
from newsletter_service.staff.single_sign_on.views import single_sign_on, told_of_sign_off
from newsletter_service.staff.views import staff
from newsletter_service.standstill.views import standstill
from newsletter_service.startup import start
from newsletter_service.subscriptions.address_changes.views import address_changes
from newsletter_service.subscriptions.allowing.views import allowing
from newsletter_service.subscriptions.claims.views import claims
from newsletter_service.subscriptions.domains.views import segment_domains
from newsletter_service.subscriptions.embedding.views import embedding
from newsletter_service.subscriptions.lists.views import reader_lists
from newsletter_service.subscriptions.pausing.views import pausing
from newsletter_service.subscriptions.reconsent.views import reconsent
from newsletter_service.subscriptions.sign_up_views import signing_up
from newsletter_service.subscriptions.verification.views import still_there
from newsletter_service.subscriptions.views import readers
from newsletter_service.today.views import beginning
from newsletter_service.trail.views import trail
from newsletter_service.web import init_web
from newsletter_service.web.forms.csrf import csrf
from newsletter_service.web.server.gunicorn_conf import BEGINS
from newsletter_service.web.server.proxies import TrustedProxies
from newsletter_service.web.upgrading import init_upgrading


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """A ready application for `settings`; tests pass a `clock` of their own."""
    app = create_core(settings, clock)
    app.template_folder = str(TEMPLATES / "web")
    init_web(app, https=settings.base_url.startswith("https://"))
    init_signin(app, settings.suppression_key, *settings.password_cost)
    for blueprint in (
        front,
        signing_up,
        readers,
        own,
        still_there,
        pausing,
        address_changes,
        allowing,
        reconsent,
        claims,
        segment_domains,
        embedding,
        staff,
        choosing,
        second_door,
        single_sign_on,
        own_account,
        second_factor,
        accounts,
        documents,
        retention_terms,
        beginning,
        editorial,
        conversations,
        pictures,
        editions,
        calendar_feed,
        register,
        acts,
        reader_lists,
        adding,
        came_back,
        four_eyes,
        archive,
        trail,
        metrics,
        standstill,
        setting_up,
        administration,
        reader_mails,
    ):
        app.register_blueprint(blueprint)
    for of_readers in (signing_up, readers, own, still_there, pausing, address_changes, allowing, reconsent):
        csrf.exempt(of_readers)
    csrf.exempt(setting_up)  # nobody is signed in: the code that is typed is all there is to go by
    csrf.exempt(
        told_of_sign_off
    )  # a server sends it, without a cookie: the token that it signed is all there is
    init_health(app)
    if settings.demo:
        app.register_blueprint(demo)
        app.register_blueprint(style)
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # as Flask says
    return app


def create_app_from_env() -> Flask:
    """The application that the environment describes; ends the process with one clear line per problem."""
    app = create_app(start())
    init_upgrading(app)
    wired: Services = app.extensions["newsletter"]
    app.extensions[BEGINS] = partial(watch, wired.delivery, wired.instance_dir, wired.links.staff("toestand"))
    return app


def create_site_from_env() -> Flask:
    """The same for a web server: until the newsletter is set up only the page for that is there."""
    app = create_app_from_env()
    init_setting_up(app)
    wired: Services = app.extensions["newsletter"]
    wired.delivery.engine.dispose()  # workers are forked off this process, and would all talk over its connections
    return app
