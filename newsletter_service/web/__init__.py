"""What all pages share: locale, security headers, error pages, form helpers, static files."""

from flask import Flask

from newsletter_service.web.asked import RowNumber
from newsletter_service.web.errors import init_errors
from newsletter_service.web.formatting import init_formatting
from newsletter_service.web.forms.csrf import init_csrf
from newsletter_service.web.forms.once import init_once
from newsletter_service.web.headers import init_headers
from newsletter_service.web.limits import init_limits
from newsletter_service.web.locale import init_locale
from newsletter_service.web.sessions import StaffSessions
from newsletter_service.web.site import init_site
from newsletter_service.web.transactions import init_transactions
from newsletter_service.web.views import web


def init_web(app: Flask, https: bool) -> None:
    """Add to `app` what all pages share; `https` says whether readers reach it over TLS."""
    app.url_map.converters["int"] = RowNumber
    # Where an address ends in a slash too many it is the same page, and never a redirect: a POST would be lost with it.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config.update(
        SESSION_COOKIE_NAME="redactie",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    init_limits(app)
    app.session_interface = StaffSessions()
    init_transactions(app)
    init_locale(app)
    init_formatting(app)
    init_site(app)
    init_once(app)
    init_headers(app, https)
    init_errors(app)
    init_csrf(app)
    app.register_blueprint(web)
