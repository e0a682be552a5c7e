"""What a reader's page says of the checks of their segments."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from newsletter_service.letters.dates import day_with_year
from newsletter_service.subscriptions.models import Checked, Membership, Subscriber
from newsletter_service.subscriptions.verification.emails import reason_in, source_in
from newsletter_service.subscriptions.verification.rules import ClaimState
from newsletter_service.web.locale import language


@dataclass(frozen=True)
class Check:
    """One claimed segment: the name on screen, where its check stands, and that in a word and a sentence."""

    name: str
    state: ClaimState
    word: str
    about: str

    @property
    def verified(self) -> bool:
        """Whether restricted items reach the reader by it."""
        return self.state is ClaimState.VERIFIED


def checks(subscriber: Subscriber) -> list[Check]:
    """Each segment that the reader claims, with where its check stands."""
    claims = sorted(subscriber.memberships, key=lambda claim: (claim.segment.position, claim.segment_id))
    return [_check(claim) for claim in claims]


def _check(claim: Membership) -> Check:
    word = {
        ClaimState.WAITING: _("nog niet gecontroleerd"),
        ClaimState.VERIFIED: _("gecontroleerd"),
        ClaimState.DECLINED: _("niet bevestigd"),
        ClaimState.LAPSED: _("verlopen"),
    }[claim.state]
    return Check(claim.segment.choice(language()), claim.state, word, _about(claim))


def _about(claim: Membership) -> str:
    match claim.state:
        case ClaimState.VERIFIED:
            return verified_in_words(claim)
        case ClaimState.DECLINED:
            return reason_in(claim.reason, language())
        case ClaimState.LAPSED:
            return _("Deze controle is op %(day)s verlopen.", day=_day(claim.until))
    if claim.evidence is not None:
        return _("Op %(day)s gecontroleerd. We moeten dat opnieuw doen.", day=_day(claim.decided_at))
    return _("U gaf dit door op %(day)s. We moeten het nog controleren.", day=_day(claim.claimed_at))


def verified_in_words(claim: Checked) -> str:
    """Since when a claim is verified, by what and until when."""
    source = source_in(claim.evidence, claim.source, language())
    since, until = _day(claim.decided_at), _day(claim.until)
    return _("Sinds %(since)s, %(source)s. Dit geldt tot %(until)s.", since=since, source=source, until=until)


def _day(moment: datetime | None) -> str:
    return day_with_year(moment, language()) if moment else ""
