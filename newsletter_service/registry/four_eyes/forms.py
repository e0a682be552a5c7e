"""The form with which administrators say what needs a second person."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.web.forms.fields import Form

_LABELS = {
    Act.IMPORT: _l("Een lijst met lezers inlezen"),
    Act.EXPORT: _l("Alle lezers meenemen als bestand"),
    Act.ERASE: _l("Meer dan één lezer op een dag wissen"),
    Act.DOMAINS: _l("De domeinen van een doelgroep veranderen"),
}


class FourEyesForm(Form):
    """A box for each act."""

    @classmethod
    def of(cls, now: Mapping[Act, bool]) -> "FourEyesForm":
        """The form as it begins, or as it was sent."""
        return cls(data={f"act_{act}": is_needed for act, is_needed in now.items()})

    def wanted(self) -> dict[Act, bool]:
        """What is ticked."""
        return {act: bool(self[f"act_{act}"].data) for act in Act}


for _act in Act:
    setattr(FourEyesForm, f"act_{_act}", BooleanField(_LABELS[_act]))
