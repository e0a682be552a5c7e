"""What every page says about the site itself, and the addresses of its static files."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, g, url_for
from flask_babel import gettext as _

from newsletter_service.db import db
from newsletter_service.errors import NotFound
from newsletter_service.letters.motif import motif
from newsletter_service.letters.values import Publisher
from newsletter_service.publisher.service import newsletter, publishers
from newsletter_service.services import services
from newsletter_service.web import livery, sheets
from newsletter_service.web.locale import language

STATIC = Path(__file__).resolve().parent / "static"


@dataclass(frozen=True)
class Site:
    """The newsletter as pages introduce it; its publishers in their fixed order."""

    name: str
    tagline: str = ""
    postal_address: str = ""
    publishers: tuple[Publisher, ...] = ()


def init_site(app: Flask) -> None:
    """Give the templates of `app` the site itself, its addresses of files, and its motif."""
    app.jinja_env.globals.update(
        site=site,
        static_url=static_url,
        sheet_url=sheet_url,
        own_url=own_url,
        shared_url=shared_url,
        motif=motif,
    )


def site() -> Site:
    """The newsletter, read once a request; a nameless one before it is set up."""
    if "site" not in g:
        g.site = _read()
    found: Site = g.site
    return found


def static_url(filename: str) -> str:
    """The address of a static file, with a hash of its contents: a new version is a new address."""
    return url_for("web.static", filename=filename, v=_digest(filename))


def sheet_url(name: str) -> str:
    """The address of a style sheet of web.sheets; a new version is a new address."""
    return url_for("web.style_sheet", name=name, v=sheets.digest(name))


def own_url(name: str) -> str:
    """The address of what is made of the organisations' colours (huisstijl, merk, deel): others are a new address."""
    return url_for(f"web.{name}", v=livery.digest(site().publishers))


def shared_url(address: str) -> str:
    """An address of this site for programs elsewhere, which need all of it."""
    return services().links.base_url + address


def _read() -> Site:
    try:
        row = newsletter(db.session())
    except NotFound:
        return Site(_("Nieuwsbrief"))
    return Site(row.name, row.tagline(language()), row.postal_address, publishers(db.session()))


@cache
def _digest(filename: str) -> str:
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:12]
