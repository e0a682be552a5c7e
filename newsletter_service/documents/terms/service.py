"""How long things are kept, and setting it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.documents.terms.models import RetentionTerm
from newsletter_service.retention import DAYS, Term, Terms
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record

CHANGED = "setting.retention"
REMOVED = "retention.removed"


def terms(session: Session) -> Terms:
    """For how long each thing is kept."""
    query = select(RetentionTerm.name, RetentionTerm.days)
    chosen = {row.name: row.days for row in session.execute(query)}
    return {term: timedelta(days=chosen.get(term, DAYS[term].usual)) for term in Term}


def set_terms(session: Session, wanted: Mapping[Term, int], by: User, now: datetime) -> None:
    """Set for how many days things are kept; each that changes is an entry of its own."""
    before = terms(session)
    for term, days in wanted.items():
        if days != before[term].days:
            session.merge(RetentionTerm(name=term, days=days))
            record(session, by, CHANGED, "setting", 0, now, term=term, before=before[term].days, after=days)
    session.flush()


def note_removed(session: Session, removed: Mapping[str, int], now: datetime) -> None:
    """Write down how much was removed after its term, if anything was."""
    told = {kind: number for kind, number in removed.items() if number}
    if told:
        record(session, None, REMOVED, "setting", 0, now, **told)
