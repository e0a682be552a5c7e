"""What readers will get, before they get it: the very bytes, and proofs by mail."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ANYONE, SubscriberView, member_of, visible
from newsletter_service.audience.service import segment_by_slug
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.service import write_notice
from newsletter_service.editions.content import content_for, item_views, items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionConflict
from newsletter_service.languages import Language
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import EditionContent, PreparedLetter
from newsletter_service.links.tokens import NOBODYS_KEY
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import mail_identity
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record, times_done

SAMPLE_ADDRESS = "lezer@voorbeeld.example"
SAMPLE_NAME = "mevrouw De Vries"
SAMPLE_ID = "<voorbeeld@voorbeeld.example>"
SAMPLE_EDITION_ID = "<voorbeeld-editie@voorbeeld.example>"


PROOFS_AN_HOUR = 20
PROOF_SENT = "edition.proof_sent"


class TooManyProofs(EditionConflict):
    """This member of staff had as many proofs in an hour as anybody may ask for."""

    def __init__(self) -> None:
        super().__init__("too_many_proofs", f"more than {PROOFS_AN_HOUR} proofs in an hour")


class NothingToSee(EditionConflict):
    """A reader like this one gets no letter: nothing in the edition is for them."""

    def __init__(self) -> None:
        super().__init__("nothing_to_see", "nothing in this edition is for such a reader")


def message_for(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    segment: str | None,
    language: Language,
    now: datetime,
) -> bytes:
    """The bytes that a verified member of `segment` (its slug; None: a reader without any) would get.

    Shown by letters.preview.html_of and text_of. Raises NothingToSee, NotFound; letters.errors.LetterError.
    """
    letter = letter_of(session, mail_context, _content(session, mail_context, edition, segment, language))
    return sample_copy(mail_context, letter, now)


def sample_copy(mail_context: MailContext, letter: PreparedLetter, now: datetime) -> bytes:
    """The bytes of the copy that a reader who does not exist would get."""
    values = SlotValues(
        address=SAMPLE_ADDRESS,
        date=now,
        message_id=SAMPLE_ID,
        name=SAMPLE_NAME,
        manage_url=mail_context.links.manage(NOBODYS_KEY),
        unsubscribe_url=mail_context.links.unsubscribe(NOBODYS_KEY),
        answers=SAMPLE_EDITION_ID,
        envelope_sender=SAMPLE_ADDRESS,
    )
    return Template(letter.skeleton).fill(values)


def letter_for(
    session: Session, mail_context: MailContext, edition: Edition, segment: str | None, language: Language
) -> PreparedLetter:
    """The letter behind `message_for`, with its size and warnings; raises the same."""
    return letter_of(session, mail_context, _content(session, mail_context, edition, segment, language))


@dataclass(frozen=True)
class Proof:
    """The letter of a proof, made for a member of staff and not mailed yet."""

    letter: PreparedLetter
    segment: str | None
    language: Language


def proof_for(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    user: User,
    segment: str | None,
    language: Language,
) -> Proof:
    """Make a proof of what `message_for` shows for a member of staff; raises the same.

    The proof is in `language`, like the letter it shows; what it says of itself is in the reader's own.
    """
    content = _content(session, mail_context, edition, segment, language)
    what = _proof_of(session, segment, language, user.language)
    proof = replace(content, proof=what, proof_language=user.language)
    return Proof(letter_of(session, mail_context, proof), segment, language)


def mail_proof(session: Session, edition: Edition, user: User, proof: Proof, now: datetime) -> Delivery:
    """Mail a proof to the member of staff whom it was made for. TooManyProofs."""
    if times_done(session, user, PROOF_SENT, now - timedelta(hours=1)) >= PROOFS_AN_HOUR:
        raise TooManyProofs
    of = {"segment": proof.segment, "language": proof.language}
    record(session, user, PROOF_SENT, "edition", edition.id, now, **of)
    return write_notice(session, proof.letter, user.email, now, name=user.name, subscriber_key=NOBODYS_KEY)


def _proof_of(session: Session, segment: str | None, language: Language, told_in: Language) -> str:
    """For which readers and in which language a proof is, in the words of `told_in`: "Proef · Politie · Engels"."""
    _ = texts(told_in).gettext
    whom = _("Zonder doelgroep") if segment is None else segment_by_slug(session, segment).name(told_in)
    tongue = {"nl": _("Nederlands"), "en": _("Engels")}[language]
    return " · ".join((_("Proef"), whom, tongue))


def _content(
    session: Session, mail_context: MailContext, edition: Edition, segment: str | None, language: Language
) -> EditionContent:
    items = items_in(edition)
    seen = visible(item_views(items), _reader(session, segment))
    if not seen:
        raise NothingToSee
    return content_for(edition, items, seen, language, mail_context.links)


def _reader(session: Session, segment: str | None) -> SubscriberView:
    return ANYONE if segment is None else member_of(segment_by_slug(session, segment).id)


def letter_of(session: Session, mail_context: MailContext, content: EditionContent) -> PreparedLetter:
    """The letter that says `content`; letters.errors.LetterError if none can be made."""
    sender = mail_identity(session, mail_context, content.language)
    return mail_context.renderer.edition(content, sender)
