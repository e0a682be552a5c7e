"""What forms share: two base classes and the few fields that WTForms does not have."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from newsletter_service.letters.markdown.cleaning import cleaned
from newsletter_service.web.formatting import getal

LONGEST_LINE = 1_000
"""What a text field without a limit of its own holds."""


class Form(FlaskForm):  # type: ignore[misc]  # has no types
    """A form of ours; the session's token is checked before any view runs (see web/forms/csrf.py)."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
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
        """ValidationError if the text is longer."""
        typed = len(field.data or "")
        if typed > self.max:
            raise ValidationError(too_long(typed, self.max))


def too_long(typed: int, limit: int) -> str:
    """What to say of a text of so many characters."""
    return _(
        "U heeft %(typed)s tekens, %(over)s te veel. Gebruik er hooguit %(limit)s.",
        typed=getal(typed),
        over=getal(typed - limit),
        limit=getal(limit),
    )


class CheckboxesField(SelectMultipleField):
    """Several choices, one checkbox each; the macro `checkboxes` shows them in a fieldset."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def options(labels: Mapping[Any, Any]) -> list[Any]:
    """Choices for a select or radio field, from label (a text, may be lazy) by value."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def stripped(value: Any) -> Any:
    """For `filters`: text without unprintable characters or spaces around it, its lines ended in one way."""
    return cleaned(value).strip() if isinstance(value, str) else value


def one_line(value: Any) -> Any:
    """For `filters`: text as `stripped`, with single spaces for line ends and for runs of blanks."""
    return " ".join(cleaned(value).split()) if isinstance(value, str) else value
