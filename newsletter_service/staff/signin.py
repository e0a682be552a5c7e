"""Sign-in by Flask-Security, in our own words and on our own pages."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.forms import LoginForm
from flask_security.utils import validate_redirect_url
from wtforms import BooleanField, EmailField, Field, PasswordField, SubmitField
from wtforms.validators import InputRequired

from newsletter_service.db import db
from newsletter_service.staff.models import Role, User

_REFUSED = _l("Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het nog eens.")
_MESSAGES = {
    "INVALID_PASSWORD": (_REFUSED, "error"),
    "USER_DOES_NOT_EXIST": (_REFUSED, "error"),
    "DISABLED_ACCOUNT": (_l("Dit account is gesloten. Vraag uw beheerder om hulp."), "error"),
    "UNAUTHENTICATED": (_l("Log in om deze pagina te zien."), "error"),
    "UNAUTHORIZED": (_l("Met uw account kunt u deze pagina niet zien."), "error"),
}


class SignInForm(LoginForm):
    """Address and password; whoever closes the browser is signed out."""

    email = EmailField(_l("E-mailadres"), validators=[InputRequired(_l("Vul uw e-mailadres in."))])
    password = PasswordField(_l("Wachtwoord"), validators=[InputRequired(_l("Vul uw wachtwoord in."))])
    remember = BooleanField(default=False)
    submit = SubmitField(_l("Inloggen"))

    def validate_next(self, field: Field) -> None:
        """Forget an address on another site; signing in itself can go on."""
        if not validate_redirect_url(field.data):
            field.data = ""

    def validate(self, **options: Any) -> bool:
        """Say the same of an unknown address and of a wrong password, beside neither of the two."""
        if super().validate(**options):
            return True
        if self.email.data and self.password.data and not self.user_authenticated:
            self.email.errors, self.password.errors = [], []
            self.form_errors.append(_REFUSED)
        return False


def init_signin(app: Flask, memory: int, passes: int, lanes: int) -> None:
    """Add /redactie/inloggen and /redactie/uitloggen to `app`, and nothing else of Flask-Security.

    A password is hashed in `memory` KiB, `passes` times over, in `lanes` beside each other.
    """
    app.config.update(_options(app))
    app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {
        "argon2__memory_cost": memory,
        "argon2__time_cost": passes,
        "argon2__parallelism": lanes,
    }
    security = Security()
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role), login_form=SignInForm)


def _options(app: Flask) -> dict[str, Any]:
    options: dict[str, Any] = {
        "URL_PREFIX": "/redactie",
        "LOGIN_URL": "/inloggen",
        "LOGOUT_URL": "/uitloggen",
        "LOGOUT_METHODS": ["POST"],
        "POST_LOGIN_VIEW": "/redactie/",
        "POST_LOGOUT_VIEW": "/redactie/inloggen",
        "LOGIN_USER_TEMPLATE": "staff/sign_in.html",
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SALT": sha256(f"passwords:{app.config['SECRET_KEY']}".encode()).hexdigest(),
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SEND_REGISTER_EMAIL": False,
        "DEFAULT_REMEMBER_ME": False,
        "FLASH_MESSAGES": False,
        "STATIC_FOLDER": None,
        # Accounts are made by `newsletter staff add`, which knows our rules.
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "FRESHNESS": timedelta(seconds=-1),
    }
    options |= {f"MSG_{name}": message for name, message in _MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in options.items()} | {
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12)
    }
