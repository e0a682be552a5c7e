"""Forms that readers fill in; they carry no CSRF field, because readers have no cookie to misuse."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, ValidationError

from newsletter_service.subscriptions.addresses import Address, AddressProblem, BadAddress, parse_address
from newsletter_service.subscriptions.rules import clean_name
from newsletter_service.subscriptions.service import Choices
from newsletter_service.web.forms import CheckboxesField, Form
from newsletter_service.web.locale import LANGUAGES

_ADDRESS_PROBLEMS = {
    AddressProblem.MISSING: _l("Vul uw e-mailadres in."),
    AddressProblem.MALFORMED: _l("Dit is geen volledig e-mailadres. Het ziet eruit als naam@gemeente.nl."),
    AddressProblem.LOCAL_PART_NOT_ASCII: _l(
        "Het deel vóór de @ mag geen letters met accenten hebben. Heeft u een ander adres?"
    ),
}
_NAME_PROBLEMS = {
    "characters": _l("In een naam kunnen geen regeleinden of stuurtekens staan."),
    "length": _l("Deze naam is te lang: gebruik hooguit 120 tekens."),
}


class AddressForm(Form):
    """One mail address; after validation `parsed` holds it."""

    address = StringField(_l("E-mailadres"))
    website = StringField()  # people never see this field; programs that fill in everything do
    parsed: Address

    def validate_address(self, field: StringField) -> None:
        """Parse, or say what is wrong."""
        try:
            self.parsed = parse_address(field.data or "")
        except BadAddress as error:
            raise ValidationError(_ADDRESS_PROBLEMS[error.problem]) from error

    @property
    def filled_in_by_a_program(self) -> bool:
        """Whether the field that nobody sees came back with something in it."""
        return bool(self.website.data)


class ChoicesForm(Form):
    """What a reader may choose; `offer` gives the segments and topics there are."""

    name = StringField(_l("Naam"))
    segments = CheckboxesField(_l("Wat is uw functie?"), coerce=int)
    topics = CheckboxesField(_l("Welke thema's wilt u volgen?"), coerce=int)
    language = RadioField(_l("In welke taal wilt u de nieuwsbrief?"), choices=list(LANGUAGES.items()))

    def offer(self, segments: list[tuple[int, str]], topics: list[tuple[int, str]]) -> None:
        """Fill in what can be chosen, as (id, name)."""
        self.segments.choices = segments
        self.topics.choices = topics

    def validate_name(self, field: StringField) -> None:
        """Bring the name into its clean form, or say what is wrong."""
        try:
            field.data = clean_name(field.data or "")
        except ValueError as error:
            raise ValidationError(_NAME_PROBLEMS[str(error)]) from error

    def chosen(self) -> Choices:
        """The choices, once the form is valid."""
        return Choices(
            name=self.name.data or "",
            language=self.language.data,
            segment_ids=frozenset(self.segments.data or ()),
            topic_ids=frozenset(self.topics.data or ()),
        )


class SignUpForm(AddressForm, ChoicesForm):
    """An address and choices together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.data = self.language.data or "nl"
