"""How much a request may bring along: checked before anything is read of it."""

from flask import Flask, request, session

from newsletter_service.web.areas import is_staff_page

KILOBYTE = 1024
SIGN_IN = 8 * KILOBYTE
PUBLIC = 64 * KILOBYTE
STAFF = 12 * KILOBYTE * KILOBYTE
"""What the largest picture needs, with the texts beside it."""
SIGN_IN_PATH = "/redactie/inloggen"


def init_limits(app: Flask) -> None:
    """Bound the bodies that `app` reads, by who sends them where."""
    app.config["MAX_CONTENT_LENGTH"] = PUBLIC

    @app.before_request
    def _bound() -> None:
        request.max_content_length = _limit()


def _limit() -> int:
    """Anybody may post, and all that strangers have to say is a few lines; who signed in once brings pictures.

    The cookie is signed, so nobody has one with an account's session in it who was never let in. Whether that
    session still lives is asked later: what was typed in one that just ended is kept (see staff/access).
    """
    if request.path.rstrip("/") == SIGN_IN_PATH:
        return SIGN_IN
    return STAFF if is_staff_page() and "_user_id" in session else PUBLIC
