"""Sets what a reader chose, and says it for the ledger of consent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Topic
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.verification.service import choose_segments


def choose(session: Session, subscriber: Subscriber, choices: Choices, now: datetime) -> None:
    """Set what a reader chose; a segment kept, or chosen again, keeps its check."""
    subscriber.name = choices.name
    subscriber.organisation = choices.organisation
    subscriber.language = choices.language
    choose_segments(session, subscriber, choices.segment_ids, now)
    subscriber.topics = list(session.scalars(select(Topic).where(Topic.id.in_(choices.topic_ids))))
    session.flush()


def choices_of(subscriber: Subscriber) -> Choices:
    """What a reader chose, as a form takes it."""
    return Choices(
        name=subscriber.name,
        language=subscriber.language,
        segment_ids=frozenset(membership.segment_id for membership in subscriber.memberships),
        topic_ids=frozenset(topic.id for topic in subscriber.topics),
        organisation=subscriber.organisation,
    )


def chosen(subscriber: Subscriber) -> dict[str, object]:
    """What a reader chose, for the ledger of consent."""
    return {
        "language": subscriber.language,
        "segments": sorted(membership.segment.slug for membership in subscriber.memberships),
        "topics": sorted(topic.slug for topic in subscriber.topics),
    }
