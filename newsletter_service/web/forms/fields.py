"""What forms share: a base class, and the fields of WTForms with refusals in our words."""

from collections.abc import Callable, Mapping
from typing import Any

import wtforms
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from newsletter_service.letters.markdown.cleaning import cleaned
from newsletter_service.web.formatting import number_text

LONGEST_LINE = 1_000
"""What a text field without a limit of its own holds."""
LONGEST_FINGERPRINTS = 2_000
YEARS = range(2000, 2200)
FILL_IN = _l("Vul dit in.")
NOT_OFFERED = _l("Kies uit de mogelijkheden die hier staan.")
BAD_DATE = _l("Vul een datum in, zoals 26-11-2026.")
BAD_TIME = _l("Vul een tijd in, zoals 13.30.")
BAD_MOMENT = _l("Vul een dag en een tijd in, zoals 26-11-2026 13.30.")
BAD_NUMBER = _l("Vul een getal in.")
LARGEST = 2**31 - 1
"""What fits into the number of a row."""


class Form(FlaskForm):  # type: ignore[misc]  # has no types
    """A form of ours; the session's token is checked before any view runs (see web/forms/csrf.py)."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Leaves the token to the check that all POSTs go through; reads forms and nothing else."""

        csrf = False

        def bind_field(self, form: "Form", unbound_field: Any, options: dict[str, Any]) -> Field:
            """As WTForms does; and nothing is done with a text that is far too long but to say so."""
            field = super().bind_field(form, unbound_field, options)
            if isinstance(field, StringField):
                _bound(field)
            return field

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What the form of a page sent: JSON is no form, whatever Flask-WTF makes of it."""
            return None if request.is_json else super().wrap_formdata(form, formdata)


def _bound(field: StringField) -> None:
    """Let `field` keep a text that is far too long as it is, and refuse it before anything else looks at it.

    Filters and validators may take a time that grows faster than the text. Some slack is left above the limit:
    blanks and line ends that a filter takes away do not count.
    """
    limits = [validator.max for validator in field.validators if isinstance(validator, Length)]
    most = min(limits, default=LONGEST_LINE)
    bearable = 4 * most + LONGEST_LINE

    def refuse(_form: Form, field: StringField) -> None:
        if isinstance(field.data, str) and len(field.data) > bearable:
            raise StopValidation(too_long(len(field.data), most))

    field.filters = [_unless_longer(bearable, change) for change in field.filters]
    field.validators = [refuse, *field.validators]


def _unless_longer(bearable: int, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def changed(value: Any) -> Any:
        return value if isinstance(value, str) and len(value) > bearable else change(value)

    return changed


class AtMost(Length):
    """Refuses a text that is too long and says by how much; browsers take it whole, for its writer to shorten."""

    def __init__(self, limit: int) -> None:
        super().__init__(max=limit)
        self.field_flags = {"limit": limit}  # a flag `maxlength` would have browsers cut off what is pasted

    def __call__(self, _form: Any, field: Field) -> None:
        """Ends the checks with a refusal if the text is longer."""
        typed = len(field.data or "")
        if typed > self.max:
            raise StopValidation(too_long(typed, self.max))


def too_long(typed: int, limit: int) -> str:
    """What to say of a text of so many characters."""
    return _(
        "U heeft %(typed)s tekens, %(over)s te veel. Gebruik er hooguit %(limit)s.",
        typed=number_text(typed),
        over=number_text(typed - limit),
        limit=number_text(limit),
    )


class _Typed(Field):
    """A field that turns what was typed into a value; what it cannot read gives one refusal, in our words."""

    refusal: Any = None

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, **{"invalid_value_message": self.refusal, **given})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads what was typed; nothing typed is no value."""
        typed = [value.strip() for value in valuelist]
        self.data = None
        super().process_formdata([value for value in typed if value])

    def pre_validate(self, _form: Any) -> None:
        """Ends the checks where there is no value to check."""
        if self.process_errors:
            raise StopValidation


class DayField(_Typed, wtforms.DateField):
    """A day of our times, as browsers send it or as people write it."""

    refusal = BAD_DATE

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d-%m-%Y"], **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day; one far from ours is a slip of the keys."""
        super().process_formdata(valuelist)
        _check_year(self)


class TimeField(_Typed, wtforms.TimeField):
    """A time on the clock."""

    refusal = BAD_TIME

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, format=["%H:%M", "%H.%M"], **given)


class MomentField(_Typed, wtforms.DateTimeLocalField):
    """A day of our times and a time on the clock, in a zone that somebody else knows."""

    refusal = BAD_MOMENT

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M", "%d-%m-%Y %H.%M"]
        super().__init__(label, validators, format=formats, **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the moment; one far from our days is a slip of the keys."""
        super().process_formdata(valuelist)
        _check_year(self)


class NumberField(_Typed, wtforms.IntegerField):
    """A whole number from `lowest` to `highest`, which browsers are told too."""

    refusal = BAD_NUMBER

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        lowest: int = 0,
        highest: int = LARGEST,
        **given: Any,
    ) -> None:
        self.lowest, self.highest = lowest, highest
        if highest < LARGEST:
            self.refusal = _l("Vul een getal in van %(min)d tot %(max)d.", min=lowest, max=highest)
        super().__init__(label, validators, **given)
        self.flags.min, self.flags.max = lowest, highest

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number; one out of bounds is refused."""
        super().process_formdata(valuelist)
        if self.data is not None and not self.lowest <= self.data <= self.highest:
            self.data = None
            raise ValueError(self.refusal)


class SelectField(wtforms.SelectField):
    """One choice from a list, refused in our words where only a changed page can send it."""

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, **_refusing(given))


class RadioField(wtforms.RadioField):
    """One choice of several, refused in our words where only a changed page can send it."""

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, **_refusing(given))


class CheckboxesField(wtforms.SelectMultipleField):
    """Several choices, one checkbox each; the macro `checkboxes` shows them in a fieldset."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, **_refusing(given))


def _refusing(given: dict[str, Any]) -> dict[str, Any]:
    return {"invalid_value_message": NOT_OFFERED, "invalid_choice_message": NOT_OFFERED, **given}


def _check_year(field: DayField | MomentField) -> None:
    if field.data is not None and field.data.year not in YEARS:
        field.data = None
        raise ValueError(field.refusal)


def began_field() -> wtforms.HiddenField:
    """Return the field with fingerprints of what a form began from (see `merging`)."""
    return wtforms.HiddenField(validators=[AtMost(LONGEST_FINGERPRINTS)])


def options(labels: Mapping[Any, Any]) -> list[Any]:
    """Choices for a select or radio field, from label (a text, may be lazy) by value."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def stripped(value: Any) -> Any:
    """For `filters`: text without unprintable characters or spaces around it, its lines ended in one way."""
    return cleaned(value).strip() if isinstance(value, str) else value


def one_line(value: Any) -> Any:
    """For `filters`: text as `stripped`, with single spaces for line ends and for runs of blanks."""
    return " ".join(cleaned(value).split()) if isinstance(value, str) else value
