"""Reads a plan whole from plain data, or refuses it with all that is wrong. Pure decisions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Protocol, TypeVar
from zoneinfo import available_timezones

from newsletter_service.audience.rules import CHOICE_LENGTH, NAME_LENGTH, ListedDomain
from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.editions.calendar.rules import closes_first
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.editorial.rules import BODY_LENGTH
from newsletter_service.letters.colours import Colours, Livery, NotAColour, refusals
from newsletter_service.publisher.rules import (
    ABOUT_LENGTH,
    COLOUR,
    NEWSLETTER_LENGTH,
    ORGANISATION_LENGTH,
    POSTAL_ADDRESS_LENGTH,
    SHORT_NAME_LENGTH,
    SLUG_LENGTH,
    TAGLINE_LENGTH,
    UNCHOSEN,
    slug_of,
)
from newsletter_service.setup.plans import (
    AdministratorPlan,
    CalendarPlan,
    NewsletterPlan,
    OrganisationPlan,
    Plan,
    SegmentPlan,
    TopicPlan,
)
from newsletter_service.setup.reading import Fault, Problem, Table
from newsletter_service.subscriptions.addresses import BadAddress, parse_address
from newsletter_service.subscriptions.domains.rules import BadDomain, DomainProblem, parse_domain

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
ADDRESS_LENGTH = 255
PERSON_LENGTH = 120
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOMAIN_PROBLEMS = {
    DomainProblem.MALFORMED: Problem.NO_DOMAIN,
    DomainProblem.PUBLIC_SUFFIX: Problem.PUBLIC_SUFFIX,
    DomainProblem.FOR_ANYBODY: Problem.FOR_ANYBODY,
}


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


P = TypeVar("P", bound=_Named)


class BadPlan(Exception):
    """The data describe no newsletter; `faults` holds all that is wrong, in the order of the data."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{fault.place}: {fault.problem}" for fault in faults))
        self.faults = faults


def read_plan(data: Mapping[str, object]) -> Plan:
    """The plan that `data` describes, as tomllib reads it from a file; BadPlan names everything that is wrong."""
    faults: list[Fault] = []
    root = Table(data, "", faults)
    plan = Plan(
        newsletter=_newsletter(root.table("newsletter")),
        organisations=_each(root, "organisations", _organisation, at_least=1),
        segments=_each(root, "segments", _segment),
        topics=_each(root, "topics", _topic),
        calendar=_calendar(root.table("calendar")),
        administrator=_administrator(root.table("administrator")),
    )
    root.close()
    if faults:
        raise BadPlan(faults)
    return plan


def _each(root: Table, name: str, read: Callable[[Table], P], *, at_least: int = 0) -> tuple[P, ...]:
    """What `read` makes of each table of a list; two that bear the same name are refused."""
    found: dict[str, P] = {}
    for table in root.tables(name, at_least=at_least):
        one = read(table)
        table.close()
        if one.slug in found:
            table.fault("", Problem.TWICE, twice=one.slug)
        found.setdefault(one.slug, one)
    return tuple(found.values())


def _newsletter(table: Table) -> NewsletterPlan:
    name = table.text("name", NEWSLETTER_LENGTH)
    found = NewsletterPlan(
        slug=_slug(table, name),
        name=name,
        tagline=table.words("tagline", TAGLINE_LENGTH),
        postal_address=table.text("postal_address", POSTAL_ADDRESS_LENGTH),
    )
    table.close()
    return found


def _organisation(table: Table) -> OrganisationPlan:
    short_name = table.text("short_name", SHORT_NAME_LENGTH)
    return OrganisationPlan(
        slug=_slug(table, short_name),
        name=table.text("name", ORGANISATION_LENGTH),
        short_name=short_name,
        about=table.words("about", ABOUT_LENGTH, optional=True),
        colours=_colours(table),
    )


def _segment(table: Table) -> SegmentPlan:
    name = table.words("name", NAME_LENGTH)
    return SegmentPlan(
        slug=_slug(table, name.nl),
        name=name,
        choice=table.words("choice", CHOICE_LENGTH, optional=True),
        about=table.words("about", ABOUT_LENGTH, optional=True),
        domains=_domains(table),
    )


