"""The form in which staff write a new version of a text."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from newsletter_service.documents.models import Document
from newsletter_service.documents.rules import (
    SUMMARY_LENGTH,
    WORDING_LENGTH,
    WORDS_LENGTH,
    Kind,
    Unanswered,
    unknown_slots,
)
from newsletter_service.documents.service import Edited, version_of, words_of
from newsletter_service.web.forms.fields import FILL_IN, AtMost, Form, RadioField, one_line, options, stripped

UNANSWERED = {
    Unanswered.KEEPS: _l("De lezer blijft de nieuwsbrief krijgen, en de eerdere tekst blijft gelden"),
    Unanswered.ENDS: _l("De lezer krijgt na dertig dagen geen nieuwsbrief meer"),
}


class DocumentForm(Form):
    """A text in both languages, written on top of the version it is `based_on`."""

    based_on = HiddenField(validators=[AtMost(20)])
    words_nl = TextAreaField(
        _l("Nederlandse tekst"), filters=[stripped], validators=[InputRequired(FILL_IN), AtMost(WORDS_LENGTH)]
    )
    words_en = TextAreaField(
        _l("Engelse tekst"), filters=[stripped], validators=[InputRequired(FILL_IN), AtMost(WORDS_LENGTH)]
    )
    summary = StringField(
        _l("Wat is er anders?"),
        description=_l("Eén zin voor collega's. Lezers zien deze niet."),
        filters=[one_line],
        validators=[InputRequired(FILL_IN), AtMost(SUMMARY_LENGTH)],
    )
    asks_again = BooleanField(
        _l("Vraag lezers opnieuw om toestemming"),
        description=_l(
            "Alleen nodig als we met gegevens iets anders gaan doen dan waar lezers mee instemden. Wie met een "
            "eerdere versie instemde, krijgt een e-mail met één knop, en na twee weken een herinnering."
        ),
    )
    unanswered = RadioField(
        _l("Wat als een lezer niet antwoordt?"),
        description=_l("Alleen als u lezers opnieuw vraagt. Het staat ook in de e-mail."),
        choices=options(UNANSWERED),
        coerce=Unanswered,
        default=Unanswered.KEEPS,
    )
    kind = Kind.PRIVACY
    """Whose slots the words may have; `of` says which text it is."""

    @classmethod
    def of(cls, kind: Kind, newest: Document | None) -> "DocumentForm":
        """The form as it begins: with the text as it is now."""
        form = cls(
            based_on=version_of(newest),
            words_nl=words_of(newest, kind, "nl"),
            words_en=words_of(newest, kind, "en"),
        )
        form.kind = kind
        return form

    def validate_words_nl(self, field: TextAreaField) -> None:
        """Refuse what cannot be filled in."""
        _check_words(self.kind, field)

    def validate_words_en(self, field: TextAreaField) -> None:
        """Refuse what cannot be filled in."""
        _check_words(self.kind, field)

    def edited(self) -> Edited:
        """The new version, once the form is valid."""
        asks = bool(self.asks_again.data) and self.kind in (Kind.CONSENT, Kind.PRIVACY)
        return Edited(
            kind=self.kind,
            words_nl=self.words_nl.data or "",
            words_en=self.words_en.data or "",
            summary=self.summary.data or "",
            asks_again=asks,
            ends_unanswered=asks and self.unanswered.data is Unanswered.ENDS,
            based_on=self.based_on.data or "",
        )


def _check_words(kind: Kind, field: TextAreaField) -> None:
    unknown = unknown_slots(kind, field.data or "")
    if unknown:
        raise ValidationError(_("Dit kan niet worden ingevuld: %(slots)s.", slots=", ".join(unknown)))
    if kind is Kind.CONSENT and len(field.data or "") > WORDING_LENGTH:
        raise ValidationError(
            _("Houd de tekst bij de knop korter dan %(limit)s tekens.", limit=WORDING_LENGTH)
        )
    if kind is Kind.CONSENT and "\n" in (field.data or ""):
        raise ValidationError(_("De tekst bij de knop is één alinea."))
