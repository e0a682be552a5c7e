"""Forms about editions and the publishing calendar."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TypeVar
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from newsletter_service.editions.calendar.rules import closes_first
from newsletter_service.editions.calendar.service import CalendarSettings, settings_of
from newsletter_service.editions.composing.default_texts import LONGEST, Texts, texts_of
from newsletter_service.editions.corrections.service import Words
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import BODY_LENGTH
from newsletter_service.merging import fingerprints
from newsletter_service.web.forms.fields import (
    FILL_IN,
    AtMost,
    DayField,
    Form,
    MomentField,
    NumberField,
    RadioField,
    SelectField,
    TimeField,
    one_line,
    options,
    stripped,
)
from newsletter_service.web.forms.links import acceptable_links, naming_nobody

T = TypeVar("T")
LONGEST_FINGERPRINTS = 2000
NO_ITEM = 0


class TextsForm(Form):
    """Subject, preheader and introduction, written on top of those it `began` from (fingerprints)."""

    subject = StringField(
        _l("Onderwerp"),
        validators=[DataRequired(_l("Vul een onderwerp in.")), AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
        description=_l("Een telefoon toont ongeveer 60 tekens."),
    )
    preheader = StringField(
        _l("Preheader"),
        validators=[AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
        description=_l("De regel die mailprogramma's naast het onderwerp tonen."),
    )
    introduction = TextAreaField(
        _l("Introductie"),
        validators=[AtMost(3000), acceptable_links],
        filters=[stripped, naming_nobody],
        description=_l(
            "Twee of drie zinnen. Een lege regel begint een alinea, **twee sterretjes** maken vet."
        ),
    )
    began = HiddenField(validators=[AtMost(LONGEST_FINGERPRINTS)])

    @classmethod
    def of(cls, edition: Edition) -> "TextsForm":
        """The form as it stands before anybody typed."""
        return cls.on_top_of(texts_of(edition), texts_of(edition))

    @classmethod
    def on_top_of(cls, saved: Texts, shown: Texts) -> "TextsForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        return cls(formdata=None, data=asdict(shown) | {"began": fingerprints(asdict(saved))})

    def texts(self) -> Texts:
        """What was typed."""
        return Texts(self.subject.data or "", self.preheader.data or "", self.introduction.data or "")


class CorrectionForm(Form):
    """What a correction says and about which item, written on top of the words it `began` from (fingerprints)."""

    subject = StringField(
        _l("Onderwerp"),
        validators=[DataRequired(_l("Vul een onderwerp in.")), AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
    )
    item_id = SelectField(_l("Over welk bericht gaat het?"), coerce=int, default=0)
    text = TextAreaField(
        _l("Wat er niet klopte, en hoe het wel is"),
        validators=[
            DataRequired(_l("Schrijf op wat er niet klopte.")),
            AtMost(3000),
            acceptable_links,
        ],
        filters=[stripped, naming_nobody],
        description=_l(
            "Kort en zakelijk. Een lege regel begint een alinea, **twee sterretjes** maken vet. "
            "Boven uw tekst staat al op welk nummer dit een correctie is."
        ),
    )
    began = HiddenField(validators=[AtMost(LONGEST_FINGERPRINTS)])

    @classmethod
    def on_top_of(cls, saved: Words, shown: Words, items: Sequence[Item]) -> "CorrectionForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        values = {"subject": shown.subject, "text": shown.text, "item_id": shown.item_id or NO_ITEM}
        form = cls(formdata=None, data=values | {"began": fingerprints(asdict(saved))})
        return form.about_one_of(items)

    def about_one_of(self, items: Sequence[Item]) -> "CorrectionForm":
        """Offer these items; answers with itself."""
        self.item_id.choices = options(
            {NO_ITEM: _l("Over de hele editie"), **{one.id: one.title for one in items}}
        )
        return self

    def words(self) -> Words:
        """What was typed."""
        return Words(self.subject.data or "", self.text.data or "", self.item_id.data or None)


class SeenForm(Form):
    """Which version of a correction somebody was looking at (its fingerprint)."""

    seen = StringField(validators=[DataRequired(FILL_IN), AtMost(64)])


class PlaceForm(Form):
    """Moves one item: a step up or down, or (by dragging) to a place counted from 0."""

    item_id = NumberField(validators=[InputRequired(FILL_IN)])
    direction = StringField()
    position = NumberField(validators=[Optional()])


class ItemForm(Form):
    """Names one item."""

    item_id = NumberField(validators=[InputRequired(FILL_IN)])


class SignOffForm(Form):
    """What the head was looking at."""

    seen = StringField(validators=[DataRequired(FILL_IN), AtMost(64)])


class HoldForm(Form):
    """Why an edition is held."""

    reason = StringField(
        _l("Waarom houdt u deze editie vast?"),
        validators=[
            DataRequired(_l("Vul een reden in, zodat anderen weten waar ze aan toe zijn.")),
            AtMost(300),
        ],
        filters=[stripped],
        description=_l("Iedereen van de redactie ziet deze reden."),
    )


class ResumeForm(Form):
    """When a held edition goes out after all; `fold` is asked only for a moment that comes twice."""

    sends_at = MomentField(
        _l("Nieuw moment van versturen"),
        validators=[Optional()],
        description=_l("Laat leeg om het oude moment aan te houden."),
    )
    fold = RadioField(
        _l("De klok gaat die nacht terug: deze tijd komt twee keer. Welke bedoelt u?"),
        choices=options({"0": _l("De eerste keer (zomertijd)"), "1": _l("De tweede keer (wintertijd)")}),
        validators=[Optional()],
    )


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
        choices=options(
            {
                "0": _l("maandag"),
                "1": _l("dinsdag"),
                "2": _l("woensdag"),
                "3": _l("donderdag"),
                "4": _l("vrijdag"),
                "5": _l("zaterdag"),
                "6": _l("zondag"),
            }
        ),
    )
    send_time = TimeField(_l("Hoe laat gaat een editie uit?"), validators=[InputRequired(FILL_IN)])
    item_limit = NumberField(
        _l("Hoeveel berichten gaan er hooguit in een editie?"),
        validators=[InputRequired(FILL_IN)],
        lowest=1,
        highest=30,
    )
    closing_days = NumberField(
        _l("Hoeveel dagen eerder sluit de kopij?"),
        validators=[InputRequired(FILL_IN)],
        lowest=0,
        highest=14,
    )
    closing_time = TimeField(_l("Hoe laat sluit de kopij?"), validators=[InputRequired(FILL_IN)])
    text_limit = NumberField(
        _l("Hoeveel tekens van de tekst van een bericht staan er hooguit in de brief?"),
        validators=[InputRequired(FILL_IN)],
        lowest=200,
        highest=BODY_LENGTH,
        description=_l(
            "Wat langer is, gaat verder op de website. Berichten met beperkte toegang staan altijd helemaal "
            "in de brief."
        ),
    )
    release_rule = RadioField(
        _l("Wanneer mag een editie uit?"),
        choices=options(
            {
                ReleaseRule.AUTOMATIC.value: _l("Vanzelf op haar tijd, tenzij iemand haar vasthoudt"),
                ReleaseRule.BOTH.value: _l("Pas als het hoofd van elke organisatie akkoord is"),
            }
        ),
    )
    correction_minutes = NumberField(
        _l("Hoeveel minuten wacht een correctie op de andere hoofden?"),
        validators=[InputRequired(FILL_IN)],
        lowest=5,
        highest=1440,
        description=_l(
            "Zo lang kan iemand een correctie nog vasthouden. Geldt alleen als edities vanzelf uitgaan."
        ),
    )
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

    began = HiddenField(validators=[AtMost(LONGEST_FINGERPRINTS)])

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """The form as the calendar stands."""
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
            release_rule=ReleaseRule(self.release_rule.data),
            item_limit=_given(self.item_limit.data),
            text_limit=_given(self.text_limit.data),
            correction_minutes=_given(self.correction_minutes.data),
        )


def _given(value: T | None) -> T:
    if value is None:
        raise ValueError("asked before the form was validated")
    return value
