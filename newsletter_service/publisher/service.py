"""The newsletter and its organisations, and who letters come from."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.values import MailIdentity, Publisher
from newsletter_service.publisher.mail_context import SenderContext
from newsletter_service.publisher.models import Newsletter, Organisation


def newsletter(session: Session) -> Newsletter:
    """The newsletter's one row; raises NotFound before the database is seeded."""
    found = session.scalars(select(Newsletter).order_by(Newsletter.id).limit(1)).first()
    if found is None:
        raise NotFound("the newsletter has no name yet: run `newsletter seed`")
    return found


def organisations(session: Session) -> list[Organisation]:
    """All organisations, in the order staff gave them."""
    return list(session.scalars(select(Organisation).order_by(Organisation.position, Organisation.id)))


def publishers(session: Session) -> tuple[Publisher, ...]:
    """All organisations as letters and pages show them, in their order."""
    return tuple(Publisher(one.short_name, one.name, one.livery) for one in organisations(session))


def mail_identity(session: Session, context: SenderContext, language: Language) -> MailIdentity:
    """Who letters in `language` (nl or en) come from."""
    row = newsletter(session)
    return MailIdentity(
        name=row.name,
        list_slug=row.slug,
        tagline=row.tagline(language),
        postal_address=row.postal_address,
        mail_from=context.mail_from,
        reply_to=context.reply_to,
        base_url=context.links.base_url,
        publishers=publishers(session),
    )
