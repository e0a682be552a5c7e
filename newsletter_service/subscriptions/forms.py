"""Forms that readers fill in; they carry no CSRF field, because readers have no cookie to misuse."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, ValidationError

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.languages import LANGUAGES
from newsletter_service.subscriptions.addresses import Address, AddressProblem, BadAddress, parse_address
from newsletter_service.subscriptions.rules import NAME_LENGTH, BadName, Choices, NameProblem, clean_name
from newsletter_service.subscriptions.slips.rules import likely_meant
from newsletter_service.web.forms.fields import CheckboxesField, Form, RadioField, too_long

YES = "yes"
_ADDRESS_PROBLEMS = {
    AddressProblem.MISSING: _l("Vul uw e-mailadres in."),
    AddressProblem.TOO_LONG: _l("Dit is te lang voor een e-mailadres. Vul alleen het adres in."),
    AddressProblem.NO_AT: _l("In een e-mailadres staat een @. Het ziet eruit als naam@gemeente.nl."),
    AddressProblem.SEVERAL: _l("Hier staan meer adressen. Vul één e-mailadres in."),
    AddressProblem.BLANK: _l("In een e-mailadres staan geen spaties. Haal de spatie weg."),
    AddressProblem.DOMAIN_INCOMPLETE: _l(
        "Het deel na de @ is niet af. Het eindigt op een punt en letters, zoals gemeente.nl."
    ),
    AddressProblem.MALFORMED: _l("Dit is geen volledig e-mailadres. Het ziet eruit als naam@gemeente.nl."),
    AddressProblem.LOCAL_PART_NOT_ASCII: _l(
        "Het deel vóór de @ mag geen letters met accenten hebben. Heeft u een ander adres?"
    ),
}
_NAME_PROBLEMS = {
    NameProblem.CHARACTERS: _l("In deze naam staat een teken dat niet te lezen is. Typ de naam opnieuw."),
    NameProblem.WEB_ADDRESS: _l("Vul hier een naam in, geen webadres of e-mailadres."),
}


class AddressForm(Form):
    """One mail address; after validation `parsed` holds it."""

    address = StringField(_l("E-mailadres"))
    website = StringField()  # people never see this field; programs that fill in everything do
    asked_about = HiddenField()  # the address of which somebody was asked whether they meant another
    meant = HiddenField()  # what they answered: yes, no, or nothing
    parsed: Address

    def validate_address(self, field: StringField) -> None:
        """Parse, or say what is wrong."""
        try:
            self.parsed = parse_address(field.data or "")
        except BadAddress as error:
            raise ValidationError(_ADDRESS_PROBLEMS[error.problem]) from error

    def validate(self, extra_validators: object = None) -> bool:
        """As any form; and refuse, in words that help a person, what fills in the field that nobody sees.

        Some browsers fill in fields on their own. The field comes back empty, so a second try succeeds.
        """
        valid = bool(super().validate(extra_validators))
        if self.website.data:
            self.website.data = ""
            self.ask_once_more()
            return False
        return valid

    def ask_once_more(self) -> None:
        """Say that the form was not taken in, in words that help a person and tell a program nothing."""
        self.form_errors.append(_l("Het formulier is nog niet verstuurd. Verstuur het nog een keer."))

    def question(self, listed: Iterable[ListedDomain]) -> Address | None:
        """The address that was likely meant, once the form is valid: to be asked about once.

        A yes to that is taken over; whoever says no, or just goes on, meant what they typed.
        """
        likely = likely_meant(self.parsed, listed)
        if likely is None or self.asked_about.data != self.parsed.text:
            return likely
        if self.meant.data == YES:
            self.parsed = likely
        return None


class ChoicesForm(Form):
    """What a reader may choose; `offer` gives the segments and topics there are."""

    name = StringField(_l("Naam"))
    organisation = StringField(_l("Organisatie"))
    segments = CheckboxesField(_l("Wat is uw functie?"), coerce=int)
    topics = CheckboxesField(_l("Welke thema's wilt u volgen?"), coerce=int)
    language = RadioField(_l("In welke taal wilt u de nieuwsbrief?"), choices=LANGUAGES)
    about_segments: dict[Any, str]

    def offer(self, segments: dict[Any, str], topics: dict[Any, str], about: dict[Any, str]) -> None:
        """Fill in what can be chosen, as names by id; `about` explains some of the segments."""
        self.about_segments = about
        self.segments.choices = segments
        self.topics.choices = topics

    def validate_organisation(self, field: StringField) -> None:
        """As for the name of a person."""
        self.validate_name(field)

    def validate_name(self, field: StringField) -> None:
        """Bring the name into its clean form, or say what is wrong."""
        try:
            field.data = clean_name(field.data or "")
        except BadName as error:
            long = error.problem is NameProblem.LENGTH
            words = too_long(len(field.data or ""), NAME_LENGTH) if long else _NAME_PROBLEMS[error.problem]
            raise ValidationError(words) from error

    def chosen(self) -> Choices:
        """The choices, once the form is valid."""
        return Choices(
            name=self.name.data or "",
            language=self.language.data,
            segment_ids=frozenset(self.segments.data or ()),
            topic_ids=frozenset(self.topics.data or ()),
            organisation=self.organisation.data or "",
        )


class SignUpForm(AddressForm, ChoicesForm):
    """An address and choices together."""
