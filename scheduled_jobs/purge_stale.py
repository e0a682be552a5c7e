"""What nobody needs is forgotten after its term; how much that was stands in the audit trail."""

from datetime import datetime, timedelta

from newsletter_service.bounces.service import forget_old
from newsletter_service.budgets import service as budgets
from newsletter_service.db import reading, unit_of_work
from newsletter_service.delivery import aggregates
from newsletter_service.delivery.service import purge_backoffs, purge_notices
from newsletter_service.documents.service import keep_current
from newsletter_service.documents.terms.service import note_removed, terms
from newsletter_service.editions.service import forget_who_was_excluded
from newsletter_service.editorial.service import forget_pictures
from newsletter_service.health import service as health
from newsletter_service.retention import Term, Terms
from newsletter_service.services import services
from newsletter_service.staff.access import service as access
from newsletter_service.staff.four_eyes import service as four_eyes
from newsletter_service.staff.trail.service import forget_before
from newsletter_service.staff.used_forms import forget_used_forms
from newsletter_service.subscriptions.requesting import service as requesting
from newsletter_service.subscriptions.service import purge_stale
from newsletter_service.subscriptions.used_links.service import forget_used
from scheduled_jobs.take_in_lists import tidy_up

KEEP_USED_FORMS = timedelta(days=2)
KEEP_TROUBLE = timedelta(days=90)
KEEP_REQUESTS = timedelta(days=30)
_MOST_DELIVERIES = 20 * aggregates.AT_ONCE
"""As many rows a run: each of the transactions between which others write is short."""


def run() -> str:
    """Forget what is too old to keep, and say how much that was."""
    now = services().clock()
    with reading() as session:
        kept = terms(session)
    removed = _forget(kept, now) | {"deliveries": _aggregate(now - kept[Term.DELIVERIES])}
    tidy_up()
    with unit_of_work() as session:
        note_removed(session, removed, now)
    entries = _forget_entries(now - kept[Term.AUDIT], now)
    told = {kind: number for kind, number in {**removed, "audit_entries": entries}.items() if number}
    return (
        "removed " + ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in told.items())
        if told
        else ""
    )


def _forget(kept: Terms, now: datetime) -> dict[str, int]:
    with unit_of_work() as session:
        sign_ups = purge_stale(session, now)
        notices = purge_notices(session, now - kept[Term.NOTICES])
        purge_backoffs(session, now)
        forget_used_forms(session, now - KEEP_USED_FORMS)
        sessions = access.purge(session, now, kept[Term.SESSIONS])
        budgets.purge(session, now)
        headers, bounces = forget_old(session, now)
        forget_used(session, now)
        health.forget_old(session, now - KEEP_TROUBLE)
        requesting.forget_stale(session, now)
        keep_current(session, services().reply_to, now)
        return {
            "sign_ups": sign_ups,
            "notices": notices,
            "sessions": sessions,
            "headers": headers,
            "bounces": bounces,
            "requests": four_eyes.forget(session, now - KEEP_REQUESTS),
            "pictures": forget_pictures(session, now - kept[Term.PICTURES]),
            "exclusions": forget_who_was_excluded(session, now - kept[Term.DELIVERIES]),
        }


def _aggregate(before: datetime) -> int:
    with reading() as session:
        mailings = aggregates.mailings_before(session, before)
    number = 0
    for mailing_id in mailings:
        while number < _MOST_DELIVERIES:
            with unit_of_work() as session:
                some = aggregates.aggregate(session, mailing_id)
            number += some
            if not some:
                break
    return number


def _forget_entries(before: datetime, now: datetime) -> int:
    with unit_of_work() as session:
        return forget_before(session, before, now)
