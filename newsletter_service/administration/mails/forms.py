"""The form of what the newsletter says itself in a mail to readers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from newsletter_service.administration.forms import PartForm
from newsletter_service.publisher.rules import OWN_SENTENCE_LENGTH, OWN_SUBJECT_LENGTH
from newsletter_service.web.forms.fields import AtMost, one_line


def _own(label: Any, longest: int, hint: Any = "") -> StringField:
    return StringField(label, filters=[one_line], validators=[AtMost(longest)], description=hint)


class OwnWordsForm(PartForm):
    """A subject and a sentence, in both languages; all may be empty."""

    subject_nl = _own(
        _l("Eigen onderwerp"), OWN_SUBJECT_LENGTH, _l("Laat u dit leeg, dan blijft het ons onderwerp.")
    )
    subject_en = _own(_l("Eigen onderwerp in het Engels"), OWN_SUBJECT_LENGTH)
    sentence_nl = _own(_l("Eigen zin"), OWN_SENTENCE_LENGTH, _l("Komt na de vaste tekst, boven de knop."))
    sentence_en = _own(_l("Eigen zin in het Engels"), OWN_SENTENCE_LENGTH)
