"""The forms of a correction: its words, and which version of it somebody was looking at."""

from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from newsletter_service.editions.composing.default_texts import LONGEST
from newsletter_service.editions.corrections.service import Words
from newsletter_service.editorial.models import Item
from newsletter_service.merging import fingerprints
from newsletter_service.web.forms.fields import (
    FILL_IN,
    AtMost,
    Form,
    SelectField,
    began_field,
    one_line,
    options,
    stripped,
)
from newsletter_service.web.forms.links import acceptable_links, naming_nobody

NO_ITEM = 0


class CorrectionForm(Form):
    """What a correction says and about which item, written on top of the words it `began` from (fingerprints)."""

    subject = StringField(
        _l("Onderwerp"),
        validators=[DataRequired(_l("Vul een onderwerp in.")), AtMost(LONGEST)],
        filters=[one_line, naming_nobody],
    )
    item_id = SelectField(_l("Over welk bericht gaat het?"), coerce=int, default=0)
    text = TextAreaField(
        _l("Wat er niet klopte, en hoe het wel is"),
        validators=[
            DataRequired(_l("Schrijf op wat er niet klopte.")),
            AtMost(3000),
            acceptable_links,
        ],
        filters=[stripped, naming_nobody],
        description=_l(
            "Kort en zakelijk. Een lege regel begint een alinea, **twee sterretjes** maken vet. "
            "Boven uw tekst staat al op welk nummer dit een correctie is."
        ),
    )
    began = began_field()

    @classmethod
    def on_top_of(cls, saved: Words, shown: Words, items: Sequence[Item]) -> "CorrectionForm":
        """The form with `shown` in it, to be saved over what is `saved` now."""
        values = {"subject": shown.subject, "text": shown.text, "item_id": shown.item_id or NO_ITEM}
        form = cls(formdata=None, data=values | {"began": fingerprints(asdict(saved))})
        return form.about_one_of(items)

    def about_one_of(self, items: Sequence[Item]) -> "CorrectionForm":
        """Offer these items; answers with itself."""
        self.item_id.choices = options(
            {NO_ITEM: _l("Over de hele editie"), **{one.id: one.title for one in items}}
        )
        return self

    def words(self) -> Words:
        """What was typed."""
        return Words(self.subject.data or "", self.text.data or "", self.item_id.data or None)


class SeenForm(Form):
    """Which version of a correction somebody was looking at (its fingerprint)."""

    seen = StringField(validators=[DataRequired(FILL_IN), AtMost(64)])
