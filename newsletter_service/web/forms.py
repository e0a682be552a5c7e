"""What forms share: two base classes and the few fields that WTForms does not have."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.widgets import CheckboxInput, ListWidget

from newsletter_service.letters.cleaning import cleaned


class Form(FlaskForm):  # type: ignore[misc]  # has no types
    """A form of ours; the session's token is checked before any view runs (see web/csrf.py)."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Leaves the token to the check that all POSTs go through."""

        csrf = False


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
