"""The mailbox that bounces come to is read."""

import logging

from newsletter_service.bounces.mailbox import read_mailbox
from newsletter_service.imap import ImapError, opened
from newsletter_service.operations.outages import Outage
from newsletter_service.services import services
from newsletter_service.smtp.certificates import fault_of

mailbox_away = Outage(logging.getLogger("scheduled_jobs"), "the mailbox for bounces cannot be read")


def run() -> str:
    """Take in what is unread, if there is such a mailbox."""
    server = services().bounce_mailbox
    if server is None:
        return ""
    try:
        with opened(server) as mailbox:
            done = read_mailbox(mailbox, services())
    except ImapError as error:
        mailbox_away.note(fault_of(error) or str(error))
        return ""
    mailbox_away.over()
    return f"bounces: {done}" if done else ""
