"""Links in forms: in the one form in which they go out, or refused with a word about why."""

from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form, ValidationError

from newsletter_service.letters.links.addresses import without_identities
from newsletter_service.letters.links.rules import Refusal, judge
from newsletter_service.letters.review import refused_links


def as_it_goes_out(value: Any) -> Any:
    """For `filters`: an address as readers get it; one that is refused stays as it was typed."""
    return judge(value).url or value if isinstance(value, str) else value


def naming_nobody(value: Any) -> Any:
    """For `filters`: a text whose addresses do not tell who passed them on, or who clicks."""
    return without_identities(value) if isinstance(value, str) else value


def acceptable_link(_form: Form, field: Field) -> None:
    """For `validators`: an address that a letter may link to."""
    refusal = judge(field.data).refusal if field.data else None
    if refusal is not None:
        raise ValidationError(_why(refusal))


def acceptable_links(_form: Form, field: Field) -> None:
    """For `validators`: a Markdown text without links that mislead or that no reader may be sent to."""
    refused = refused_links(field.data or "")
    if refused:
        typed, why = refused[0]
        raise ValidationError(_("De link “%(link)s” kan niet mee. %(why)s", link=typed, why=_why(why)))


def _why(refusal: Refusal) -> str:
    return {
        Refusal.SCHEME: _("Een link begint met https://, mailto: of tel:."),
        Refusal.USER: _(
            "Voor de naam van de website staat nog iets met een @ erachter. Zo lijkt de link ergens anders heen "
            "te gaan dan hij doet. Haal dat weg."
        ),
        Refusal.HOST: _("Er staat geen goede naam van een website in, zoals www.gemeente.nl."),
        Refusal.PHONE: _("Schrijf een telefoonnummer als tel:+31101234567."),
        Refusal.ADDRESS: _("Vul een volledig adres in dat begint met https://."),
    }[refusal]
