"""Mails to readers as they are made for somebody, with what stands for that person filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.publisher.prospect import Prospect
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.subscriptions import emails
from newsletter_service.subscriptions.reconsent import emails as reconsent
from newsletter_service.subscriptions.verification import emails as verification
from newsletter_service.subscriptions.verification.rules import Evidence

_A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Sample:
    """For whom a mail is made: a newsletter, one of its segments, and an address that stands for all links."""

    newsletter: str
    segment: str
    prospect: Prospect
    url: str
    now: datetime


def sample(mail: ReaderMail, of: Sample, language: Language) -> Notice:
    """Returns a mail as somebody would get it."""
    return _MADE[mail](of, language)


def _simple(build: Callable[[str, Language, str], Notice], of: Sample, language: Language) -> Notice:
    return build(of.newsletter, language, of.url)


def _confirm(of: Sample, language: Language) -> Notice:
    return emails.confirmation(of.newsletter, language, of.url, of.url)


def _welcome(of: Sample, language: Language) -> Notice:
    return emails.welcome(of.newsletter, language, of.prospect, of.url, of.url)


def _asked(of: Sample, language: Language) -> Notice:
    return emails.consent_request(of.newsletter, language, "…", of.url, of.url)


def _decided(of: Sample, language: Language) -> Notice:
    verified = verification.Verified(of.segment, Evidence.PERSON, "", of.now + 12 * _A_MONTH)
    return verification.claims_decided(of.newsletter, language, [verified], [], [], of.url)


def _ending(
    build: Callable[[str, Language, verification.Ending], Notice], of: Sample, language: Language
) -> Notice:
    return build(of.newsletter, language, verification.Ending([of.segment], of.now + _A_MONTH, of.url))


def _agree_again(of: Sample, language: Language) -> Notice:
    return reconsent.ask(of.newsletter, language, reconsent.Question(of.url, of.url, of.now + _A_MONTH))


_MADE: Mapping[ReaderMail, Callable[[Sample, Language], Notice]] = {
    ReaderMail.CONFIRM: _confirm,
    ReaderMail.ALREADY: partial(_simple, emails.already_subscribed),
    ReaderMail.WELCOME: _welcome,
    ReaderMail.LINK: partial(_simple, emails.lost_link),
    ReaderMail.ASKED: _asked,
    ReaderMail.DECIDED: _decided,
    ReaderMail.STILL_THERE: partial(_ending, verification.still_there),
    ReaderMail.LAPSED: partial(_ending, verification.lapsed),
    ReaderMail.AGREE_AGAIN: _agree_again,
}
