"""Forms of listed domains."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import InputRequired

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.subscriptions.domains.rules import BadDomain, DomainProblem, parse_domain
from newsletter_service.subscriptions.verification.rules import FEWEST_DAYS, MOST_DAYS
from newsletter_service.web.forms.fields import FILL_IN, Form, NumberField, SelectField

_PROBLEMS = {
    DomainProblem.MALFORMED: _l("Dit is geen domein. Het ziet eruit als gemeente.nl: wat na de @ staat."),
    DomainProblem.PUBLIC_SUFFIX: _l(
        "Onder dit domein kan iedereen een eigen naam nemen. Het bewijst dus niets."
    ),
    DomainProblem.FOR_ANYBODY: _l("Bij dit domein kan iedereen een adres krijgen. Het bewijst dus niets."),
}


class DomainForm(Form):
    """A domain to be listed; after validation `listed` holds it."""

    segment = SelectField(_l("Doelgroep"))
    domain = StringField(_l("Domein"), description=_l("Wat na de @ staat, zoals gemeente.nl."))
    subdomains = BooleanField(_l("Ook alles wat ervoor staat, zoals afdeling.gemeente.nl"))
    listed: ListedDomain

    def validate_domain(self, field: StringField) -> None:
        """Parse, or say what is wrong."""
        try:
            self.listed = ListedDomain(parse_domain(field.data or ""), bool(self.subdomains.data))
        except BadDomain as error:
            raise ValidationError(_PROBLEMS[error.problem]) from error


class TermForm(Form):
    """How long a check holds."""

    days = NumberField(
        _l("Een controle geldt zoveel dagen"), [InputRequired(FILL_IN)], lowest=FEWEST_DAYS, highest=MOST_DAYS
    )
