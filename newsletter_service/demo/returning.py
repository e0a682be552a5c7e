"""What comes back in the demonstration, as mail servers and providers write it, and the pipe that it goes through."""

import asyncio
import sys
from pathlib import Path

from newsletter_service.demo.people import ComesBack, people

_COMMAND = (str(Path(sys.executable).with_name("newsletter")), "bounces", "read", "-")
"""What a mail server's pipe runs for each message; README says how to set one up."""
_AFTER_SECONDS = 5.0
"""A server far away takes a while; the letter is settled by then."""
_SAYS = {
    ComesBack.UNKNOWN: ("5.1.1", "smtp; 550 5.1.1 Recipient address rejected: User unknown"),
    ComesBack.FULL: ("5.2.2", "smtp; 552 5.2.2 Mailbox full"),
}
_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.maasdelta.example (Mail Delivery System)
To: {sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_1"

--=_1
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.maasdelta.example.
Your message could not be delivered to one or more recipients.

--=_1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.maasdelta.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: {words}

--=_1--
"""
_COMPLAINT = """\
Return-Path: <>
From: Feedback <fbl@maasdelta.example>
To: {sender}
Subject: Abuse report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_2"

--=_2
Content-Type: text/plain; charset=us-ascii

This is an email abuse report for a message received from you.

--=_2
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Maasdelta/1.0
Version: 1
Original-Mail-From: <{sender}>
Original-Rcpt-To: <{recipient}>

--=_2--
"""
_WHO = {person.address: person.comes_back for person in people() if person.comes_back is not None}


def message(sender: str, recipient: str) -> bytes | None:
    """What comes back to the envelope sender of a mail to `recipient`; None where it arrives."""
    kind = _WHO.get(recipient)
    if kind is None:
        return None
    if kind is ComesBack.COMPLAINT:
        return _COMPLAINT.format(sender=sender, recipient=recipient).encode()
    status, words = _SAYS[kind]
    return _REPORT.format(sender=sender, recipient=recipient, status=status, words=words).encode()


async def send_back(raw: bytes) -> None:
    """Give a message to the service by the pipe that a mail server has for it."""
    await asyncio.sleep(_AFTER_SECONDS)
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=asyncio.subprocess.PIPE)
    await process.communicate(raw)
