"""What staff fill in to do something for a reader: always who asked for it, and how."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired

from newsletter_service.languages import LANGUAGES
from newsletter_service.subscriptions.address_changes.forms import NewAddressForm
from newsletter_service.subscriptions.forms import ChoicesForm, SignUpForm
from newsletter_service.subscriptions.on_behalf.rules import REASON_LENGTH
from newsletter_service.subscriptions.pausing.forms import PauseForm
from newsletter_service.web.forms.fields import AtMost, CheckboxesField, Form, RadioField, one_line


class ReasonForm(Form):
    """Why something is done for a reader."""

    reason = StringField(
        _l("Wie vroeg erom, en hoe?"),
        validators=[DataRequired(_l("Schrijf op wie erom vroeg, en hoe.")), AtMost(REASON_LENGTH)],
        filters=[one_line],
        description=_l("Dit komt in het logboek. Naam en adres van de lezer laten we eruit."),
    )


class PauseForReaderForm(PauseForm, ReasonForm):
    """How long a reader pauses, and why."""


class NameForm(ReasonForm):
    """A reader's name as it should be, and why."""

    name = StringField(_l("Naam"))
    validate_name = ChoicesForm.validate_name


class MoveForm(NewAddressForm, ReasonForm):
    """A reader's new address, and why."""

    address = StringField(_l("Nieuw e-mailadres"))


class AddForm(SignUpForm, ReasonForm):
    """Somebody who asked staff to be signed up, and how they did."""

    segments = CheckboxesField(_l("Functie"), coerce=int)
    topics = CheckboxesField(_l("Thema's"), coerce=int)
    language = RadioField(_l("Taal"), choices=LANGUAGES)
