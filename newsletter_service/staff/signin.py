"""Accounts, roles and password hashes by Flask-Security; its pages, tokens and loaders are not used.

Its routes are not registered, so nothing of it can be reached; signing in is staff/access. Flask-Login asks our
loader for the session behind a cookie, and nothing else: no token in an address, a header or a body, no cookie that
outlives the browser.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Request
from flask_security import Security, SQLAlchemyUserDatastore

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.staff.access.carrying import STAMP, init_carrying
from newsletter_service.staff.access.rules import WARN_BEFORE
from newsletter_service.staff.access.sessions import load_user, page_stamp, session_ends
from newsletter_service.staff.access.views import door
from newsletter_service.staff.models import Role, User

_MODELS: tuple[Any, Any] = User, Role
"""They have what the library reads of them, and not its base classes."""
_COOKIE_IS_READ_FOR = timedelta(days=7)
"""A session ends much earlier, by the database; what its cookie still says then lets what was typed be kept."""


def init_signin(app: Flask, pepper: str, memory: int, passes: int, lanes: int) -> None:
    """Add /redactie/inloggen and /redactie/uitloggen to `app`, and the session behind each request.

    A password is hashed with `pepper`, a key that never changes, in `memory` KiB, `passes` times over, in `lanes`
    beside each other.
    """
    app.config.update(_options(pepper))
    app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {
        "argon2__memory_cost": memory,
        "argon2__time_cost": passes,
        "argon2__parallelism": lanes,
    }
    security = Security()
    security.init_app(app, SQLAlchemyUserDatastore(db, *_MODELS), register_blueprint=False)
    security.login_manager.user_loader(load_user)
    security.login_manager.request_loader(_nobody)
    app.jinja_env.globals.update(
        page_stamp=page_stamp,
        session_ends=session_ends,
        session_now=lambda: services().clock(),
        SESSION_WARN_SECONDS=int(WARN_BEFORE.total_seconds()),
        STAMP=STAMP,
    )
    app.register_blueprint(door)
    init_carrying(app)


def _nobody(_request: Request) -> None:
    """Who a request without a session is by, whatever else it brings."""


def _options(pepper: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SALT": sha256(f"passwords:{pepper}".encode()).hexdigest(),
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "FLASH_MESSAGES": False,
        "STATIC_FOLDER": None,
        # Accounts are made by `newsletter staff add`, which knows our rules.
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }
    return {f"SECURITY_{name}": value for name, value in options.items()} | {
        "PERMANENT_SESSION_LIFETIME": _COOKIE_IS_READ_FOR,
        "SESSION_PROTECTION": None,
    }
