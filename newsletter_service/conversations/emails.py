"""The mails in which heads hear what another wishes for items that look alike, and for joint items."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_service.editorial.rules import Wish
from newsletter_service.languages import Language
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice, NoticeList
from newsletter_service.links.urls import Links


@dataclass(frozen=True)
class WishFacts:
    """What somebody wishes for two items, in which words, and when it counts if nobody says anything.

    `path` leads to the page of the two, below /redactie.
    """

    by: str
    wish: Wish
    words: str
    titles: tuple[str, str]
    counts_at: datetime
    zone: str
    path: str


@dataclass(frozen=True)
class ChangeFacts:
    """A joint item that somebody changed, and when it counts as agreed to if nobody says anything."""

    by: str
    title: str
    counts_at: datetime
    zone: str
    path: str


def wished(facts: WishFacts, links: Links, language: Language) -> Notice:
    """Tells a head what is wished, and what happens if they say nothing."""
    _ = texts(language).gettext
    subject = {
        Wish.ASKED: _("%(name)s vraagt u iets over twee berichten die op elkaar lijken"),
        Wish.APART: _("%(name)s wil twee berichten apart houden"),
        Wish.JOINT: _("%(name)s wil van twee berichten één maken"),
    }[facts.wish] % {"name": facts.by}
    moment = moment_in_words(facts.counts_at, facts.zone, language)
    sentence = {
        Wish.ASKED: _("Tot u samen kiest, komen deze twee berichten niet in dezelfde editie."),
        Wish.APART: _(
            "Bent u akkoord, dan mogen ze samen in een editie. U kunt het ook terugdraaien. "
            "Zegt u niets, dan geldt het vanaf %(moment)s."
        ),
        Wish.JOINT: _(
            "Bent u akkoord, dan gaat dat ene bericht mee, namens u samen. U kunt het ook veranderen of "
            "terugdraaien. Zegt u niets, dan geldt het vanaf %(moment)s."
        ),
    }[facts.wish] % {"moment": moment}
    said = (f"“{facts.words}”",) if facts.words else ()
    both = NoticeList(_("De twee berichten"), tuple((title, "") for title in facts.titles))
    look = Action(_("Bekijk de twee berichten"), links.staff(facts.path))
    return Notice(language, subject, subject, (*said, sentence), look, lists=(both,))


def taken_back(facts: WishFacts, links: Links, language: Language) -> Notice:
    """Tells a head that what was wished for two items was taken back."""
    _ = texts(language).gettext
    subject = _("%(name)s draaide een afspraak over twee berichten terug") % {"name": facts.by}
    sentence = _("De twee berichten staan er weer zoals eerst. Samen komen ze niet in dezelfde editie.")
    both = NoticeList(_("De twee berichten"), tuple((title, "") for title in facts.titles))
    look = Action(_("Bekijk de twee berichten"), links.staff(facts.path))
    return Notice(language, subject, subject, (sentence,), look, lists=(both,))


def joint_item_changed(facts: ChangeFacts, links: Links, language: Language) -> Notice:
    """Tells a head that a joint item says something else now, and asks whether they stand behind it."""
    _ = texts(language).gettext
    subject = _("%(name)s veranderde een gezamenlijk bericht") % {"name": facts.by}
    sentence = _(
        "“%(title)s” gaat pas mee als u ook akkoord bent. U kunt het zelf ook veranderen. "
        "Zegt u niets, dan geldt het vanaf %(moment)s."
    ) % {"title": facts.title, "moment": moment_in_words(facts.counts_at, facts.zone, language)}
    look = Action(_("Bekijk het bericht"), links.staff(facts.path))
    return Notice(language, subject, subject, (sentence,), look)
