"""The newsletter and its organisations, and who letters come from."""

from dataclasses import replace

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.values import MailIdentity, Notice, Publisher
from newsletter_service.publisher.mail_context import SenderContext
from newsletter_service.publisher.models import Newsletter, Organisation, OwnWords
from newsletter_service.publisher.rules import ReaderMail

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


def reply_address(row: Newsletter, of_settings: str) -> str:
    """Where answers to letters go: what administrators chose, or else what the settings of the server say."""
    return row.reply_to or of_settings


def in_own_words(session: Session, mail: ReaderMail, notice: Notice) -> Notice:
    """A mail to a reader with what the newsletter says itself in it."""
    row = session.scalars(select(OwnWords).where(OwnWords.mail == mail)).first()
    if row is None:
        return notice
    of = {"nl": (row.subject_nl, row.sentence_nl), "en": (row.subject_en, row.sentence_en)}
    return with_own_words(notice, *of[notice.language])


def with_own_words(notice: Notice, subject: str, sentence: str) -> Notice:
    """A notice with another subject, and a sentence after its own paragraphs; either may be empty."""
    paragraphs = (*notice.paragraphs, sentence) if sentence else notice.paragraphs
    return replace(notice, subject=subject or notice.subject, paragraphs=paragraphs)


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
        from_name=row.sender_name,
        reply_to=reply_address(row, context.reply_to),
        base_url=context.links.base_url,
        publishers=publishers(session),
    )
