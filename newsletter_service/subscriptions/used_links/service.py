"""Use cases of links that are used up: write down what became of one, find that, forget it."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter_service.db import add_missing
from newsletter_service.languages import Language
from newsletter_service.links.tokens import Holder, Purpose
from newsletter_service.subscriptions.used_links.models import UsedLink
from newsletter_service.subscriptions.used_links.rules import Outcome, is_shown


def use_up(
    session: Session,
    link_key: str,
    outcome: Outcome,
    now: datetime,
    *,
    until: datetime,
    read_in: Language | None = None,
    leads_to: str = "",
) -> None:
    """Write down what became of a link that holds `until` then, in the transaction of what it did; the first counts."""
    row = {"outcome": outcome, "at": now, "until": until, "read_in": read_in, "leads_to": leads_to}
    add_missing(session, UsedLink, [{"link_key": link_key} | row])


def what_became_of(session: Session, purpose: Purpose, holder: Holder, now: datetime) -> UsedLink | None:
    """What a link did before; None for one that did nothing, or does not tell."""
    found = session.get(UsedLink, holder.key)
    if found is None or found.until <= now or not is_shown(found.outcome, purpose, holder):
        return None
    return found


def forget_used_of(session: Session, link_key: str, address_hmac: str) -> None:
    """Forget what the pages of used links ask about somebody who is erased."""
    session.execute(delete(UsedLink).where(UsedLink.leads_to.in_([link_key, address_hmac])))


def forget_used(session: Session, now: datetime) -> None:
    """Forget links that would not hold any more."""
    session.execute(delete(UsedLink).where(UsedLink.until <= now))
