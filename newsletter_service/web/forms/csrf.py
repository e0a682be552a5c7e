"""Every POST carries a token of the session; readers' pages are exempt.

Readers have no cookie, so there is no authority that another site could make their browser use: the token in
the address of their page is all they have, and somebody who knows that needs no forged request.
"""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    """Refuse POSTs to `app` without a valid token, but for blueprints given to `csrf.exempt`."""
    app.config.update(
        # A form that somebody worked on all afternoon must still save: the token lasts like the session.
        WTF_CSRF_TIME_LIMIT=None,
        # A form that was on a screen while the key changed still saves. The last key is the one that signs.
        WTF_CSRF_SECRET_KEY=[*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]],
        # The check of the Referer header cannot work: our Referrer-Policy makes browsers leave it out.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
