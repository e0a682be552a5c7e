"""/redactie/stijl: every component of pages, in light and in dark. Registered only in a demonstration."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from newsletter_service.archive.views import Notice
from newsletter_service.conversations.rules import Part, Side
from newsletter_service.conversations.views import Choosing
from newsletter_service.editions.results import wording as words
from newsletter_service.editions.service import Statement
from newsletter_service.editorial.likeness.passages import Passage
from newsletter_service.errors import NotFound
from newsletter_service.letters.cards import lone_card
from newsletter_service.letters.values import Card, Picture, Tag
from newsletter_service.services import services
from newsletter_service.staff.guards import staff_only
from newsletter_service.subscriptions.claims.wording import Evident, Line
from newsletter_service.subscriptions.forms import SignUpForm
from newsletter_service.subscriptions.verification.rules import ClaimState
from newsletter_service.subscriptions.verification.wording import Check
from newsletter_service.web import livery
from newsletter_service.web.forms.conflicts import Clash
from newsletter_service.web.headers import framed, mail_preview_response, settled
from newsletter_service.web.locale import language
from newsletter_service.web.sheets import sheet
from newsletter_service.web.site import own_url, site

SIDES = {"public": "lezers", "staff": "redactie"}
SCHEMES = ("light", "dark")
_PICTURE = (1200, 630)  # that of shares, which every newsletter has

style = staff_only(Blueprint("style", __name__, url_prefix="/redactie/stijl"))


@style.get("/")
def show() -> str:
    """The components of both sides, each in light and in dark."""
    return render_template("demo/style.html", sides=SIDES, schemes=SCHEMES)


@style.get("/<side>")
def components(side: str) -> Response:
    """The components as the readers' pages (public) or those of the desk (staff) show them."""
    if side not in SIDES:
        raise NotFound("there are two sides")
    now = services().clock()
    page = render_template(
        "demo/components.html",
        side=side,
        scheme=_scheme(),
        sheet=SIDES[side],
        now=now,
        words=words,
        numbers=Statement(400, sent=383, failed=3, excluded=3, uncertain=1, open=10),
        form=_form(),
        other=SignUpForm(formdata=None, prefix="ander-", language=language()),
        tags=_tags(),
        card=lone_card(_card(now), language(), language()),
        **_of_readers(now),
    )
    return framed(make_response(page))


@style.get("/brief")
def letter() -> Response:
    """The same card as a letter shows it."""
    html = services().renderer.card_html(_card(services().clock()), language(), site().publishers)
    return mail_preview_response(html, _scheme())


@style.get("/<side>/<scheme>.css")
def sheet_in(side: str, scheme: str) -> Response:
    """The style of a side in one scheme, whatever the browser prefers."""
    if side not in SIDES or scheme not in SCHEMES:
        raise NotFound("there are two sides in two schemes")
    text = settled(sheet(SIDES[side]) + livery.style_sheet(site().publishers), scheme)
    response = make_response(text.replace("color-scheme: light dark", f"color-scheme: {scheme}"))
    response.mimetype = "text/css"
    return response


def _scheme() -> str | None:
    asked = request.args.get("schema")
    return asked if asked in SCHEMES else None


def _form() -> SignUpForm:
    """One with a field that is wrong, and one of every kind."""
    form = SignUpForm(formdata=None, language=language(), address="geen adres")
    form.offer({1: _("Burgemeester"), 2: _("Politie")}, {1: _("Ondermijning"), 2: _("Jeugd")}, {})
    form.address.errors = [_("In een e-mailadres staat een @.")]
    return form


def _tags() -> list[Tag]:
    own = [Tag(one.short_name, place, one.livery) for place, one in enumerate(site().publishers, 1)]
    return [*own, Tag(_("Samen"), 0)]


def _card(now: datetime) -> Card:
    return Card(
        "event",
        _tags()[0],
        _("Een bijeenkomst"),
        _("Een inleiding vertelt in twee regels waar de pagina over gaat."),
        _("Wat ernaast staat, is zachter."),
        "https://gemeente.example/bijeenkomst",
        _("Meld u aan"),
        Picture(own_url("deel"), "", *_PICTURE),
        starts_at=now,
        topics=(_("Jeugd"),),
    )


def _of_readers(now: datetime) -> dict[str, Any]:
    """Claims, checks and what else is said of readers, of people who do not exist."""
    first = Line(
        key="1-1",
        place="",
        name="Noor Zomer",
        address="noor.zomer@gemeente.example",
        domain="gemeente.example",
        organisation="Gemeente Dijkerwaard",
        segment=_("Burgemeester"),
        waited=_("wacht sinds vandaag"),
    )
    second = Line(
        "2-1", "", "Bram Vos", "b.vos@politie.example", "politie.example", "", _("Politie"), first.waited
    )
    return {
        "claims": [first, second],
        "evident": Evident(
            confirmed=_("gecontroleerd"),
            colleagues=_("Geen andere lezers bij dit domein"),
            verified=(),
            earlier=_("Nooit eerder gecontroleerd of afgewezen"),
            until="2027",
        ),
        "undo": {"at": now.isoformat(), "words": _("Een melding")},
        "domains": [
            {"domain": "politie.example", "subdomains": True},
            {"domain": "om.example", "subdomains": False},
        ],
        "checks": [
            Check(_("Burgemeester"), ClaimState.VERIFIED, _("gecontroleerd"), ""),
            Check(_("Politie"), ClaimState.WAITING, _("nog niet gecontroleerd"), ""),
        ],
        "corrections": [Notice("correctie-1", _("Een melding"), Markup("<p>15.00</p>"), now)],
        "choosing": Choosing(
            Part.LEAD,
            _("Onderwerp"),
            (Passage(_("Een melding"), True), Passage(" 1", False)),
            (Passage(_("Een melding"), True), Passage(" 2", False)),
            True,
            Side.FIRST,
        ),
        "clashes": [Clash(_("Onderwerp"), _("Een melding"), "Noor Zomer")],
    }
