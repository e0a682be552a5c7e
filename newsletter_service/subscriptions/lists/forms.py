"""The forms of lists: handing one in, and what staff say of it."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from newsletter_service.subscriptions.importing.columns import MAY_CHOOSE
from newsletter_service.subscriptions.importing.rules import (
    KNOWN_FROM_LENGTH,
    PLACE_LENGTH,
    PROOF_LENGTH,
    SOURCE_LENGTH,
    Answers,
    Proof,
    Vouched,
)
from newsletter_service.web.forms.fields import (
    AtMost,
    CheckboxesField,
    DayField,
    Form,
    RadioField,
    one_line,
    options,
)

COLUMN = "kolom-"
"""What the selects of columns are called, with the place of the column behind it."""


class HandInForm(Form):
    """A file."""

    file = FileField(_l("Bestand"), validators=[FileRequired(_l("Kies een bestand."))])


PROVEN, ASK = "bewijs", "vraag"


class AnswersForm(Form):
    """Where consent came from, or that it is asked by mail; and whether the list proves what its readers do."""

    how = RadioField(
        _l("Gaven deze mensen toestemming?"),
        choices=options(
            {
                PROVEN: _l("Ja. Zij worden meteen lezer"),
                ASK: _l("Dat kan ik niet aantonen. Vraag het hun per e-mail"),
            }
        ),
        default=PROVEN,
    )
    known_from = StringField(
        _l("Waar kent u deze mensen van?"),
        validators=[AtMost(KNOWN_FROM_LENGTH)],
        filters=[one_line],
        description=_l(
            "Dit staat in de e-mail: “We hebben uw e-mailadres van: de netwerkdag van 3 juni 2026.”"
        ),
    )
    words = TextAreaField(
        _l("Waar stemden deze lezers mee in?"),
        validators=[AtMost(PROOF_LENGTH)],
        filters=[one_line],
        description=_l("Neem de tekst over die zij lazen, of schrijf op wat zij deden. Zonder namen."),
    )
    place = StringField(
        _l("Waar deden zij dat?"),
        validators=[AtMost(PLACE_LENGTH)],
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

    def validate_known_from(self, field: StringField) -> None:
        """Who is asked reads from where they are known."""
        if self.how.data == ASK and not field.data:
            raise ValidationError(_("Vul in waar u deze mensen van kent."))

    def validate_words(self, field: TextAreaField) -> None:
        """Consent is proved by what was agreed to."""
        if self.how.data == PROVEN and not field.data:
            raise ValidationError(_("Zonder bewijs van toestemming lezen we niemand in."))

    def validate_place(self, field: StringField) -> None:
        """And by where."""
        if self.how.data == PROVEN and not field.data:
            raise ValidationError(_("Vul in waar zij toestemming gaven."))

    def validate_verified_by(self, field: StringField) -> None:
        """A verification needs something that it goes by."""
        if self.how.data == PROVEN and self.verified.data and not field.data:
            raise ValidationError(_("Vul in waaruit blijkt dat deze lezers die functie hebben."))

    def answers(self) -> Answers:
        """What was said."""
        if self.how.data == ASK:
            return Answers(Proof(self.known_from.data or ""), asks=True)
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
