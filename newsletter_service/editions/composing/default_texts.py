"""The texts an edition begins with; people may change them."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Item
from newsletter_service.letters.texts import listed, texts
from newsletter_service.publisher.models import Newsletter, Organisation

LONGEST = 150


@dataclass(frozen=True)
class Texts:
    """What an edition says besides its items; `introduction` is Markdown."""

    subject: str
    preheader: str
    introduction: str


def texts_of(edition: Edition) -> Texts:
    """The texts as they stand."""
    return Texts(edition.subject, edition.preheader, edition.introduction)


def default_texts(
    number: int, items: Sequence[Item], newsletter: Newsletter, organisations: Sequence[Organisation]
) -> Texts:
    """Texts made from `items`, in Dutch.

    All readers get the same subject, so only titles of items that everybody gets are quoted: a title meant
    for one segment must not reach the others, and no subject promises what is not in the letter.
    """
    _ = texts("nl").gettext
    titles = [item.title for item in items if not item.segments and not item.topics]
    unnamed = _("%(name)s, nummer %(number)s") % {"name": newsletter.name, "number": number}
    introduction = _(
        "In deze editie vindt u het nieuws van %(organisations)s bij elkaar. Heeft u een vraag of mist u "
        "iets? Laat het ons weten."
    ) % {"organisations": listed([one.short_name for one in organisations], "nl")}
    return Texts(
        titles[0] if titles else unnamed, _teaser(titles[1:3]) or newsletter.tagline("nl"), introduction
    )


def follow_defaults(edition: Edition, before: Texts, after: Texts) -> None:
    """Move each text that nobody touched (empty, or still as in `before`) along to what it is in `after`."""
    for name in ("subject", "preheader", "introduction"):
        if getattr(edition, name) in ("", getattr(before, name)):
            setattr(edition, name, getattr(after, name))


def _teaser(titles: list[str]) -> str:
    """As many of `titles` as fit."""
    _ = texts("nl").gettext
    while titles:
        teaser = _("Ook in deze editie: %(titles)s") % {"titles": " · ".join(titles)}
        if len(teaser) <= LONGEST:
            return teaser
        titles = titles[:-1]
    return ""
