"""The table of jobs: their names, how often they look, and what they run."""

from collections.abc import Callable
from dataclasses import dataclass

from newsletter_service.continuity.service import stands_still
from newsletter_service.db import db
from newsletter_service.operations.outages import Outage
from newsletter_service.services import services
from scheduled_jobs import (
    answer_forms,
    ask_by_mail,
    ask_reconsent,
    back_up,
    change_addresses,
    check_claims,
    compose_due,
    count_readers,
    count_refusals,
    deliver,
    end_pauses,
    finish_due,
    mail_audit_head,
    note_runs,
    open_next_edition,
    purge_stale,
    read_bounces,
    release_due,
    repair_clock_skew,
    scrub_erased,
    settle_silent,
    take_in_lists,
    tell_staff,
    watch_copy,
    watch_health,
)


@dataclass(frozen=True)
class Job:
    """A use case that runs every so many seconds; `run` answers with what it did, or nothing.

    `outage` is of what it needs and does not have, though it ended well.
    """

    name: str
    every_seconds: int
    run: Callable[[], str]
    outage: Outage | None = None


JOBS = (
    Job("watch-copy", 5, watch_copy.run),
    Job("open-next-edition", 300, open_next_edition.run),
    Job("compose-due", 5, compose_due.run),
    Job("release-due", 5, release_due.run),
    Job("answer-forms", 1, answer_forms.run),
    Job("deliver", 1, deliver.run, deliver.server_away),
    Job("finish-due", 5, finish_due.run),
    Job("repair-clock-skew", 600, repair_clock_skew.run),
    Job("count-readers", 300, count_readers.run),
    Job("read-bounces", 60, read_bounces.run, read_bounces.mailbox_away),
    Job("count-refusals", 60, count_refusals.run),
    Job("check-claims", 60, check_claims.run),
    Job("end-pauses", 60, end_pauses.run),
    Job("change-addresses", 60, change_addresses.run),
    Job("take-in-lists", 2, take_in_lists.run),
    Job("settle-silent", 60, settle_silent.run),
    Job("ask-by-mail", 20, ask_by_mail.run),
    Job("ask-reconsent", 60, ask_reconsent.run),
    Job("scrub-erased", 20, scrub_erased.run),
    Job("purge-stale", 3600, purge_stale.run),
    Job("mail-audit-head", 60, mail_audit_head.run),
    Job("back-up", 600, back_up.run),
    Job("watch-bounces", 300, tell_staff.of_refusals),
    Job("watch-sign-ins", 60, tell_staff.of_failed_sign_ins),
    Job("watch-health", 60, watch_health.run),
    Job("note-runs", 10, note_runs.run),
)


def keeps_still() -> bool:
    """Whether no job may run, for the database is a copy: asked before each."""
    delivery = services().delivery
    return stands_still(db.engine, delivery.witness, delivery.clock())
