"""Forms about an edition: its texts, its order, signing off, holding and resuming it."""

from dataclasses import asdict

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from newsletter_service.editions.composing.default_texts import LONGEST, Texts, texts_of
from newsletter_service.editions.models import Edition
from newsletter_service.merging import fingerprints
from newsletter_service.web.forms.fields import (
    FILL_IN,
    AtMost,
    Form,
    MomentField,
    NumberField,
    RadioField,
    began_field,
    one_line,
    options,
    stripped,
)
from newsletter_service.web.forms.links import acceptable_links, naming_nobody


class TextsForm(Form):
    """Subject, preheader and introduction, written on top of those it `began` from (fingerprints)."""

    subject = StringField(
        _l("Onderwerp"),
        validators=[DataRequired(_l("Vul een onderwerp in.")), AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
        description=_l("Een telefoon toont ongeveer 60 tekens."),
    )
    preheader = StringField(
        _l("Preheader"),
        validators=[AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
        description=_l("De regel die mailprogramma's naast het onderwerp tonen."),
    )
    introduction = TextAreaField(
        _l("Introductie"),
        validators=[AtMost(3000), acceptable_links],
        filters=[stripped, naming_nobody],
        description=_l(
            "Twee of drie zinnen. Een lege regel begint een alinea, **twee sterretjes** maken vet."
        ),
    )
    began = began_field()

    @classmethod
    def of(cls, edition: Edition) -> "TextsForm":
        """The form before anybody typed."""
        return cls.on_top_of(texts_of(edition), texts_of(edition))

    @classmethod
    def on_top_of(cls, saved: Texts, shown: Texts) -> "TextsForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        return cls(formdata=None, data=asdict(shown) | {"began": fingerprints(asdict(saved))})

    def texts(self) -> Texts:
        """What was typed."""
        return Texts(self.subject.data or "", self.preheader.data or "", self.introduction.data or "")


class PlaceForm(Form):
    """Moves one item: a step up or down, or (by dragging) to a place counted from 0."""

    item_id = NumberField(validators=[InputRequired(FILL_IN)])
    direction = StringField()
    position = NumberField(validators=[Optional()])


class ItemForm(Form):
    """Names one item."""

    item_id = NumberField(validators=[InputRequired(FILL_IN)])


class SignOffForm(Form):
    """What the head was looking at."""

    seen = StringField(validators=[DataRequired(FILL_IN), AtMost(64)])


class HoldForm(Form):
    """Why an edition is held."""

    reason = StringField(
        _l("Waarom houdt u deze editie vast?"),
        validators=[
            DataRequired(_l("Vul een reden in, zodat anderen weten waar ze aan toe zijn.")),
            AtMost(300),
        ],
        filters=[stripped],
        description=_l("Iedereen van de redactie ziet deze reden."),
    )


class ResumeForm(Form):
    """When a held edition goes out after all; `fold` is asked only for a moment that comes twice."""

    sends_at = MomentField(
        _l("Nieuw moment van versturen"),
        validators=[Optional()],
        description=_l("Laat leeg om het oude moment aan te houden."),
    )
    fold = RadioField(
        _l("De klok gaat die nacht terug: deze tijd komt twee keer. Welke bedoelt u?"),
        choices=options({"0": _l("De eerste keer (zomertijd)"), "1": _l("De tweede keer (wintertijd)")}),
        validators=[Optional()],
    )
