"""The mails that tell heads and communicators about an edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter_service.editions.rules import HoldReason, ReleaseRule
from newsletter_service.languages import Language
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.letters.texts import listed, texts
from newsletter_service.letters.values import Action, Notice, NoticeList
from newsletter_service.links.urls import Links


@dataclass(frozen=True)
class Listed:
    """An item as a list names it."""

    item_id: int
    title: str


@dataclass(frozen=True)
class ComposedFacts:
    """What staff are told about an edition that was just composed; the tuples hold items.

    `too_late` found no room although the next edition comes too late for them, `alike` were left out because
    they look like another item.
    """

    number: int
    sends_at: datetime
    zone: str
    rule: ReleaseRule
    readers: int
    inside: tuple[Listed, ...]
    too_late: tuple[Listed, ...] = ()
    alike: tuple[Listed, ...] = ()


@dataclass(frozen=True)
class HeldFacts:
    """What staff are told about an edition that the scheduler held; `words` is what the mail server said.

    `missing` are the names of the organisations whose agreement was not there.
    """

    number: int
    sends_at: datetime
    zone: str
    reason: HoldReason
    words: str = ""
    missing: tuple[str, ...] = ()


def edition_composed(facts: ComposedFacts, links: Links, language: Language) -> Notice:
    """Tells that an edition is ready to be looked at, and what happens if nobody does anything."""
    _ = texts(language).gettext
    subject = _("Editie %(number)s staat klaar") % {"number": facts.number}
    headed = (
        (_("In deze editie"), facts.inside),
        (_("Hiervoor was geen plaats, en de volgende editie komt te laat"), facts.too_late),
        (_("Deze berichten wachten, omdat ze op een ander bericht lijken"), facts.alike),
    )
    lists = tuple(_list_of(heading, items, links) for heading, items in headed if items)
    plan, look = (_plan(facts, language),), look_at(facts.number, links, language)
    return Notice(language, subject, subject, plan, look, lists=lists)


def edition_held(facts: HeldFacts, links: Links, language: Language) -> Notice:
    """Tells that an edition did not go out by itself, why, and what people can do."""
    _ = texts(language).gettext
    subject = _("Editie %(number)s wordt vastgehouden") % {"number": facts.number}
    paragraphs = [_why_held(facts, language)]
    if facts.missing:
        paragraphs.append(_("Nog niet akkoord: %(names)s.") % {"names": listed(facts.missing, language)})
    if facts.words:
        paragraphs.append(_("De mailserver antwoordde: %(words)s") % {"words": facts.words})
    return Notice(language, subject, subject, tuple(paragraphs), look_at(facts.number, links, language))


def look_at(number: int, links: Links, language: Language) -> Action:
    """The way to the page of an edition."""
    _ = texts(language).gettext
    return Action(_("Bekijk editie %(number)s") % {"number": number}, links.staff(f"edities/{number}"))


def _plan(facts: ComposedFacts, language: Language) -> str:
    _, plural = texts(language).gettext, texts(language).ngettext
    if not facts.inside:
        return _("Er is geen kopij die nu mee kan. Zonder berichten gaat deze editie niet uit.")
    readers = plural("%(count)s lezer", "%(count)s lezers", facts.readers) % {"count": facts.readers}
    if facts.rule is ReleaseRule.BOTH:
        sentence = _("De editie gaat %(moment)s naar %(readers)s, als alle organisaties dan akkoord zijn.")
    else:
        sentence = _(
            "De editie gaat %(moment)s naar %(readers)s. U hoeft niets te doen, maar u kunt de editie nog "
            "wijzigen of vasthouden."
        )
    return sentence % {"moment": moment_in_words(facts.sends_at, facts.zone, language), "readers": readers}


def _why_held(facts: HeldFacts, language: Language) -> str:
    _ = texts(language).gettext
    sentence = {
        HoldReason.LATE: _(
            "Deze editie had %(moment)s moeten uitgaan. Dat is te lang geleden om dat zonder overleg "
            "alsnog te doen. Verstuurt u de editie nu, of kiest u een nieuw moment?"
        ),
        HoldReason.UNSIGNED: _(
            "Deze editie zou %(moment)s uitgaan, maar nog niet alle organisaties zijn akkoord. "
            "Geef akkoord en verstuur de editie daarna."
        ),
        HoldReason.EMPTY: _("Deze editie zou %(moment)s uitgaan, maar er staat geen bericht in."),
        HoldReason.PAUSED: _(
            "Het versturen van deze editie is gestopt, omdat de mailserver de brieven niet aanneemt. Wie al "
            "een brief kreeg, krijgt die niet nog eens. Ga verder als het probleem is opgelost."
        ),
        HoldReason.PERSONAL_LINK: _(
            "Deze editie zou %(moment)s uitgaan, maar er staat een persoonlijke link van één lezer in. "
            "Op de pagina van de editie leest u waar, en wat u daar kunt schrijven."
        ),
        HoldReason.UNPRINTABLE: _(
            "Deze editie zou %(moment)s uitgaan, maar er kon geen goede brief van worden gemaakt. "
            "Waarschijnlijk is een bericht te lang."
        ),
        HoldReason.RESTORED: _(
            "De dienst is op een oudere kopie teruggezet. Misschien kregen lezers deze editie toen al. "
            "Zoek dat eerst uit en ga dan verder, of annuleer de editie."
        ),
    }[facts.reason]
    return sentence % {"moment": moment_in_words(facts.sends_at, facts.zone, language)}


def _list_of(heading: str, items: Sequence[Listed], links: Links) -> NoticeList:
    return NoticeList(heading, tuple((one.title, links.staff(f"kopij/{one.item_id}")) for one in items))
