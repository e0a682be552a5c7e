"""One table turns what went wrong into a page that says, in plain words, what happened and what to do."""

from types import TracebackType

from flask import Flask, Response, current_app, g, render_template, request
from flask.globals import request_ctx
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from newsletter_service.db import db, read_only, words_of
from newsletter_service.errors import Conflict, Invalid, NewsletterError, NotAllowed, NotFound
from newsletter_service.files.full_disk import is_full_disk
from newsletter_service.operations.outages import Outage
from newsletter_service.web.transactions import WITHOUT_DATABASE

STATUS: dict[type[NewsletterError], int] = {Invalid: 400, NotAllowed: 403, NotFound: 404, Conflict: 409}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503, 507})
_Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_OUTAGE = "newsletter_database_outage"


def init_errors(app: Flask) -> None:
    """Answer errors in `app` with pages."""
    app.extensions[_OUTAGE] = Outage(app.logger, "the database is away")
    app.after_request(_database_is_back)
    app.log_exception = _log_exception  # type: ignore[method-assign,assignment]  # Flask's own names the address
    app.register_error_handler(NewsletterError, _known)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, http_page)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _known(error: NewsletterError) -> tuple[str, int]:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    current_app.logger.info("%s %s: %s", request.method, request.endpoint, type(error).__name__)
    return _page(status)


def _stale(_error: StaleDataError) -> tuple[str, int]:
    """Two people saved the same thing at the same moment: the second is told."""
    return _page(409)


def http_page(error: HTTPException) -> HTTPException | tuple[str, int, list[tuple[str, str]]]:
    """Pages for what Flask refuses, with headers such as Allow kept; redirects stay what they are."""
    status = error.code or 500
    # A host that is none makes no addresses, and without those there is no page of ours.
    if status < 400 or request_ctx.url_adapter is None:
        return error
    headers = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    return *_page(status), headers


def _database_away(error: OperationalError) -> tuple[str, int]:
    database_outage().note(words_of(error))
    return plain_page(507 if is_full_disk(error) else 503)


def _database_is_back(response: Response) -> Response:
    if response.status_code < 500 and request.endpoint and request.endpoint not in WITHOUT_DATABASE:
        database_outage().over()
    return response


def database_outage() -> Outage:
    """What this process says of a database that does not answer."""
    outage: Outage = current_app.extensions[_OUTAGE]
    return outage


def _unexpected(error: Exception) -> tuple[str, int]:
    """Logs the endpoint rather than the address, which may hold a reader's token."""
    if is_full_disk(error):
        current_app.logger.error("%s %s: the disk is full", request.method, request.endpoint)
        return plain_page(507)
    if current_app.testing or current_app.debug:
        raise error
    _log_exception((type(error), error, error.__traceback__))
    return plain_page(500)


def _log_exception(failure: _Failure) -> None:
    current_app.logger.error("%s %s failed", request.method, request.endpoint, exc_info=failure)


def _page(status: int) -> tuple[str, int]:
    """An error page in the look of the part of the site it happened in; reads, never writes."""
    if status >= 500:
        return plain_page(status)
    db.session.rollback()
    read_only()
    return render_template(_template(status, fallback=400)), status


def plain_page(status: int, name: str = "") -> tuple[str, int]:
    """A page that needs no database: rendered without the values that are given to all other pages.

    `name` is its template, if it is not that of the status.
    """
    g.database_failed = True
    template = current_app.jinja_env.get_template(name or _template(status, fallback=500))
    return template.render(), status


def _template(status: int, fallback: int) -> str:
    return f"errors/{status if status in PAGES else fallback}.html"
