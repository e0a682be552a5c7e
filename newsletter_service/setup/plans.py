"""What a newsletter is set up with, as a value, and where two of them differ. Pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.setup.reading import Words

_FIRST_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class NewsletterPlan:
    """What readers know the newsletter by."""

    slug: str
    name: str
    tagline: Words
    postal_address: str


@dataclass(frozen=True)
class OrganisationPlan:
    """One of the publishers; `colours` as models.Organisation keeps them."""

    slug: str
    name: str
    short_name: str
    about: Words
    colours: str


@dataclass(frozen=True)
class SegmentPlan:
    """A group of readers, and the mail domains that prove membership."""

    slug: str
    name: Words
    choice: Words
    about: Words
    domains: tuple[ListedDomain, ...]


@dataclass(frozen=True)
class TopicPlan:
    """A subject that readers may choose."""

    slug: str
    name: Words


@dataclass(frozen=True)
class CalendarPlan:
    """When editions close and go out; without a `first_day` the weeks are counted from the first that is possible."""

    every_weeks: int
    weekday: int
    first_day: date | None
    send_time: time
    closing_days: int
    closing_time: time
    zone: str
    release_rule: ReleaseRule
    item_limit: int
    text_limit: int
    correction_minutes: int
    silence_hours: int

    def counted_from(self, today: date) -> date:
        """The day from which the weeks are counted, where set-up is `today`: its first closing time lies ahead."""
        if self.first_day is not None:
            return self.first_day
        day = today + max(_FIRST_AFTER, timedelta(days=self.closing_days + 1))
        return day + timedelta(days=(self.weekday - day.weekday()) % 7)


@dataclass(frozen=True)
class AdministratorPlan:
    """Who gets the first account; as `communicator` they also make editions."""

    name: str
    email: str
    communicator: bool


@dataclass(frozen=True)
class Plan:
    """All that a newsletter is set up with."""

    newsletter: NewsletterPlan
    organisations: tuple[OrganisationPlan, ...]
    segments: tuple[SegmentPlan, ...]
    topics: tuple[TopicPlan, ...]
    calendar: CalendarPlan
    administrator: AdministratorPlan


@dataclass(frozen=True)
class Difference:
    """A place at which a plan and what stands say something else; "" is nothing at all."""

    place: str
    planned: str
    stands: str


def differing(planned: Plan, stands: Plan) -> list[Difference]:
    """Where a plan differs from what stands; where it leaves the choice of the first day, it does not there."""
    mine, theirs = facts(planned), facts(stands)
    if planned.calendar.first_day is None:
        theirs["calendar.first_day"] = ""
    places = dict.fromkeys((*mine, *theirs))
    return [
        Difference(place, mine.get(place, ""), theirs.get(place, ""))
        for place in places
        if mine.get(place, "") != theirs.get(place, "")
    ]


def facts(plan: Plan) -> dict[str, str]:
    """All that a plan says, by its place: parts of lists by their slugs, and the order of those."""
    found = _flat("newsletter", asdict(plan.newsletter)) | _flat("calendar", asdict(plan.calendar))
    lists: dict[str, Sequence[OrganisationPlan | SegmentPlan | TopicPlan]] = {
        "organisations": plan.organisations,
        "segments": plan.segments,
        "topics": plan.topics,
    }
    for name, parts in lists.items():
        found[name] = ", ".join(one.slug for one in parts)
        for one in parts:
            found |= _flat(f"{name}.{one.slug}", asdict(one))
    return found | _flat("administrator", {"email": plan.administrator.email})


def _flat(place: str, values: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Words):
            found |= _flat(f"{place}.{name}", value._asdict())
        elif isinstance(value, tuple):
            found[f"{place}.{name}"] = ", ".join(sorted(map(_domain_words, value)))
        elif name != "slug":
            found[f"{place}.{name}"] = "" if value is None else str(value)
    return found


def _domain_words(domain: Mapping[str, object]) -> str:
    return f"*.{domain['name']}" if domain["subdomains"] else str(domain["name"])
