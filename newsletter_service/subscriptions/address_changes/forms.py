"""The form that asks for another address."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from newsletter_service.subscriptions.forms import AddressForm


class NewAddressForm(AddressForm):
    """Another address than `current`; after validation `parsed` holds it."""

    address = StringField(_l("Uw nieuwe e-mailadres"))
    current = ""

    def validate_address(self, field: StringField) -> None:
        """Parse, or say what is wrong; the address of now is no other."""
        super().validate_address(field)
        if self.parsed.text == self.current:
            raise ValidationError(_l("Op dit adres krijgt u de nieuwsbrief al."))
