"""Use cases of setting up: do it, say how a file differs from what stands, and the one-time code for the page."""

import secrets
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.audience.rules import ListedDomain
from newsletter_service.audience.service import offered_segments, offered_topics
from newsletter_service.budgets.rules import Budget
from newsletter_service.budgets.service import hold, purse
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editions.models import Calendar
from newsletter_service.editions.service import calendar
from newsletter_service.errors import Conflict
from newsletter_service.links.tokens import new_key
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.publisher.service import is_set_up, newsletter, organisations
from newsletter_service.setup.codes import CODE_LASTS, CodeAnswer, readable_code, typed_code
from newsletter_service.setup.models import SetupCode
from newsletter_service.setup.plans import (
    AdministratorPlan,
    CalendarPlan,
    Difference,
    NewsletterPlan,
    OrganisationPlan,
    Plan,
    SegmentPlan,
    TopicPlan,
    differing,
)
from newsletter_service.setup.reading import Words
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record

_FROM_ONE_NETWORK = Budget(free=10, each=timedelta(minutes=1))
_FROM_ALL = Budget(free=100, each=timedelta(seconds=10))
"""How often a wrong code may be typed; one of 60 random bits needs no more."""
_THE_ONLY_ROW = 1


class AlreadySetUp(Conflict):
    """There is a newsletter; nothing was written."""


def set_up(session: Session, plan: Plan, password: str | None, now: datetime) -> User:
    """Make the newsletter, and the account of its first administrator; AlreadySetUp if there is one.

    Without a password the account has a `link_key` to choose one by. WeakPassword says what is wrong with one.
    Of two at the same moment one succeeds.
    """
    try:
        administrator = _first_account(session, plan, password)
        if is_set_up(session):
            raise AlreadySetUp("there is a newsletter already")
        fill(session, plan, now)
    except IntegrityError as error:
        raise AlreadySetUp("somebody else set it up at this moment") from error
    session.execute(delete(SetupCode))
    record(session, administrator, "newsletter.set_up", "newsletter", _THE_ONLY_ROW, now)
    return administrator


def fill(session: Session, plan: Plan, now: datetime) -> None:
    """Make all of a plan but the account, and the first edition, which collects."""
    _add_newsletter(session, plan.newsletter)
    session.add(_calendar_row(plan.calendar, now))
    session.add_all(_organisation_rows(plan))
    session.add_all(_segment_rows(plan))
    session.add_all(_topic_rows(plan))
    session.flush()
    open_next_edition(session, now)


def _first_account(session: Session, plan: Plan, password: str | None) -> User:
    """Comes first: a password takes a while, and the transaction begins with the first question after it."""
    person = plan.administrator
    roles = [Role.ADMINISTRATOR, *([Role.COMMUNICATOR] if person.communicator else [])]
    around = [plan.newsletter.name]
    for one in plan.organisations:
        around += [one.name, one.short_name, one.slug]
    account = add_user(session, NewUser(person.email, person.name, password, roles, around=around))
    account.link_key = new_key() if password is None else None
    return account


def _add_newsletter(session: Session, planned: NewsletterPlan) -> None:
    session.add(
        Newsletter(
            id=_THE_ONLY_ROW,
            slug=planned.slug,
            name=planned.name,
            tagline_nl=planned.tagline.nl,
            tagline_en=planned.tagline.en,
            postal_address=planned.postal_address,
        )
    )
    session.flush()


def _calendar_row(planned: CalendarPlan, now: datetime) -> Calendar:
    return Calendar(**asdict(planned) | {"first_day": planned.counted_from(now.date())})


def _organisation_rows(plan: Plan) -> list[Organisation]:
    return [
        Organisation(
            slug=one.slug,
            name=one.name,
            short_name=one.short_name,
            about_nl=one.about.nl,
            about_en=one.about.en,
            colours=one.colours,
            accent=place,
            position=place,
        )
        for place, one in enumerate(plan.organisations, 1)
    ]


def _segment_rows(plan: Plan) -> list[Segment]:
    return [
        Segment(
            slug=one.slug,
            name_nl=one.name.nl,
            name_en=one.name.en,
            choice_nl=one.choice.nl,
            choice_en=one.choice.en,
            about_nl=one.about.nl,
            about_en=one.about.en,
            position=place,
            domains=[
                SegmentDomain(domain=listed.name, subdomains=listed.subdomains) for listed in one.domains
            ],
        )
        for place, one in enumerate(plan.segments, 1)
    ]


def _topic_rows(plan: Plan) -> list[Topic]:
    return [
        Topic(slug=one.slug, name_nl=one.name.nl, name_en=one.name.en, position=place)
        for place, one in enumerate(plan.topics, 1)
    ]


def differences(session: Session, plan: Plan) -> list[Difference]:
    """Where `plan` differs from the newsletter that stands."""
    return differing(plan, _stands(session, plan.administrator))


def _stands(session: Session, asked: AdministratorPlan) -> Plan:
    """The newsletter as it is, as a plan; its administrator is the one who is `asked` for, if there is such."""
    row = newsletter(session)
    known = session.scalar(select(User.email).where(User.email == asked.email.lower()))
    return Plan(
        newsletter=NewsletterPlan(
            row.slug, row.name, Words(row.tagline_nl, row.tagline_en), row.postal_address
        ),
        organisations=tuple(_organisation_plan(one) for one in organisations(session)),
        segments=tuple(_segment_plan(one) for one in offered_segments(session)),
        topics=tuple(TopicPlan(one.slug, Words(one.name_nl, one.name_en)) for one in offered_topics(session)),
        calendar=_calendar_plan(calendar(session)),
        administrator=replace(asked, email=asked.email if known else ""),
    )


def _organisation_plan(row: Organisation) -> OrganisationPlan:
    about = Words(row.about_nl, row.about_en)
    return OrganisationPlan(row.slug, row.name, row.short_name, about, row.colours)


def _segment_plan(row: Segment) -> SegmentPlan:
    return SegmentPlan(
        slug=row.slug,
        name=Words(row.name_nl, row.name_en),
        choice=Words(row.choice_nl, row.choice_en),
        about=Words(row.about_nl, row.about_en),
        domains=tuple(ListedDomain(one.domain, one.subdomains) for one in row.domains),
    )


def _calendar_plan(row: Calendar) -> CalendarPlan:
    return CalendarPlan(**{one.name: getattr(row, one.name) for one in fields(CalendarPlan)})


def new_code(session: Session, now: datetime) -> str:
    """A code that lets somebody set the newsletter up within the hour; those that ended are forgotten."""
    code = readable_code(secrets.token_bytes(8))
    session.execute(delete(SetupCode).where(SetupCode.until <= now))
    session.add(SetupCode(code_hash=_hash(code), until=now + CODE_LASTS))
    session.flush()
    return code


def code_fits(session: Session, typed: str, network: str, secret_key: str, now: datetime) -> CodeAnswer:
    """Whether `typed` is a code that holds; each wrong one counts against its `network`, and against all."""
    purses = (
        purse("setup-network", network, _FROM_ONE_NETWORK, secret_key),
        purse("setup", "all", _FROM_ALL, secret_key),
    )
    held = hold(session, purses, now)
    if held.wait(*purses):
        return CodeAnswer.WAIT
    fitting = select(SetupCode.until).where(SetupCode.code_hash == _hash(typed), SetupCode.until > now)
    if session.scalar(fitting) is not None:
        return CodeAnswer.FITS
    held.use(*purses)
    return CodeAnswer.WRONG


def _hash(code: str) -> str:
    return sha256(typed_code(code).encode()).hexdigest()