def _topic(table: Table) -> TopicPlan:
    name = table.words("name", NAME_LENGTH)
    return TopicPlan(_slug(table, name.nl), name)


def _slug(table: Table, name: str) -> str:
    """The name in addresses and lists that was given, or one made of `name`."""
    slug = table.text("slug", SLUG_LENGTH, optional=True)
    if slug and not _SLUG.fullmatch(slug):
        table.fault("slug", Problem.NO_SLUG)
    return slug or slug_of(name)


def _colours(table: Table) -> str:
    if not table.has("colours"):
        return UNCHOSEN
    both = table.table("colours")
    words = [_scheme(both.table(scheme)) for scheme in ("light", "dark")]
    both.close()
    try:
        livery = Livery.parsed(" ".join(words))
    except NotAColour:
        return UNCHOSEN  # each colour that is none was noted by itself
    for pair in refusals(livery):
        both.refuse_pair(pair)
    return str(livery)


def _scheme(table: Table) -> str:
    found = []
    for one in fields(Colours):
        colour = table.text(one.name, len("#rrggbb")).lower()
        if colour and not COLOUR.fullmatch(colour):
            table.fault(one.name, Problem.NO_COLOUR)
        found.append(colour)
    table.close()
    return " ".join(found)


def _domains(table: Table) -> tuple[ListedDomain, ...]:
    """Domains by themselves, or tables with `name` and `subdomains`."""
    found: dict[str, ListedDomain] = {}
    for place, given in table.listed("domains"):
        try:
            listed = _domain(table, place, given)
        except BadDomain as error:
            table.fault(f"domains[{place}]", _DOMAIN_PROBLEMS[error.problem])
            continue
        if listed.name in found:
            table.fault(f"domains[{place}]", Problem.TWICE, twice=listed.name)
        found[listed.name] = listed
    return tuple(found.values())


def _domain(table: Table, place: int, given: object) -> ListedDomain:
    if isinstance(given, str):
        return ListedDomain(parse_domain(given))
    below = table.inside(given, f"domains[{place}]")
    subdomains, name = below.yes("subdomains"), below.text("name", ADDRESS_LENGTH, optional=True)
    below.close()
    return ListedDomain(parse_domain(name), subdomains)


def _calendar(table: Table) -> CalendarPlan:
    found = CalendarPlan(
        every_weeks=table.number("every_weeks", 2, 1, 26),
        weekday=table.choice("weekday", {day: number for number, day in enumerate(WEEKDAYS)}, 3),
        first_day=table.day("first_day"),
        send_time=table.clock_time("send_time", time(9)),
        closing_days=table.number("closing_days", 2, 0, 14),
        closing_time=table.clock_time("closing_time", time(12)),
        zone=_zone(table),
        release_rule=table.choice(
            "release_rule", {str(one): one for one in ReleaseRule}, ReleaseRule.AUTOMATIC
        ),
        item_limit=table.number("item_limit", 8, 1, 30),
        text_limit=table.number("text_limit", 900, 200, BODY_LENGTH),
        correction_minutes=table.number("correction_minutes", 30, 5, 1440),
        silence_hours=table.number("silence_hours", 24, 1, 168),
    )
    if not closes_first(found.closing_days, found.closing_time, found.send_time):
        table.fault("closing_time", Problem.CLOSES_LATE)
    table.close()
    return found


def _zone(table: Table) -> str:
    zone = table.text("zone", SLUG_LENGTH, optional=True) or DEFAULT_ZONE
    if zone not in available_timezones():
        table.fault("zone", Problem.NO_ZONE)
    return zone


def _administrator(table: Table) -> AdministratorPlan:
    table.refuse("password", Problem.NEVER_IN_A_FILE)
    found = AdministratorPlan(
        name=table.text("name", PERSON_LENGTH),
        email=_address(table),
        communicator=table.yes("communicator"),
    )
    table.close()
    return found


def _address(table: Table) -> str:
    typed = table.text("email", ADDRESS_LENGTH)
    try:
        return parse_address(typed).text if typed else ""
    except BadAddress:
        table.fault("email", Problem.NO_ADDRESS)
        return ""
