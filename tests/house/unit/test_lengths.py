"""Texts that are far too long are refused by their length, whatever anything else would make of them."""

from dataclasses import replace

import pytest
from flask import Flask
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from newsletter_service.errors import Invalid
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.addresses import BadAddress, parse_address
from newsletter_service.subscriptions.rules import BadName, NameProblem, clean_name
from newsletter_service.web.forms.fields import Form, one_line, stripped

MARKS = "a" + "\u0300\u0316" * 120_000
"""Combining marks of two classes, which putting into order takes a time that grows with their square."""


class Looked(AssertionError):
    """Something was done with a text that is too long."""


def never(value: object) -> object:
    if isinstance(value, str) and len(value) > 100_000:
        raise Looked
    return value


class Typed(Form):
    title = StringField(filters=[never, one_line], validators=[DataRequired(), Length(max=20)])
    body = TextAreaField(filters=[never, stripped])

    def validate_title(self, field: StringField) -> None:
        never(field.data)

    def validate_body(self, field: TextAreaField) -> None:
        never(field.data)


def test_a_form_keeps_a_text_that_is_far_too_long_and_does_nothing_with_it_but_refuse(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = None
    with app.test_request_context("/redactie/proef", method="POST", data={"title": MARKS, "body": MARKS}):
        form = Typed()
        assert not form.validate()
        assert form.title.data == form.body.data == MARKS
        assert [str(error) for error in form.title.errors] == [
            "U heeft 240.001 tekens, 239.981 te veel. Gebruik er hooguit 20."
        ]
        assert [str(error) for error in form.body.errors] == [
            "U heeft 240.001 tekens, 239.001 te veel. Gebruik er hooguit 1.000."
        ]


def test_blanks_around_a_text_do_not_make_it_too_long(app: Flask) -> None:
    with app.test_request_context(
        "/redactie/proef", method="POST", data={"title": " " * 500 + "kort" + "\n" * 500}
    ):
        form = Typed()
        assert form.validate()
        assert form.title.data == "kort"


def test_a_form_takes_nothing_from_json(app: Flask) -> None:
    for sent in ({"title": "kort"}, ["kort"], "kort"):
        with app.test_request_context("/redactie/proef", method="POST", json=sent):
            assert Typed().title.data is None


def test_a_name_or_an_address_of_a_reader_that_is_far_too_long_is_refused() -> None:
    with pytest.raises(BadName) as name:
        clean_name(MARKS)
    assert name.value.problem is NameProblem.LENGTH
    with pytest.raises(BadAddress):
        parse_address(f"{MARKS}@gemeente.example")


@pytest.mark.parametrize("field", ["email", "name", "password"])
def test_an_account_is_not_made_of_texts_that_are_far_too_long(field: str) -> None:
    new = NewUser("hanneke@noord.example", "Hanneke", "een lang genoeg wachtwoord", [Role.COMMUNICATOR])
    account = replace(new, **{field: MARKS})  # type: ignore[arg-type]  # all three are texts
    with pytest.raises(Invalid, match="too long"):
        add_user(None, account)  # type: ignore[arg-type]  # it never gets as far as the database
