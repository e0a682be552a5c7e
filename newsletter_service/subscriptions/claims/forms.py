"""The form with which a communicator decides on claims."""

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from newsletter_service.subscriptions.claims.rules import parsed_keys
from newsletter_service.subscriptions.verification.rules import DeclineReason
from newsletter_service.web.forms.fields import Form, RadioField, options

REASONS = {
    DeclineReason.NOT_FOUND: _l("We konden de functie niet nagaan"),
    DeclineReason.NOT_YOURS: _l("Deze functie is niet, of niet meer, van deze lezer"),
    DeclineReason.OTHER_ADDRESS: _l("Er is een adres van de organisatie nodig"),
}


class DecisionForm(Form):
    """Why claims are declined, and whether their readers are told; which claims these are, and what was decided."""

    reason = RadioField(
        _l("Waarom klopt het niet?"),
        choices=options(REASONS),
        coerce=DeclineReason,
        default=DeclineReason.NOT_FOUND,
    )
    tell = BooleanField(_l("Vertel het de lezer in een e-mail"), default=True)

    @property
    def claims(self) -> list[tuple[int, int]]:
        """The claims that were ticked."""
        return parsed_keys(request.form.getlist("claim"))

    @property
    def decides(self) -> bool:
        """Whether one of the two buttons was pressed: nothing is verified because a form came without."""
        return request.form.get("besluit") in ("klopt", "klopt-niet")

    @property
    def declines(self) -> bool:
        """Whether the button that was pressed declines."""
        return request.form.get("besluit") == "klopt-niet"
