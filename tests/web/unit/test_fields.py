"""Whatever is typed into any form of the product, each field says at most one thing, and says it in our words."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField

import newsletter_service
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.translations.catalogues import read
from newsletter_service.web.forms.fields import (
    BAD_DATE,
    BAD_MOMENT,
    BAD_NUMBER,
    BAD_TIME,
    DayField,
    Form,
    MomentField,
    NumberField,
    TimeField,
    options,
)

FAR_TOO_LONG = "x" * 100_000
REFUSED: dict[type[Field], list[str]] = {
    NumberField: ["twee", "1,5", "-1", "9" * 30, "9" * 5_000],
    DayField: ["morgen", "31-02-2026", "0001-01-01", "2026-13-01", "26-11-1026", FAR_TOO_LONG],
    TimeField: ["straks", "25:00", "13.75", "-1:00", "9", FAR_TOO_LONG],
    MomentField: ["morgen 13.30", "2026-02-31T10:00", "0001-01-01T00:00", "26-11-2026", FAR_TOO_LONG],
    SelectField: ["999999", "anders", FAR_TOO_LONG],
    SelectMultipleField: ["999999", "anders", FAR_TOO_LONG],
    RadioField: ["999999", "anders", FAR_TOO_LONG],
    StringField: [FAR_TOO_LONG],
}
PERHAPS_REFUSED = ["", " ", "x" * 1_001, "x" * 2_500, "http://gemeente", "@", "[a](javascript:b)", "\ufffd"]


def all_forms() -> list[type[Form]]:
    for module in pkgutil.walk_packages(newsletter_service.__path__, "newsletter_service."):
        if module.name.endswith("forms"):
            importlib.import_module(module.name)
    return sorted(set(below(Form)), key=str)


def below(kind: type[Form]) -> Iterator[type[Form]]:
    for form in kind.__subclasses__():
        if form.__module__.startswith("newsletter_service."):
            yield form
        yield from below(form)


def filled_in(form: type[Form], name: str, typed: str, app: Flask) -> Form:
    """The form, checked, after somebody filled in one field."""
    with app.test_request_context("/redactie/proef", method="POST", data={name: typed}):
        made = form()
        for field in made:
            if isinstance(field, SelectField) and not field.choices:
                field.choices = options({1: "een"})
        if not hasattr(made, "zone"):
            made.zone = "Europe/Amsterdam"
        made.validate()
        for field in made:
            field.errors = [str(error) for error in field.errors]
    return made


def our_words(language: Language) -> re.Pattern[str]:
    """What any of our texts in that language may have become."""
    texts = [m.id if language == "nl" else m.string for m in read(language) if m.id]
    flat = [form or "" for one in texts for form in (one if isinstance(one, (tuple, list)) else (one,))]
    return re.compile(
        "|".join(re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(text)) for text in flat), re.DOTALL
    )


@pytest.fixture(autouse=True)
def unlimited(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.__name__)
def test_garbage_in_a_field_gives_one_message_and_it_is_ours(
    form: type[Form], language: Language, app: Flask
) -> None:
    ours = our_words(language)
    with app.test_request_context(), force_locale(language):
        fields = list(form())
    for field in fields:
        refused = next((values for kind, values in REFUSED.items() if isinstance(field, kind)), [])
        for typed in [*refused, *PERHAPS_REFUSED]:
            with force_locale(language):
                made = filled_in(form, field.name, typed, app)
            said = {one.name: one.errors for one in made if one.errors}
            assert all(len(errors) == 1 for errors in said.values()), (field.name, typed[:40], said)
            strange = [error for errors in said.values() for error in errors if not ours.fullmatch(error)]
            assert strange == [], (field.name, typed[:40])
            if typed in refused:
                assert field.name in said, (field.name, typed[:40])


class Typed(Form):
    number = NumberField()
    few = NumberField(lowest=2, highest=5)
    day = DayField()
    time = TimeField()
    moment = MomentField()


@pytest.mark.parametrize(
    ("name", "typed", "refusal"),
    [
        ("number", "drie", BAD_NUMBER),
        ("few", "1", "Vul een getal in van 2 tot 5."),
        ("few", "6", "Vul een getal in van 2 tot 5."),
        ("few", "drie", "Vul een getal in van 2 tot 5."),
        ("day", "1-13-2026", BAD_DATE),
        ("time", "24.00", BAD_TIME),
        ("moment", "26-11-2026", BAD_MOMENT),
    ],
)
def test_a_refusal_says_what_to_fill_in(name: str, typed: str, refusal: str, app: Flask) -> None:
    field = filled_in(Typed, name, typed, app)[name]
    assert field.errors == [str(refusal)]
    assert field._value() == typed


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("few", " 5 ", "5"),
        ("day", "2026-11-26", "2026-11-26"),
        ("day", "26-11-2026", "2026-11-26"),
        ("time", "13.30", "13:30:00"),
        ("time", " 13:30 ", "13:30:00"),
        ("moment", "2026-11-26T13:30", "2026-11-26 13:30:00"),
        ("moment", "26-11-2026 13.30", "2026-11-26 13:30:00"),
        ("moment", "", "None"),
    ],
)
def test_days_times_and_numbers_are_read_as_browsers_and_people_write_them(
    name: str, typed: str, shown: str, app: Flask
) -> None:
    field = filled_in(Typed, name, typed, app)[name]
    assert (str(field.data), field.errors) == (shown, [])
