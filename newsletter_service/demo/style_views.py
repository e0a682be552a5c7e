"""/redactie/stijl: every component of pages, in light and in dark. Registered only in a demonstration."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _

from newsletter_service.editions.results import wording as words
from newsletter_service.editions.service import Statement
from newsletter_service.errors import NotFound
from newsletter_service.letters.values import Tag
from newsletter_service.services import services
from newsletter_service.staff.guards import staff_only
from newsletter_service.subscriptions.forms import SignUpForm
from newsletter_service.web import livery
from newsletter_service.web.headers import framed, settled
from newsletter_service.web.locale import language
from newsletter_service.web.sheets import sheet
from newsletter_service.web.site import site

SIDES = {"public": "lezers", "staff": "redactie"}
SCHEMES = ("light", "dark")

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
    scheme = request.args.get("schema")
    page = render_template(
        "demo/components.html",
        side=side,
        scheme=scheme if scheme in SCHEMES else None,
        sheet=SIDES[side],
        form=_form(),
        tags=_tags(),
        now=services().clock(),
        numbers=Statement(400, sent=383, failed=3, excluded=3, uncertain=1, open=10),
        words=words,
    )
    return framed(make_response(page))


@style.get("/<side>/<scheme>.css")
def sheet_in(side: str, scheme: str) -> Response:
    """The style of a side in one scheme, whatever the browser prefers."""
    if side not in SIDES or scheme not in SCHEMES:
        raise NotFound("there are two sides in two schemes")
    text = settled(sheet(SIDES[side]) + livery.style_sheet(site().publishers), scheme)
    response = make_response(text.replace("color-scheme: light dark", f"color-scheme: {scheme}"))
    response.mimetype = "text/css"
    return response


def _form() -> SignUpForm:
    """One with a field that is wrong, and one of every kind."""
    form = SignUpForm(formdata=None, language=language(), address="geen adres")
    form.offer({1: _("Burgemeester"), 2: _("Politie")}, {1: _("Ondermijning"), 2: _("Jeugd")}, {})
    form.address.errors = [_("In een e-mailadres staat een @.")]
    return form


def _tags() -> list[Tag]:
    own = [Tag(one.short_name, place, one.livery) for place, one in enumerate(site().publishers, 1)]
    return [*own, Tag(_("Samen"), 0)]
