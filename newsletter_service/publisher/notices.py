"""Makes the letters of notices, which the ledger holds as words until they go."""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from newsletter_service.languages import Language
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import MailIdentity, Notice, PreparedLetter
from newsletter_service.links.urls import Links
from newsletter_service.publisher.service import mail_identity


@dataclass(frozen=True)
class NoticeLetters:
    """Makes letters of notices on behalf of the newsletter, for a worker (see delivery.worker.personalise)."""

    renderer: LetterRenderer
    links: Links
    mail_from: str
    reply_to: str

    def sender(self, connection: Connection, language: Language) -> MailIdentity:
        """Returns who letters in this language come from; reads in the transaction of `connection`."""
        with Session(bind=connection) as session:
            return mail_identity(session, self, language)

    def letter(self, notice: Notice, sender: MailIdentity) -> PreparedLetter:
        """Returns the letter of a notice; LetterError if none can be made. It takes some milliseconds."""
        return self.renderer.notice(notice, sender)
