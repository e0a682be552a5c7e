"""The form of the publishing calendar."""

from dataclasses import asdict
from typing import TypeVar
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from newsletter_service.editions.calendar.rules import closes_first
from newsletter_service.editions.calendar.service import CalendarSettings, settings_of
from newsletter_service.editions.calendar.wording import DAYS
from newsletter_service.editions.models import RECESS_NAME_LENGTH, Calendar
from newsletter_service.editorial.rules import BODY_LENGTH
from newsletter_service.merging import fingerprints
from newsletter_service.web.forms.fields import (
    FILL_IN,
    AtMost,
    DayField,
    Form,
    NumberField,
    SelectField,
    TimeField,
    began_field,
    options,
    stripped,
)

T = TypeVar("T")


class CalendarForm(Form):
    """The publishing calendar, changed on top of the settings it `began` from (fingerprints)."""

    every_weeks = NumberField(
        _l("Om de hoeveel weken komt er een editie?"),
        validators=[InputRequired(FILL_IN)],
        lowest=1,
        highest=26,
    )
    weekday = SelectField(
        _l("Op welke dag?"),
        coerce=int,
        choices=options({str(number): day for number, day in enumerate(DAYS)}),
    )
    send_time = TimeField(_l("Hoe laat gaat een editie uit?"), validators=[InputRequired(FILL_IN)])
    closing_days = NumberField(
        _l("Hoeveel dagen eerder sluit de kopij?"),
        validators=[InputRequired(FILL_IN)],
        lowest=0,
        highest=14,
    )
    closing_time = TimeField(_l("Hoe laat sluit de kopij?"), validators=[InputRequired(FILL_IN)])
    first_day = DayField(
        _l("Vanaf welke dag tellen de weken?"),
        validators=[InputRequired(FILL_IN)],
        description=_l(
            "Een dag waarop een editie uitgaat; valt die op een andere weekdag, dan telt de eerstvolgende."
        ),
    )
    zone = StringField(
        _l("Tijdzone"),
        validators=[InputRequired(FILL_IN), AtMost(60)],
        filters=[stripped],
        description=_l("Zoals Europe/Amsterdam."),
    )
    item_limit = NumberField(
        _l("Hoeveel berichten krijgt een lezer hooguit als heel bericht?"),
        validators=[InputRequired(FILL_IN)],
        lowest=1,
        highest=30,
        description=_l(
            "Wat er meer is voor een lezer, staat met één regel onder “Verder in deze editie”. "
            "Een editie kan dus meer berichten bevatten."
        ),
    )
    text_limit = NumberField(
        _l("Hoeveel tekens van de tekst van het uitgelichte bericht staan er hooguit in de brief?"),
        validators=[InputRequired(FILL_IN)],
        lowest=200,
        highest=BODY_LENGTH,
        description=_l(
            "Wat langer is, gaat verder op de website. Van de andere berichten staat de inleiding in de brief. "
            "Berichten met beperkte toegang staan altijd helemaal in de brief."
        ),
    )
    silence_hours = NumberField(
        _l("Na hoeveel uur zonder antwoord geldt wat een hoofd met twee berichten wil?"),
        validators=[InputRequired(FILL_IN)],
        lowest=1,
        highest=168,
        description=_l(
            "Zo lang kan het andere hoofd een gezamenlijk bericht, of berichten die apart blijven, nog terugdraaien."
        ),
    )

    began = began_field()

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """The form with the calendar in it."""
        settings = settings_of(calendar)
        return cls.on_top_of(settings, settings)

    @classmethod
    def on_top_of(cls, saved: CalendarSettings, shown: CalendarSettings) -> "CalendarForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        return cls(formdata=None, data=asdict(shown) | {"began": fingerprints(asdict(saved))})

    def validate_closing_time(self, field: TimeField) -> None:
        """Not after the edition went out."""
        days, closes, sends = self.closing_days.data, field.data, self.send_time.data
        if days is None or closes is None or sends is None:
            return
        if not closes_first(days, closes, sends):
            raise ValidationError(_l("De kopij moet sluiten voordat de editie uitgaat."))

    def validate_zone(self, field: StringField) -> None:
        """Only zones whose clocks we know."""
        if field.data not in available_timezones():
            raise ValidationError(_l("Deze tijdzone kennen we niet."))

    def settings(self) -> CalendarSettings:
        """What was filled in, once the form is valid."""
        return CalendarSettings(
            every_weeks=_given(self.every_weeks.data),
            weekday=_given(self.weekday.data),
            first_day=_given(self.first_day.data),
            send_time=_given(self.send_time.data),
            closing_days=_given(self.closing_days.data),
            closing_time=_given(self.closing_time.data),
            zone=_given(self.zone.data),
            item_limit=_given(self.item_limit.data),
            text_limit=_given(self.text_limit.data),
            silence_hours=_given(self.silence_hours.data),
        )


class RecessForm(Form):
    """A period in which fewer people read."""

    name = StringField(
        _l("Hoe heet de periode?"),
        validators=[InputRequired(FILL_IN), AtMost(RECESS_NAME_LENGTH)],
        filters=[stripped],
        description=_l("Bijvoorbeeld: zomervakantie of reces van de gemeenteraad."),
    )
    first_day = DayField(_l("Eerste dag"), validators=[InputRequired(FILL_IN)])
    last_day = DayField(_l("Laatste dag"), validators=[InputRequired(FILL_IN)])

    def validate_last_day(self, field: DayField) -> None:
        """Not before the first."""
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(_l("De laatste dag ligt voor de eerste."))


def _given(value: T | None) -> T:
    if value is None:
        raise ValueError("asked before the form was validated")
    return value
