"""What nobody needs is forgotten: sign-ups that nobody confirmed, notices that went out, pictures, lists."""

from datetime import timedelta

from newsletter_service import retention
from newsletter_service.bounces.service import forget_old
from newsletter_service.budgets import service as budgets
from newsletter_service.db import unit_of_work
from newsletter_service.delivery.service import purge_backoffs, purge_notices
from newsletter_service.documents.service import keep_current
from newsletter_service.editorial.service import forget_pictures
from newsletter_service.services import services
from newsletter_service.staff.access import service as access
from newsletter_service.staff.used_forms import forget_used_forms
from newsletter_service.subscriptions.service import purge_stale
from scheduled_jobs.take_in_lists import tidy_up

KEEP_USED_FORMS = timedelta(days=2)
KEEP_PICTURES = timedelta(days=1)


def run() -> str:
    """Forget what is too old to keep."""
    now = services().clock()
    with unit_of_work() as session:
        readers = purge_stale(session, now)
        notices = purge_notices(session, now - retention.NOTICES)
        purge_backoffs(session, now)
        forget_used_forms(session, now - KEEP_USED_FORMS)
        access.purge(session, now)
        budgets.purge(session, now)
        forget_old(session, now)
        keep_current(session, services().reply_to, now)
        pictures = forget_pictures(session, now - KEEP_PICTURES)
    tidy_up()
    if readers or notices or pictures:
        return f"forgot {readers} sign-ups, {notices} notices and {pictures} pictures"
    return ""
