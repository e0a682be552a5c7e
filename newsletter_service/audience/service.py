"""Segments and topics as the database knows them."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.errors import NotFound


def segments(session: Session) -> list[Segment]:
    """All segments, in the order staff gave them."""
    return list(session.scalars(select(Segment).order_by(Segment.position, Segment.id)))


def topics(session: Session) -> list[Topic]:
    """All topics, in the order staff gave them."""
    return list(session.scalars(select(Topic).order_by(Topic.position, Topic.id)))


def segment_by_slug(session: Session, slug: str) -> Segment:
    """The segment named `slug` in addresses of pages; raises NotFound."""
    segment = session.scalar(select(Segment).where(Segment.slug == slug))
    if segment is None:
        raise NotFound(f"no segment {slug!r}")
    return segment


def segment_domains(session: Session) -> dict[int, frozenset[str]]:
    """The mail domains that prove membership, per segment id, in lower case; only segments that have any."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for segment_id, domain in session.execute(select(SegmentDomain.segment_id, SegmentDomain.domain)):
        found[segment_id].add(domain.lower())
    return {segment_id: frozenset(names) for segment_id, names in found.items()}
