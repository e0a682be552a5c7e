"""Forms of the newsletter and of its organisations, segments and topics."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from newsletter_service.administration.rules import Part
from newsletter_service.audience.rules import ABOUT_LENGTH, CHOICE_LENGTH, NAME_LENGTH
from newsletter_service.errors import Invalid
from newsletter_service.letters.colours import Livery, NotAColour, refusals
from newsletter_service.merging import fingerprints
from newsletter_service.publisher import rules
from newsletter_service.publisher.wording import contrast_words
from newsletter_service.staff.service import parse_email
from newsletter_service.web.forms.fields import FILL_IN, AtMost, Form, began_field, one_line
from newsletter_service.web.locale import language

Values = dict[str, str]
COLOUR_FIELDS = tuple(f"{scheme}_{one}" for scheme in ("light", "dark") for one in ("stroke", "ink", "tint"))


def _line(label: Any, longest: int, *, optional: bool = False, hint: Any = "") -> StringField:
    needed = [] if optional else [InputRequired(FILL_IN)]
    return StringField(label, filters=[one_line], validators=[*needed, AtMost(longest)], description=hint)


def _colour(label: Any) -> StringField:
    return StringField(label, filters=[one_line], validators=[InputRequired(FILL_IN)])


class PartForm(Form):
    """Values of one thing, changed on top of those that it `began` from (fingerprints)."""

    began = began_field()

    @classmethod
    def on_top_of(cls, saved: Values, shown: Values) -> "PartForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        return cls(formdata=None, data=cls.as_fields(shown) | {"began": fingerprints(saved)})

    @classmethod
    def of(cls, row: object) -> "PartForm":
        """The form with what a row holds."""
        saved = {name: getattr(row, name) for name in cls(formdata=None).values()}
        return cls.on_top_of(saved, saved)

    @classmethod
    def as_fields(cls, values: Mapping[str, str]) -> Values:
        """Values, or what else is known of each, by the names of the fields that hold them."""
        return dict(values)

    def values(self) -> Values:
        """What was typed, by the names of what is saved."""
        return {field.name: field.data or "" for field in self if field.name != "began"}


class NewsletterForm(PartForm):
    """What readers know the newsletter by."""

    name = _line(_l("Naam van de nieuwsbrief"), rules.NEWSLETTER_LENGTH)
    tagline_nl = _line(_l("Ondertitel"), rules.TAGLINE_LENGTH)
    tagline_en = _line(_l("Ondertitel in het Engels"), rules.TAGLINE_LENGTH)
    postal_address = _line(_l("Postadres"), rules.POSTAL_ADDRESS_LENGTH, hint=_l("Staat onder elke brief."))
    sender_name = _line(
        _l("Naam van de afzender"),
        rules.SENDER_LENGTH,
        optional=True,
        hint=_l("Staat bij de lezer als afzender. Laat u dit leeg, dan is het de naam van de nieuwsbrief."),
    )
    reply_to = _line(
        _l("Antwoorden gaan naar"),
        rules.REPLY_LENGTH,
        optional=True,
        hint=_l("Een postbus die mensen lezen. Laat u dit leeg, dan geldt wat op de server is ingesteld."),
    )
    closing_nl = _line(
        _l("Slot van e-mails"),
        rules.CLOSING_LENGTH,
        optional=True,
        hint=_l(
            "Staat onder aan elke e-mail aan één lezer of collega, zoals de vraag om een aanmelding te bevestigen."
        ),
    )
    closing_en = _line(_l("Slot van e-mails in het Engels"), rules.CLOSING_LENGTH, optional=True)

    def validate_sender_name(self, field: StringField) -> None:
        """Not an address: mail programs show what stands here, and filters take another address for a lie."""
        if "@" in (field.data or ""):
            raise ValidationError(_l("Schrijf een naam, geen e-mailadres."))

    def validate_reply_to(self, field: StringField) -> None:
        """An address, kept in its one normal form."""
        if field.data:
            try:
                field.data = parse_email(field.data)
            except Invalid as error:
                raise ValidationError(_l("Dit is geen e-mailadres.")) from error


class OrganisationForm(PartForm):
    """One of the publishers: how it is called, and its colours in light and dark."""

    short_name = _line(_l("Korte naam"), rules.SHORT_NAME_LENGTH)
    name = _line(_l("Volledige naam"), rules.ORGANISATION_LENGTH)
    about_nl = _line(
        _l("Wie dat is"), rules.ABOUT_LENGTH, optional=True, hint=_l("Eén zin voor wie de naam niet kent.")
    )
    about_en = _line(_l("Wie dat is, in het Engels"), rules.ABOUT_LENGTH, optional=True)
    light_stroke = _colour(_l("Streepje"))
    light_ink = _colour(_l("Naam"))
    light_tint = _colour(_l("Vlak achter de naam"))
    dark_stroke = _colour(_l("Streepje"))
    dark_ink = _colour(_l("Naam"))
    dark_tint = _colour(_l("Vlak achter de naam"))

    @classmethod
    def as_fields(cls, values: Mapping[str, str]) -> Values:
        """The colours are one value, and stand in six fields."""
        colours = values.get("colours", "").split() if "colours" in values else []
        fields = dict(zip(COLOUR_FIELDS, colours, strict=False))
        return {name: value for name, value in values.items() if name != "colours"} | fields

    def values(self) -> Values:
        """As the model keeps them."""
        typed = super().values()
        return typed | {"colours": " ".join(typed.pop(name).lower() for name in COLOUR_FIELDS)}

    @property
    def livery(self) -> Livery | None:
        """The colours that were typed, if they are such."""
        try:
            return Livery.parsed(self.values()["colours"])
        except NotAColour:
            return None

    def validate(self, extra_validators: object = None) -> bool:
        """As any form; and refuse colours that somebody would not be able to read, pair by pair."""
        valid = bool(super().validate(extra_validators))
        livery = self.livery
        if livery is None:
            self._name_what_is_no_colour()
            return False
        refused = refusals(livery)
        for pair in refused:
            field = self[f"{pair.scheme}_{pair.colour}"]
            field.errors = [*field.errors, contrast_words(pair, language())]
        return valid and not refused

    def _name_what_is_no_colour(self) -> None:
        words = _("Dit is geen kleur. Schrijf een # met zes cijfers of letters a tot en met f erachter.")
        for field in map(self.__getitem__, COLOUR_FIELDS):
            if not field.errors and not rules.COLOUR.fullmatch((field.data or "").lower()):
                field.errors = [words]


class TopicForm(PartForm):
    """A subject that readers may choose."""

    name_nl = _line(_l("Naam"), NAME_LENGTH)
    name_en = _line(_l("In het Engels"), NAME_LENGTH)


class SegmentForm(TopicForm):
    """A group of readers by their work."""

    choice_nl = _line(
        _l("Wat een lezer aanvinkt"),
        CHOICE_LENGTH,
        optional=True,
        hint=_l("Zoals: Ik werk bij de politie. Laat u dit leeg, dan staat er de naam."),
    )
    choice_en = _line(_l("Wat een lezer aanvinkt, in het Engels"), CHOICE_LENGTH, optional=True)
    about_nl = _line(
        _l("Uitleg"), ABOUT_LENGTH, optional=True, hint=_l("Eén zin voor wie het woord niet kent.")
    )
    about_en = _line(_l("Uitleg in het Engels"), ABOUT_LENGTH, optional=True)


FORMS: dict[Part, type[PartForm]] = {
    Part.ORGANISATIONS: OrganisationForm,
    Part.SEGMENTS: SegmentForm,
    Part.TOPICS: TopicForm,
}
