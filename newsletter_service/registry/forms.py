"""The form on which a reader erases all that is held about them."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from newsletter_service.web.forms.fields import Form, one_line

WORDS = frozenset({"wissen", "erase"})


class EraseForm(Form):
    """A word that has to be typed: mail filters press buttons, and this cannot be taken back."""

    word = StringField(_l("Typ het woord wissen"), filters=[one_line])

    def validate_word(self, field: StringField) -> None:
        """Whether it was typed, in either language."""
        if (field.data or "").casefold() not in WORDS:
            raise ValidationError(_("Typ het woord wissen om te bevestigen."))
