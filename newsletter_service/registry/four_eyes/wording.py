"""What a request does, in sentences."""

from collections.abc import Mapping

from flask_babel import gettext as _

from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.web.formatting import number_text


def what_it_does(request: ActRequest, segments: Mapping[str, str]) -> str:
    """Exactly what is done once it is accepted; `segments` are names by slug."""
    what = request.what
    match request.act:
        case Act.IMPORT:
            added = number_text(what["outcome"].get("added", 0) + what["outcome"].get("confirmed", 0))
            return _(
                "Lijst %(number)s wordt ingelezen: %(added)s lezers erbij.", number=what["list"], added=added
            )
        case Act.EXPORT:
            return _("Wie het vraagt, mag binnen een dag één keer alle lezers meenemen als bestand.")
        case Act.ERASE:
            said = _("Alles over lezer %(number)s wordt gewist.", number=what["reader"])
            return f"{said} {_('Reden:')} {what['reason']}"
        case Act.DOMAINS:
            return _domains(
                what["listed"],
                what["domain"],
                segments.get(what["segment"], what["segment"]),
                what["subdomains"],
            )


def _domains(is_listed: bool, domain: str, segment: str, subdomains: bool) -> str:
    if not is_listed:
        return _("%(domain)s gaat van de lijst van %(segment)s.", domain=domain, segment=segment)
    if subdomains:
        return _(
            "%(domain)s, met alles eronder, komt op de lijst van %(segment)s.", domain=domain, segment=segment
        )
    return _("%(domain)s komt op de lijst van %(segment)s.", domain=domain, segment=segment)
