"""Forms of the second factor."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, ValidationError

from newsletter_service.staff.second_factor.passkeys import LONGEST_ANSWER
from newsletter_service.staff.second_factor.rules import PASSKEY_NAME_LENGTH
from newsletter_service.web.forms.fields import AtMost, Form, one_line

_CODE_LETTERS = 40


class SecondFactorForm(Form):
    """A code, or the answer of a passkey, which a script fills in."""

    code = StringField(
        _l("Code"),
        description=_l("De zes cijfers uit uw app, of een van uw herstelcodes."),
        filters=[one_line],
        validators=[AtMost(_CODE_LETTERS)],
    )
    answer = HiddenField(validators=[AtMost(LONGEST_ANSWER)])
    next = HiddenField()

    def is_sent(self) -> bool:
        """Whether somebody filled this in, rather than another form of the same page."""
        return self.code.raw_data is not None

    def validate_code(self, field: StringField) -> None:
        """Refuses a form in which there is neither."""
        if not field.data and not self.answer.data:
            raise ValidationError(_("Vul een code in, of gebruik uw passkey."))


class AppForm(Form):
    """The first code of an app."""

    code = StringField(
        _l("Code uit de app"),
        filters=[one_line],
        validators=[InputRequired(_l("Vul de zes cijfers in die de app laat zien.")), AtMost(_CODE_LETTERS)],
    )


class PasskeyForm(Form):
    """A passkey that a browser made, and what its owner calls it."""

    name = StringField(
        _l("Naam"),
        description=_l("Zo herkent u deze passkey later, zoals “telefoon” of “laptop”."),
        filters=[one_line],
        validators=[InputRequired(_l("Geef de passkey een naam.")), AtMost(PASSKEY_NAME_LENGTH)],
    )
    answer = HiddenField(
        validators=[
            InputRequired(_l("Uw browser heeft geen passkey gemaakt. Probeer het nog eens.")),
            AtMost(LONGEST_ANSWER),
        ]
    )
