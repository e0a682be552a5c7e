"""Forms of one's own account."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from newsletter_service.languages import LANGUAGES
from newsletter_service.staff.choosing.forms import NEW_PASSWORD_HINT
from newsletter_service.staff.models import User
from newsletter_service.staff.own.service import offered
from newsletter_service.staff.rules import MAX_PASSWORD, NAME_LENGTH, NoticeKind
from newsletter_service.staff.wording import NOTICES
from newsletter_service.web.forms.fields import AtMost, CheckboxesField, Form, RadioField, one_line, options


class DetailsForm(Form):
    """What one is called, and what language one reads."""

    name = StringField(
        _l("Naam"),
        filters=[one_line],
        validators=[InputRequired(_l("Vul uw naam in.")), AtMost(NAME_LENGTH)],
    )
    language = RadioField(_l("Taal"), choices=options(LANGUAGES))


class PasswordForm(Form):
    """The password of today, and that of tomorrow."""

    current = PasswordField(
        _l("Huidig wachtwoord"),
        validators=[InputRequired(_l("Vul uw huidige wachtwoord in.")), AtMost(MAX_PASSWORD)],
    )
    password = PasswordField(
        _l("Nieuw wachtwoord"),
        description=NEW_PASSWORD_HINT,
        validators=[InputRequired(_l("Kies een nieuw wachtwoord.")), AtMost(MAX_PASSWORD)],
    )


class NoticesForm(Form):
    """Which notices one gets."""

    wanted = CheckboxesField(_l("Stuur mij een e-mail als dit gebeurt"), coerce=NoticeKind)

    def offer(self, user: User) -> "NoticesForm":
        """Offers what this person's roles bring."""
        self.wanted.choices = options({kind: NOTICES[kind] for kind in offered(user)})
        return self
