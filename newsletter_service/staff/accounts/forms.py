"""Forms of administrators about accounts."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, ValidationError

from newsletter_service.errors import Invalid
from newsletter_service.languages import DEFAULT_LANGUAGE, LANGUAGES
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.accounts.making import NewUser
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import EMAIL_LENGTH, NAME_LENGTH, Role
from newsletter_service.staff.service import parse_email
from newsletter_service.staff.wording import ROLES
from newsletter_service.web.forms.fields import (
    AtMost,
    CheckboxesField,
    Form,
    RadioField,
    SelectField,
    one_line,
    options,
)

NO_ORGANISATION = ""


class _AddressForm(Form):
    """Whose account it becomes: asked before anything else, so that faults are named in the order of the page."""

    email = EmailField(
        _l("E-mailadres"),
        validators=[InputRequired(_l("Vul een e-mailadres in.")), AtMost(EMAIL_LENGTH)],
    )

    def validate_email(self, field: EmailField) -> None:
        """Refuses what is no address."""
        try:
            parse_email(field.data or "")
        except Invalid as error:
            raise ValidationError(
                _("Dit is geen e-mailadres. Kijk of er een @ en een punt in staan.")
            ) from error


class AccountForm(Form):
    """What administrators decide of an account."""

    name = StringField(
        _l("Naam"),
        filters=[one_line],
        validators=[InputRequired(_l("Vul een naam in.")), AtMost(NAME_LENGTH)],
    )
    roles = CheckboxesField(_l("Rollen"), choices=options(ROLES), coerce=Role)
    organisation = SelectField(_l("Organisatie"), description=_l("Een hoofd hoort bij een organisatie."))

    def offer(self, organisations: Sequence[Organisation]) -> "AccountForm":
        """Offers these organisations, and none."""
        offered = {str(one.id): one.name for one in organisations}
        self.organisation.choices = options({NO_ORGANISATION: _l("Geen"), **offered})
        return self

    @property
    def organisation_id(self) -> int | None:
        """The organisation that was chosen."""
        return int(self.organisation.data) if self.organisation.data else None

    def show(self, user: User) -> None:
        """Fills in how an account is now."""
        self.name.data = user.name
        self.roles.data = [row.name for row in user.roles]
        self.organisation.data = str(user.organisation_id or NO_ORGANISATION)

    def validate_roles(self, field: CheckboxesField) -> None:
        """Refuses an account that may do nothing."""
        if not field.data and not field.errors:
            raise ValidationError(_("Kies minstens één rol."))

    def validate_organisation(self, field: SelectField) -> None:
        """Refuses a head of nothing."""
        if Role.HEAD in (self.roles.data or ()) and not field.data:
            raise ValidationError(_("Kies de organisatie waar dit hoofd bij hoort."))


class InvitationForm(_AddressForm, AccountForm):
    """Somebody new."""

    language = RadioField(_l("Taal"), choices=options(LANGUAGES), default=DEFAULT_LANGUAGE)

    def wanted(self, organisations: Sequence[Organisation]) -> NewUser:
        """Returns the account that is asked for."""
        slug = next((one.slug for one in organisations if one.id == self.organisation_id), None)
        name, email = self.name.data or "", self.email.data or ""
        return NewUser(email, name, None, self.roles.data or (), slug, self.language.data)
