"""Segments and topics as the database knows them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.audience.rules import ListedDomain
from newsletter_service.errors import NotFound


def segments(session: Session) -> list[Segment]:
    """All segments, in the order staff gave them."""
    return list(session.scalars(select(Segment).order_by(Segment.position, Segment.id)))


def topics(session: Session) -> list[Topic]:
    """All topics, in the order staff gave them."""
    return list(session.scalars(select(Topic).order_by(Topic.position, Topic.id)))


def offered_segments(session: Session, keep: Collection[int] = ()) -> list[Segment]:
    """The segments that can be chosen: all that are in use, and those to `keep` where they were chosen before."""
    return [one for one in segments(session) if not one.retired or one.id in keep]


def offered_topics(session: Session, keep: Collection[int] = ()) -> list[Topic]:
    """The same of topics."""
    return [one for one in topics(session) if not one.retired or one.id in keep]


def segment_by_slug(session: Session, slug: str) -> Segment:
    """The segment named `slug` in addresses of pages; raises NotFound."""
    segment = session.scalar(select(Segment).where(Segment.slug == slug))
    if segment is None:
        raise NotFound(f"no segment {slug!r}")
    return segment


def listed_domains(session: Session) -> dict[int, tuple[ListedDomain, ...]]:
    """The mail domains that prove membership, per segment id; only segments that have any."""
    found: defaultdict[int, list[ListedDomain]] = defaultdict(list)
    for row in session.execute(select(SegmentDomain).order_by(SegmentDomain.domain)).scalars():
        found[row.segment_id].append(ListedDomain(row.domain, row.subdomains))
    return {segment_id: tuple(domains) for segment_id, domains in found.items()}
