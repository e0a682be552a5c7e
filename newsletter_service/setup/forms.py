"""The page for setting up: parts of one form, which together are the data of a plan."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from newsletter_service.editions.calendar.wording import RULES
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.languages import Language
from newsletter_service.letters.colours import Colours, Livery
from newsletter_service.publisher.rules import PALETTES
from newsletter_service.setup.reading import Fault
from newsletter_service.setup.rules import WEEKDAYS
from newsletter_service.setup.wording import fault_words
from newsletter_service.web.forms.fields import (
    FILL_IN,
    Form,
    NumberField,
    RadioField,
    SelectField,
    TimeField,
    one_line,
    options,
)

ROWS = {"organisations": 2, "segments": 4, "topics": 4}
MORE = 3
MOST_ROWS = 40
_BETWEEN_DOMAINS = re.compile(r"[\s,;]+")
_BELOW = "*."


def _line(label: Any, **given: Any) -> StringField:
    return StringField(label, filters=[one_line], **given)


class BeginningForm(Form):
    """The code, and the newsletter itself."""

    code = _line(_l("Code"), validators=[InputRequired(FILL_IN)])
    name = _line(_l("Naam van de nieuwsbrief"))
    tagline_nl = _line(_l("Ondertitel"))
    tagline_en = _line(_l("Ondertitel in het Engels"))
    postal_address = _line(_l("Postadres"), description=_l("Staat onder elke brief."))


class OrganisationRow(Form):
    """One of the publishers; left empty it is none."""

    short_name = _line(_l("Korte naam"))
    name = _line(_l("Volledige naam"))
    palette = SelectField(
        _l("Kleur"),
        choices=options(
            {
                "blue": _l("blauw"),
                "orange": _l("oranje"),
                "green": _l("groen"),
                "purple": _l("paars"),
                "red": _l("rood"),
                "grey": _l("grijs"),
            }
        ),
    )

    def data_of(self) -> dict[str, object]:
        """Its part of the plan."""
        livery = Livery.parsed(PALETTES[self.palette.data])
        colours = {"light": _scheme(livery.light), "dark": _scheme(livery.dark)}
        return {"short_name": self.short_name.data, "name": self.name.data, "colours": colours}

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.short_name.data or self.name.data)

    def places(self) -> dict[str, Field]:
        """Its fields, by their places in the plan."""
        return {
            "": self.short_name,
            "short_name": self.short_name,
            "name": self.name,
            "colours": self.palette,
        }


class TopicRow(Form):
    """A subject in both languages; left empty it is none."""

    nl = _line(_l("Naam"))
    en = _line(_l("In het Engels"))

    def data_of(self) -> dict[str, object]:
        """Its part of the plan."""
        return {"name": {"nl": self.nl.data, "en": self.en.data}}

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(field.data for field in self)

    def places(self) -> dict[str, Field]:
        """Its fields, by their places in the plan."""
        return {"": self.nl, "name.nl": self.nl, "name.en": self.en}


class SegmentRow(TopicRow):
    """A group of readers with its domains; left empty it is none."""

    domains = _line(_l("Domeinen"))

    def data_of(self) -> dict[str, object]:
        """Its part of the plan."""
        typed = _BETWEEN_DOMAINS.split(self.domains.data or "")
        return super().data_of() | {"domains": [_domain(one) for one in typed if one]}

    def places(self) -> dict[str, Field]:
        """Its fields, by their places in the plan."""
        return super().places() | {"domains": self.domains}


class RhythmForm(Form):
    """When editions close and go out."""

    every_weeks = NumberField(
        _l("Om de hoeveel weken komt er een editie?"),
        validators=[InputRequired(FILL_IN)],
        lowest=1,
        highest=26,
        default=2,
    )
    weekday = SelectField(
        _l("Op welke dag?"), choices=options({day: _l(day) for day in WEEKDAYS}), default=WEEKDAYS[3]
    )
    send_time = TimeField(
        _l("Hoe laat gaat een editie uit?"), validators=[InputRequired(FILL_IN)], default=time(9)
    )
    closing_days = NumberField(
        _l("Hoeveel dagen eerder sluit de kopij?"),
        validators=[InputRequired(FILL_IN)],
        lowest=0,
        highest=14,
        default=2,
    )
    closing_time = TimeField(
        _l("Hoe laat sluit de kopij?"), validators=[InputRequired(FILL_IN)], default=time(12)
    )
    release_rule = RadioField(
        _l("Wanneer mag een editie uit?"),
        choices=options(RULES),
        default=str(ReleaseRule.AUTOMATIC),
    )


class FirstForm(Form):
    """Who gets the first account."""

    person = _line(_l("Naam"))
    email = _line(_l("E-mailadres"))
    communicator = BooleanField(_l("Deze persoon maakt ook zelf edities"), default=True)
    password = PasswordField(
        _l("Wachtwoord"), description=_l("Minstens 12 tekens."), validators=[InputRequired(FILL_IN)]
    )
    again = PasswordField(
        _l("Nog een keer"), validators=[EqualTo("password", _l("De twee wachtwoorden zijn niet gelijk."))]
    )


class SetupPage:
    """All parts of the page; it answers to the macro `error_summary` as one form would."""

    def __init__(self) -> None:
        self.beginning, self.rhythm, self.first = BeginningForm(), RhythmForm(), FirstForm()
        self.organisations = _rows(OrganisationRow, "organisations")
        self.segments = _rows(SegmentRow, "segments")
        self.topics = _rows(TopicRow, "topics")
        for place, row in enumerate(self.organisations):
            if request.method == "GET":
                row.palette.data = list(PALETTES)[place % len(PALETTES)]

    form_errors: Sequence[str] = ()

    @property
    def parts(self) -> list[Form]:
        """The parts in the order of the page."""
        return [self.beginning, *self.organisations, *self.segments, *self.topics, self.rhythm, self.first]

    def __iter__(self) -> Iterator[Field]:
        return (field for part in self.parts for field in part)

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, by the fields' ids."""
        return {field.id: field.errors for field in self if field.errors}

    def validate(self) -> bool:
        """Whether each part can be read; the plan as a whole is another question."""
        valid = [part.validate() for part in self.parts]
        return all(valid)

    def data(self) -> dict[str, object]:
        """What was typed, as a file would say it."""
        start, first = self.beginning, self.first
        return {
            "newsletter": {
                "name": start.name.data,
                "tagline": {"nl": start.tagline_nl.data, "en": start.tagline_en.data},
                "postal_address": start.postal_address.data,
            },
            "organisations": [one.data_of() for one in _filled(self.organisations)],
            "segments": [one.data_of() for one in _filled(self.segments)],
            "topics": [one.data_of() for one in _filled(self.topics)],
            "calendar": dict(self.rhythm.data),
            "administrator": {
                "name": first.person.data,
                "email": first.email.data,
                "communicator": bool(first.communicator.data),
            },
        }

    def show(self, faults: Sequence[Fault], language: Language) -> None:
        """Put what is wrong with the plan beside the fields that it is about."""
        places = self._places()
        for fault in faults:
            field = places[max((one for one in places if _lies_in(fault.place, one)), key=len)]
            field.errors = [*field.errors, fault_words(fault, language)]

    def _places(self) -> Mapping[str, Field]:
        start, first = self.beginning, self.first
        found = {
            "": start.name,
            "newsletter.tagline.nl": start.tagline_nl,
            "newsletter.tagline.en": start.tagline_en,
            "newsletter.postal_address": start.postal_address,
            "organisations": self.organisations[0].short_name,
            "administrator.name": first.person,
            "administrator.email": first.email,
        }
        for name, rows in (
            ("organisations", self.organisations),
            ("segments", self.segments),
            ("topics", self.topics),
        ):
            for number, row in enumerate(_filled(rows), 1):
                found |= {
                    f"{name}[{number}].{place}".rstrip("."): field for place, field in row.places().items()
                }
        return found | {f"calendar.{field.name}": field for field in self.rhythm}


def _rows(kind: Any, name: str) -> list[Any]:
    """As many rows as the page had, and some more where that was asked for."""
    had = request.form.get(name, ROWS[name], type=int)
    more = MORE if request.form.get("actie") == "meer" else 0
    return [kind(prefix=f"{name}-{number}-") for number in range(min(max(had, 1) + more, MOST_ROWS))]


def _filled(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if not row.is_empty()]


def _scheme(colours: Colours) -> dict[str, str]:
    return {"stroke": colours.stroke, "ink": colours.ink, "tint": colours.tint}


def _domain(typed: str) -> object:
    return {"name": typed.removeprefix(_BELOW), "subdomains": True} if typed.startswith(_BELOW) else typed


def _lies_in(place: str, around: str) -> bool:
    return not around or place == around or place.startswith((f"{around}.", f"{around}["))
