"""The language and the zone of a page.

A reader's language is in the address (`?taal=en`) or that of the reader behind a token: there is no cookie.
Staff see the language of their account; before they are signed in, that of the address too.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale, refresh
from flask_login import current_user

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.files.locations import TRANSLATIONS
from newsletter_service.languages import DEFAULT_LANGUAGE, LANGUAGES, Language, is_language
from newsletter_service.web.areas import is_staff_page
from newsletter_service.web.headers import VERSIONED

PARAMETER = "taal"

babel = Babel()


def init_locale(app: Flask) -> None:
    """Let `app` speak the language of the person who is looking."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone=DEFAULT_ZONE,
        locale_selector=_choose,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(language=language, language_links=language_links)
    app.url_defaults(_keep_language)


def language() -> Language:
    """The language of the page being made: nl or en."""
    code = getattr(get_locale(), "language", None)
    return code if is_language(code) else DEFAULT_LANGUAGE


def use_language(chosen: Language, *, just_chosen: bool = False) -> None:
    """From here on, use the language of the subscriber behind a token, or of the person a page was made for.

    What the address asks for goes first, unless the reader has `just_chosen` another.
    """
    g.chosen_language = chosen
    g.asked_language_is_over = just_chosen
    refresh()


def asked_language() -> str | None:
    """The language that the address asks for, if it does."""
    asked = request.args.get(PARAMETER)
    if asked not in LANGUAGES or _staff_language() is not None:
        return None
    return str(g.chosen_language) if g.get("asked_language_is_over") else asked


def language_links() -> list[tuple[str, str, str]]:
    """For a switch on public pages: (code, name, address of this very page in that language).

    What else the address asks is written behind it as it is: to build an address from it could build another.
    """
    endpoint = request.endpoint if request.method in ("GET", "HEAD", "POST") else None
    place = request.view_args or {} if endpoint else {}
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    rest = f"&{urlencode(others, safe='/')}" if others else ""
    return [
        (code, name, url_for(endpoint or "front.home", **{**place, PARAMETER: code}) + rest)
        for code, name in LANGUAGES.items()
    ]


def _choose() -> str:
    if not has_request_context():
        return DEFAULT_LANGUAGE
    return _staff_language() or asked_language() or g.get("chosen_language") or DEFAULT_LANGUAGE


def _staff_language() -> str | None:
    """The language of the signed-in user, on a page for staff; a page about a failing database asks nobody."""
    if not is_staff_page() or g.get("database_failed") or not hasattr(current_app, "login_manager"):
        return None
    chosen = getattr(current_user, "language", None)
    return chosen if chosen in LANGUAGES else None


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Links on a page whose address names a language keep it."""
    if has_request_context() and endpoint not in VERSIONED:
        asked = asked_language()
        if asked is not None:
            values.setdefault(PARAMETER, asked)
