"""Why a reader got an item or a letter, in words for that reader."""

from flask_babel import gettext as _

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.rules import Why
from newsletter_service.editions.rules import ExclusionReason
from newsletter_service.registry.why.service import Fate, Told
from newsletter_service.registry.wording import FATES
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.web.formatting import listed
from newsletter_service.web.locale import language


def why_you(told: Told) -> str:
    """The one rule by which an item was in a reader's letter."""
    chosen = listed([_name(one) for one in told.matched])
    match told.why:
        case Why.SEGMENT if told.item.restricted:
            return _("Voor wie gecontroleerd is als: %(chosen)s", chosen=chosen)
        case Why.SEGMENT:
            return _("U koos: %(chosen)s", chosen=chosen)
        case Why.TOPIC:
            return _("U koos het thema: %(chosen)s", chosen=chosen)
        case Why.EVERYBODY if told.item.topics:
            return _("U koos geen thema's en krijgt ze daarom allemaal")
        case Why.EVERYBODY:
            return _("Voor alle lezers")
    return _("Dat weten we niet meer: uw keuzes zijn daarna veranderd")


def _name(chosen: Segment | Topic) -> str:
    return chosen.choice(language()) if isinstance(chosen, Segment) else chosen.name(language())


def fate(one: Fate) -> str:
    """What became of an edition for a reader, and why there is no letter."""
    if one.delivery is None:
        return _not_sent(one.excluded)
    because = _stopped(one.stopped)
    return because or str(FATES[one.delivery.state])


def _not_sent(excluded: ExclusionReason | None) -> str:
    match excluded:
        case ExclusionReason.PAUSED:
            return _("niet gestuurd, want u had een pauze")
        case ExclusionReason.SUPPRESSED:
            return _("niet gestuurd, want dit adres kreeg geen e-mail")
    return _("niet gestuurd, want er was geen bericht voor u")


def _stopped(step: Step | None) -> str:
    match step:
        case Step.PAUSED:
            return _("niet verstuurd, want u begon een pauze")
        case Step.LEFT | Step.COMPLAINED:
            return _("niet verstuurd, want u meldde zich af")
        case Step.BOUNCED:
            return _("niet verstuurd, want uw adres nam geen post meer aan")
    return ""
