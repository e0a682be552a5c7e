"""`newsletter seed`: the data without which nothing can begin, for VAR and RIEC; staff can change all of it."""

from datetime import date, datetime, time, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.db import unit_of_work
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editions.models import Calendar
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.services import services

ORGANISATIONS: tuple[dict[str, str], ...] = (
    {
        "slug": "var",
        "name": "VeiligheidsAlliantie regio Rotterdam",
        "short_name": "VAR",
        "colours": "#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a",
        "about_nl": "In de VAR werken gemeenten, het Openbaar Ministerie en de politie samen aan een veilige regio.",
        "about_en": "In the VAR municipalities, prosecutors and police work together for a safe region.",
    },
    {
        "slug": "riec",
        "name": "RIEC Rotterdam",
        "short_name": "RIEC",
        "colours": "#bd5f16 #733405 #fbebdb #e0914b #f6c99c #43290f",
        "about_nl": "RIEC betekent Regionaal Informatie- en Expertisecentrum. Het RIEC helpt overheden om samen op te "
        "treden tegen ondermijnende criminaliteit.",
        "about_en": "RIEC stands for Regional Information and Expertise Centre. It helps public authorities act "
        "together against organised crime.",
    },
)
SEGMENTS: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    (
        {
            "slug": "burgemeesters",
            "name_nl": "Burgemeesters",
            "name_en": "Mayors",
            "choice_nl": "Burgemeester",
            "choice_en": "Mayor",
        },
        (),
    ),
    (
        {
            "slug": "om",
            "name_nl": "OM",
            "name_en": "Public prosecutors",
            "choice_nl": "Ik werk bij het Openbaar Ministerie (OM)",
            "choice_en": "I work for the Public Prosecution Service (OM)",
        },
        ("om.nl",),
    ),
    (
        {
            "slug": "politie",
            "name_nl": "Politie",
            "name_en": "Police",
            "choice_nl": "Ik werk bij de politie",
            "choice_en": "I work for the police",
        },
        ("politie.nl",),
    ),
    (
        {
            "slug": "beleidsadviseurs",
            "name_nl": "Beleidsadviseurs",
            "name_en": "Policy advisers",
            "choice_nl": "Beleidsadviseur",
            "choice_en": "Policy adviser",
        },
        (),
    ),
    (
        {
            "slug": "ovv",
            "name_nl": "OVV'ers",
            "name_en": "Public order and safety officers",
            "choice_nl": "OVV'er",
            "choice_en": "Public order and safety officer (OVV)",
            "about_nl": "U werkt voor een gemeente aan openbare orde en veiligheid.",
            "about_en": "You work on public order and safety for a municipality.",
        },
        (),
    ),
)
TOPICS = (
    ("ondermijning", "Ondermijning", "Organised crime"),
    ("weerbaar-bestuur", "Weerbaar bestuur", "Resilient government"),
    ("jeugd", "Jeugd en veiligheid", "Youth and safety"),
    ("buitengebied", "Veilig buitengebied", "Safe countryside"),
    ("digitaal", "Digitale veiligheid", "Digital safety"),
    ("haven", "Haven en logistiek", "Port and logistics"),
    ("zorg-en-veiligheid", "Zorg en veiligheid", "Care and safety"),
    ("cijfers", "Cijfers en onderzoek", "Figures and research"),
)


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Fill in what is missing of the newsletter, its organisations, segments, topics and calendar."""
    with unit_of_work() as session:
        added = seed_base(session, services().clock())
    click.echo(f"{added} rows added." if added else "Nothing was missing.")


def seed_base(session: Session, now: datetime) -> int:
    """Add what is missing; what staff changed stays as they left it. How many rows."""
    added = _seed_newsletter(session) + _seed_calendar(session, now)
    for position, organisation in enumerate(ORGANISATIONS, 1):
        added += _add(session, Organisation(**organisation, accent=position, position=position))
    for position, (words, domains) in enumerate(SEGMENTS, 1):
        segment = Segment(**words, position=position)
        segment.domains = [SegmentDomain(domain=domain, subdomains=True) for domain in domains]
        added += _add(session, segment)
    for position, (slug, dutch, english) in enumerate(TOPICS, 1):
        added += _add(session, Topic(slug=slug, name_nl=dutch, name_en=english, position=position))
    open_next_edition(session, now)
    return added


def _add(session: Session, row: Organisation | Segment | Topic) -> int:
    kind = type(row)
    if session.scalars(select(kind).where(kind.slug == row.slug)).first() is not None:
        return 0
    session.add(row)
    session.flush()
    return 1


def _seed_newsletter(session: Session) -> int:
    if session.scalars(select(Newsletter)).first() is not None:
        return 0
    session.add(
        Newsletter(
            slug="veilig-verbonden",
            name="Veilig Verbonden",
            tagline_nl="Nieuwsbrief van VAR en RIEC Rotterdam",
            tagline_en="Newsletter of VAR and RIEC Rotterdam",
            postal_address="VeiligheidsAlliantie regio Rotterdam en RIEC Rotterdam, Rotterdam",
        )
    )
    return 1


def _seed_calendar(session: Session, now: datetime) -> int:
    if session.scalars(select(Calendar)).first() is not None:
        return 0
    session.add(
        Calendar(
            first_day=_next_thursday(now.date()), send_time=time(9), closing_time=time(12), closing_days=2
        )
    )
    session.flush()
    return 1


def _next_thursday(day: date) -> date:
    """A Thursday at least three days off, so that the first closing time lies ahead."""
    day += timedelta(days=3)
    return day + timedelta(days=(3 - day.weekday()) % 7)
