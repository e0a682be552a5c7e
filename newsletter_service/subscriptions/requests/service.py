"""Use cases of forms that anybody may fill in: take in what is asked for, answer it, forget it.

Taking in does the same for every address and looks up nobody, so that neither its answer nor its time tells anything.
What depends on who it is happens in a job of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import proof_of
from newsletter_service.audience.service import listed_domains
from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.service import Purse, purse
from newsletter_service.documents.service import keep_shown, read_as_shown
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.allowing import service as allowing
from newsletter_service.subscriptions.domains.rules import registered_domain
from newsletter_service.subscriptions.notices import person
from newsletter_service.subscriptions.requests import patience
from newsletter_service.subscriptions.requests.models import FormRequest
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.signing_up import service as signing_up

_AT_ONCE = 500


def take_in(
    session: Session, mail_context: MailContext, asked: FormSent, network: str, proof: str, now: datetime
) -> timedelta | None:
    """Write down what a form asks for; or answer for how long it has to wait, and write nothing.

    `network` is the client's, `proof` what its page says of its patience. That a mailbox has had its mails of today
    shows nowhere: its owner may have asked for them, or somebody else. UnknownText.
    """
    shown = _kept(session, mail_context, asked, now)
    ripe = patience.ripens_at(mail_context.keys, asked, proof, now)
    mailbox = person(mail_context, asked.address.text)
    client = purse("form-network", network, mail_context.form_limits.network, mail_context.keys.current)
    shared = shared_purses(session, mail_context, asked.address)
    held = budgets.hold(session, [mailbox, client, *shared], now)
    waits = held.wait(client, *shared, patient=ripe is not None and ripe <= now)
    if waits:
        return waits
    within_budget = not held.wait(mailbox)
    held.use(client)
    held.use(mailbox, *shared, times=int(within_budget))
    session.add(_row(replace(asked, shown=shown), now, within_budget=within_budget))
    session.flush()
    return None


def _kept(session: Session, mail_context: MailContext, asked: FormSent, now: datetime) -> str:
    """The name of what somebody read who signs up, kept so that it is found when they are answered."""
    if asked.choices is None:
        return ""
    read = read_as_shown(session, asked.read_in, mail_context.reply_to, asked.shown)
    keep_shown(session, read.wording, now)
    keep_shown(session, read.privacy, now)
    return read.name


def _row(asked: FormSent, now: datetime, *, within_budget: bool) -> FormRequest:
    return FormRequest(
        kind=asked.kind,
        address=asked.address.text,
        read_in=asked.read_in,
        choices=asked.choices.as_json() if asked.choices is not None else None,
        shown=asked.shown,
        within_budget=within_budget,
        at=now,
    )


def shared_purses(session: Session, mail_context: MailContext, address: Address) -> tuple[Purse, Purse]:
    """The budgets that a mail to an address uses up besides that of its mailbox: its domain's, and that of all."""
    return _domain(session, mail_context, address), _everybody(mail_context)


def _domain(session: Session, mail_context: MailContext, address: Address) -> Purse:
    """What goes to a domain; that of a segment may have all there is, as its people are whom this is for."""
    limits, secret_key = mail_context.form_limits, mail_context.keys.current
    listed = (one for domains in listed_domains(session).values() for one in domains)
    if proof_of(address.domain, listed) is not None:
        return purse("form-own-domain", address.domain, limits.all, secret_key)
    return purse("form-domain", registered_domain(address.domain), limits.domain, secret_key)


def _everybody(mail_context: MailContext) -> Purse:
    return purse("form", "", mail_context.form_limits.all, mail_context.keys.current)


def waiting(session: Session) -> Sequence[int]:
    """Returns what is to be answered, some hundreds at a time, the oldest first."""
    query = select(FormRequest.id).where(FormRequest.within_budget.is_(True))
    return session.scalars(query.order_by(FormRequest.id).limit(_AT_ONCE)).all()


def unanswerable(session: Session) -> bool:
    """Whether there is anything that gets no answer."""
    return session.scalar(select(FormRequest.id).where(_UNANSWERABLE).limit(1)) is not None


def drop_unanswerable(session: Session) -> None:
    """Forget what gets no answer."""
    session.execute(delete(FormRequest).where(_UNANSWERABLE))


_UNANSWERABLE = FormRequest.within_budget.is_(False)


def answer(session: Session, mail_context: MailContext, request_id: int) -> bool:
    """Do what somebody asked for, once; False if it was done before."""
    row = session.get(FormRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    _ANSWERS[row.kind](session, mail_context, row)
    session.delete(row)
    session.flush()
    return True


def _sign_up(session: Session, mail_context: MailContext, row: FormRequest) -> None:
    choices = Choices.from_json(row.choices or {})
    address = Address(row.address)
    signing_up.sign_up(
        session, mail_context, address, choices, row.read_in, row.at, shown=row.shown, paid=True
    )


def _link(session: Session, mail_context: MailContext, row: FormRequest) -> None:
    signing_up.request_link(session, mail_context, Address(row.address), row.at, paid=True)


def _allow(session: Session, mail_context: MailContext, row: FormRequest) -> None:
    allowing.request_link(session, mail_context, Address(row.address), row.read_in, row.at)


_ANSWERS: dict[FormKind, Callable[[Session, MailContext, FormRequest], None]] = {
    FormKind.SIGN_UP: _sign_up,
    FormKind.LINK: _link,
    FormKind.ALLOW: _allow,
}
