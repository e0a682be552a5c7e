"""The one form at the door."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from newsletter_service.staff.rules import EMAIL_LENGTH, MAX_PASSWORD
from newsletter_service.web.forms.fields import AtMost, Form


def inside(wanted: str | None) -> str:
    """Returns an address of the editorial office, whatever else was asked for."""
    wanted = wanted or ""
    is_ours = wanted.startswith("/redactie/") and wanted.isprintable() and "\\" not in wanted
    return wanted if is_ours else "/redactie/"


class SignInForm(Form):
    """Address and password; closing the browser signs out."""

    email = EmailField(
        _l("E-mailadres"),
        validators=[
            InputRequired(_l("Vul uw e-mailadres in.")),
            AtMost(EMAIL_LENGTH),
        ],
    )
    password = PasswordField(
        _l("Wachtwoord"),
        validators=[
            InputRequired(_l("Vul uw wachtwoord in.")),
            AtMost(MAX_PASSWORD),
        ],
    )
    next = HiddenField()

    def is_sent(self) -> bool:
        """Whether somebody filled this in, rather than another form of the same page."""
        return self.email.raw_data is not None

    def leads_to(self) -> str:
        """Where to go on: an address of the editorial office, whatever else was asked for."""
        return inside(self.next.data)
