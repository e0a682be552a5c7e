"""The newsletter and its organisations, and who letters come from."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.values import MailIdentity, Publisher
from newsletter_service.publisher.mail_context import SenderContext
from newsletter_service.publisher.models import Newsletter, Organisation

NOT_SET_UP = "the newsletter is not set up yet: run `newsletter setup FILE`, or open its page /opzetten"


def newsletter(session: Session) -> Newsletter:
    """The newsletter's one row; raises NotFound before it is set up."""
    found = session.scalars(select(Newsletter).order_by(Newsletter.id).limit(1)).first()
    if found is None:
        raise NotFound(NOT_SET_UP)
    return found


def is_set_up(session: Session) -> bool:
    """Whether there is a newsletter yet."""
    return session.scalar(select(Newsletter.id).limit(1)) is not None


def not_set_up(engine: Engine) -> str:
    """What to tell the operator while there is no newsletter, "" once there is; OperationalError."""
    with Session(engine.execution_options(sqlite_read_only=True)) as session:
        return "" if is_set_up(session) else NOT_SET_UP


def organisations(session: Session) -> list[Organisation]:
    """Those who make the newsletter, in the order staff gave them; not who is retired."""
    return [one for one in all_organisations(session) if not one.retired]


def all_organisations(session: Session) -> list[Organisation]:
    """Whoever made the newsletter at some time, in the same order."""
    return list(session.scalars(select(Organisation).order_by(Organisation.position, Organisation.id)))


def publishers(session: Session) -> tuple[Publisher, ...]:
    """The organisations as letters and pages show them, in their order."""
    return tuple(Publisher(one.short_name, one.name, one.livery) for one in organisations(session))


def mail_identity(session: Session, context: SenderContext, language: Language) -> MailIdentity:
    """Who letters in `language` (nl or en) come from."""
    row = newsletter(session)
    return MailIdentity(
        name=row.name,
        list_slug=row.slug,
        tagline=row.tagline(language),
        postal_address=row.postal_address,
        closing=row.closing(language),
        mail_from=context.mail_from,
        reply_to=context.reply_to,
        base_url=context.links.base_url,
        publishers=publishers(session),
    )
