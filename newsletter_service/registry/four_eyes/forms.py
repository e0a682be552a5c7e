"""The form with which administrators say what needs a second person."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from newsletter_service.editions.calendar.service import ReleaseSettings
from newsletter_service.editions.calendar.wording import RULES
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.web.forms.fields import FILL_IN, Form, NumberField, RadioField, options

_LABELS = {
    Act.IMPORT: _l("Een lijst met lezers inlezen"),
    Act.EXPORT: _l("Alle lezers meenemen als bestand"),
    Act.ERASE: _l("Meer dan één lezer op een dag wissen"),
    Act.DOMAINS: _l("De domeinen van een doelgroep veranderen"),
}


class FourEyesForm(Form):
    """When editions and corrections may go out, and a box for each of the other acts."""

    release_rule = RadioField(
        _l("Wanneer mag een editie of een correctie uit?"),
        choices=options(RULES),
        description=_l(
            "Gaan edities vanzelf uit, dan krijgen de andere hoofden van een correctie eerst bericht."
        ),
    )
    correction_minutes = NumberField(
        _l("Hoeveel minuten wacht een correctie op de andere hoofden?"),
        validators=[InputRequired(FILL_IN)],
        lowest=5,
        highest=1440,
        description=_l(
            "Zo lang kan iemand een correctie nog vasthouden. Geldt alleen als edities vanzelf uitgaan."
        ),
    )

    @classmethod
    def of(cls, now: Mapping[Act, bool], release: ReleaseSettings) -> "FourEyesForm":
        """The form as it begins, or as it was sent."""
        boxes = {f"act_{act}": is_needed for act, is_needed in now.items()}
        return cls(
            data={"release_rule": release.release_rule, "correction_minutes": release.correction_minutes}
            | boxes
        )

    def acts(self) -> list[BooleanField]:
        """The boxes."""
        return [self[f"act_{act}"] for act in Act]

    def wanted(self) -> dict[Act, bool]:
        """What is ticked."""
        return {act: bool(self[f"act_{act}"].data) for act in Act}

    def release(self) -> ReleaseSettings:
        """When editions and corrections may go out, once the form is valid."""
        return ReleaseSettings(ReleaseRule(self.release_rule.data), int(self.correction_minutes.data or 0))


for _act in Act:
    setattr(FourEyesForm, f"act_{_act}", BooleanField(_LABELS[_act]))
