"""The form of a pause, for readers and for staff."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired

from newsletter_service.subscriptions.pausing.rules import LASTS, LONGEST, Length, may_end_on, today
from newsletter_service.web.formatting import date_text
from newsletter_service.web.forms.fields import DayField, Form, RadioField, options

_LENGTHS = {
    Length.SHORT: _l("Twee weken"),
    Length.MIDDLE: _l("Zes weken"),
    Length.LONG: _l("Drie maanden"),
}


class PauseForm(Form):
    """How long a pause lasts; `offer` fills in what can be chosen.

    After validation `until` is the first day on which editions go again.
    """

    length = RadioField(
        _l("Hoe lang?"), validators=[InputRequired(_l("Kies hoe lang de pauze duurt."))], choices=[]
    )
    day = DayField(
        _l("Tot welke dag?"),
        description=_l("Alleen als u hierboven zelf een dag kiest. Bijvoorbeeld 31-12-2026."),
    )
    now: datetime
    until: date

    def offer(self, now: datetime) -> None:
        """Fill in the lengths, each with the day on which it ends."""
        self.now = now
        lengths: dict[Any, Any] = {
            length: _(
                "%(length)s, tot %(day)s", length=words, day=date_text(today(now) + LASTS[length], "full")
            )
            for length, words in _LENGTHS.items()
        }
        self.length.choices = options(lengths | {Length.UNTIL: _l("Tot een dag die u kiest")})
        self.day.render_kw = {"type": "date", "max": (today(now) + LONGEST).isoformat()}

    def validate_day(self, field: DayField) -> None:
        """Needed, and within a year, where no length was chosen instead."""
        lasts = LASTS.get(self.length.data)
        day = field.data if lasts is None else today(self.now) + lasts
        if day is None:
            raise ValidationError(_("Vul in tot welke dag de pauze duurt."))
        if not may_end_on(day, self.now):
            raise ValidationError(_("Kies een dag tussen morgen en een jaar vanaf nu."))
        self.until = day
