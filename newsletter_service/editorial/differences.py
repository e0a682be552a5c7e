"""Two people on one item: in what the saved one differs from the one in the form."""

from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from newsletter_service.editorial.forms import ItemForm, values_of
from newsletter_service.editorial.models import Item
from newsletter_service.web.formatting import datum

_ASIDE = {"version", "organisation", "fold"}


def differences(form: ItemForm, item: Item) -> list[tuple[str, str]]:
    """The label of each field that differs, and what the saved item has there, in the form's order."""
    saved = values_of(item, form.zone)
    return [
        (field.label.text, _in_words(field, saved[field.name]))
        for field in form
        if field.name in saved.keys() - _ASIDE and not _same(field.data, saved[field.name])
    ]


def _same(typed: Any, saved: Any) -> bool:
    if isinstance(typed, list):
        return sorted(typed) == sorted(saved)
    return (typed or None) == (saved or None)


def _in_words(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, date):
        return datum(value, "plain")
    if isinstance(value, time):
        return f"{value:%H.%M}"
    names = {choice.value: str(choice.label) for choice in getattr(field, "choices", None) or ()}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(names.get(one, str(one or "")) for one in chosen) or "–"
