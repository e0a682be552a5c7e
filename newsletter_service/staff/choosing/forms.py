"""Forms of choosing a password."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, ValidationError

from newsletter_service.errors import Invalid
from newsletter_service.staff.rules import EMAIL_LENGTH, MAX_PASSWORD
from newsletter_service.staff.service import parse_email
from newsletter_service.web.forms.fields import AtMost, Form

NEW_PASSWORD_HINT = _l("Minstens 12 tekens. Een zin of een paar losse woorden zijn makkelijk te onthouden.")


class LostPasswordForm(Form):
    """Whose password is lost."""

    email = EmailField(
        _l("E-mailadres"), validators=[InputRequired(_l("Vul uw e-mailadres in.")), AtMost(EMAIL_LENGTH)]
    )

    def validate_email(self, field: EmailField) -> None:
        """Refuses what is no address."""
        try:
            self.parsed = parse_email(field.data or "")
        except Invalid as error:
            raise ValidationError(
                _("Dit is geen e-mailadres. Kijk of er een @ en een punt in staan.")
            ) from error


class NewPasswordForm(Form):
    """A new password; whether it is good enough is found out where it is known whose it is."""

    password = PasswordField(
        _l("Nieuw wachtwoord"),
        description=NEW_PASSWORD_HINT,
        validators=[InputRequired(_l("Kies een wachtwoord.")), AtMost(MAX_PASSWORD)],
    )
