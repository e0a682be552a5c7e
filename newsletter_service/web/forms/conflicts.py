"""What somebody else saved meanwhile, in the words of the form it clashes with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from newsletter_service.web.formatting import date_text, time_text
from newsletter_service.web.forms.fields import Form


@dataclass(frozen=True)
class Clash:
    """A field that two people changed: its label, what is saved in it now, and who saved that ("": nobody knows)."""

    label: str
    value: str
    by: str


def clashes_in(saved: Form, by: Mapping[str, str]) -> list[Clash]:
    """What the fields hold that clash; `saved` is the form with what is saved now, `by` names who saved it."""
    return [
        Clash(field.label.text, in_words(field, field.data) or "–", by[field.name])
        for field in saved
        if field.name in by
    ]


def in_words(field: Field, value: Any) -> str:
    """A value of a field as people read it: the names of what was chosen, a day, yes or no; empty for nothing."""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, date):
        return date_text(value, "plain")
    if isinstance(value, time):
        return time_text(value)
    names = {choice.value: str(choice.label) for choice in getattr(field, "choices", None) or ()}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(names.get(one, names.get(str(one), str(one or ""))) for one in chosen)
