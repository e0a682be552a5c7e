"""What pages say of acts that need a second person."""

from collections.abc import Sequence

from flask_babel import gettext as _

from newsletter_service.letters.texts import either
from newsletter_service.staff.four_eyes.emails import act_in_words
from newsletter_service.staff.four_eyes.rules import Act, RequestState
from newsletter_service.staff.models import User
from newsletter_service.web.locale import language


def act_name(act: Act) -> str:
    """What an act is called."""
    return act_in_words(act, language())


def names_of(people: Sequence[User]) -> str:
    """The names of those of whom one has to accept."""
    return either([one.name for one in people], language())


def asked(people: Sequence[User]) -> str:
    """What is said to who asked."""
    return _(
        "Hier is een tweede collega voor nodig. We hebben het gevraagd aan %(names)s.", names=names_of(people)
    )


def nobody_else() -> str:
    """What is said where there is no second person."""
    return _(
        "Hier is een tweede collega voor nodig, en er is niemand anders die dit mag. Vraag een beheerder om hulp."
    )


def states() -> dict[RequestState, str]:
    """Where requests stand."""
    return {
        RequestState.OPEN: _("wacht"),
        RequestState.ACCEPTED: _("goedgekeurd"),
        RequestState.DECLINED: _("afgewezen"),
        RequestState.WITHDRAWN: _("ingetrokken"),
        RequestState.USED: _("goedgekeurd en gedaan"),
    }
