"""The preview beside an edition: which reader, which language, which shape, and what the checks found."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from newsletter_service.audience.service import segments
from newsletter_service.editions import wording
from newsletter_service.editions.composing.checks import EditionFacts, ItemFacts, faults
from newsletter_service.editions.composing.service import candidate
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages.edition_page import EditionPage
from newsletter_service.editions.preview.choice import EVERYBODY, Choice, PreviewChoice, languages, shapes
from newsletter_service.editions.preview.service import NothingToSee, letter_for
from newsletter_service.editions.remarks import remark
from newsletter_service.editions.texts import in_edition, noticed
from newsletter_service.letters.errors import LetterError
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.web.locale import language


@dataclass(frozen=True)
class PreviewPane:
    """The pickers, and what is wrong with the letter; `size` is empty when there is no letter to show."""

    choice: PreviewChoice
    segments: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    shapes: tuple[Choice, ...]
    size: str
    nothing: str
    faults: tuple[str, ...]
    blocked: bool


def preview_pane(
    session: Session, mail_context: MailContext, page: EditionPage, choice: PreviewChoice
) -> PreviewPane:
    """Everything around the frame that shows the letter."""
    html_bytes, nothing = _letter(session, mail_context, page.edition, choice)
    found = faults(_facts(page, html_bytes)) if not nothing or page.rows else []
    about = list(noticed(in_edition(page.edition, items_in(page.edition)), mail_context.links.base_url))
    about.sort(key=lambda one: not one.finding.blocks)
    return PreviewPane(
        choice=choice,
        segments=_segments(session, choice),
        languages=languages(choice),
        shapes=shapes(choice),
        size=wording.kilobytes(html_bytes) if html_bytes is not None else "",
        nothing=nothing,
        faults=(*map(remark, about), *map(wording.fault, found)),
        blocked=any(one.blocks for one in found) or any(one.finding.blocks for one in about),
    )


def _letter(
    session: Session, mail_context: MailContext, edition: Edition, choice: PreviewChoice
) -> tuple[int | None, str]:
    """The size of the letter's HTML in bytes; or None, and why there is no letter."""
    try:
        letter = letter_for(session, mail_context, edition, choice.segment, choice.language)
    except NothingToSee as error:
        return None, wording.conflict(error)
    except LetterError:
        return None, _(
            "Van deze editie kan geen goede brief worden gemaakt; waarschijnlijk is de editie te groot."
        )
    return letter.html_size, ""


def _segments(session: Session, choice: PreviewChoice) -> tuple[Choice, ...]:
    everybody = Choice(EVERYBODY, _("Zonder doelgroep"), choice.segment is None)
    known = (
        Choice(segment.slug, segment.name(language()), segment.slug == choice.segment)
        for segment in segments(session)
    )
    return (everybody, *known)


def _facts(page: EditionPage, html_bytes: int | None) -> EditionFacts:
    edition = page.edition
    items = tuple(
        ItemFacts(
            title=item.title,
            lead=item.lead,
            has_picture=item.image_id is not None,
            picture_alt=item.image_alt,
            deadline=candidate(item).deadline,
            readers=page.reach.per_item[item.id],
        )
        for item in items_in(edition)
    )
    return EditionFacts(
        edition.subject, edition.preheader, edition.introduction, edition.sends_at, html_bytes, items
    )
