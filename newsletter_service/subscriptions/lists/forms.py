"""The forms of lists: handing one in, and what staff say of it."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from newsletter_service.subscriptions.importing.columns import MAY_CHOOSE
from newsletter_service.subscriptions.importing.rules import (
    PLACE_LENGTH,
    PROOF_LENGTH,
    SOURCE_LENGTH,
    Answers,
    Proof,
    Vouched,
)
from newsletter_service.web.forms.fields import AtMost, CheckboxesField, DayField, Form, one_line

COLUMN = "kolom-"
"""What the selects of columns are called, with the place of the column behind it."""


class HandInForm(Form):
    """A file."""

    file = FileField(_l("Bestand"), validators=[FileRequired(_l("Kies een bestand."))])


class AnswersForm(Form):
    """Where consent came from, and whether the list proves what its readers do."""

    words = TextAreaField(
        _l("Waar stemden deze lezers mee in?"),
        validators=[
            DataRequired(_l("Zonder bewijs van toestemming lezen we niemand in.")),
            AtMost(PROOF_LENGTH),
        ],
        filters=[one_line],
        description=_l("Neem de tekst over die zij lazen, of schrijf op wat zij deden. Zonder namen."),
    )
    place = StringField(
        _l("Waar deden zij dat?"),
        validators=[DataRequired(_l("Vul in waar zij toestemming gaven.")), AtMost(PLACE_LENGTH)],
        filters=[one_line],
        description=_l("Een webadres, een formulier, een bijeenkomst."),
    )
    on = DayField(
        _l("Wanneer?"),
        validators=[Optional()],
        description=_l("Voor wie in het bestand geen datum heeft. Leeg laten is: vandaag."),
    )
    verified = CheckboxesField(_l("Iedereen op deze lijst is gecontroleerd als"), coerce=str)
    verified_by = StringField(
        _l("Waaruit blijkt dat?"),
        validators=[AtMost(SOURCE_LENGTH)],
        filters=[one_line],
        description=_l("Bijvoorbeeld: ledenlijst van het OM, 1 november 2026."),
    )

    def validate_verified_by(self, field: StringField) -> None:
        """A verification needs something that it goes by."""
        if self.verified.data and not field.data:
            field.errors = [_("Vul in waaruit blijkt dat deze lezers die functie hebben.")]

    def answers(self) -> Answers:
        """What was said."""
        proof = Proof(self.words.data or "", self.place.data or "", self.on.data)
        verified = frozenset(self.verified.data or ())
        return Answers(proof, Vouched(verified, (self.verified_by.data or "") if verified else ""))


def wrong_columns(chosen: Sequence[str]) -> str:
    """What is wrong with a choice of columns, "" if nothing is."""
    if not set(chosen) <= {"", *MAY_CHOOSE}:
        return _("Kies uit de mogelijkheden die hier staan.")
    if "address" not in chosen:
        return _("Kies in welke kolom de e-mailadressen staan.")
    if any(number > 1 for column, number in Counter(chosen).items() if column):
        return _("Twee kolommen hebben dezelfde betekenis. Kies er één, en laat de andere weg.")
    return ""
