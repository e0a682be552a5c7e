"""The mails about requests for a second person."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice
from newsletter_service.links.urls import Links
from newsletter_service.staff.four_eyes.rules import OPEN_FOR, Act


def act_in_words(act: Act, language: Language) -> str:
    """What an act is called."""
    _ = texts(language).gettext
    return {
        Act.IMPORT: _("een lijst met lezers inlezen"),
        Act.EXPORT: _("alle lezers meenemen als bestand"),
        Act.ERASE: _("nog een lezer wissen"),
        Act.DOMAINS: _("de domeinen van een doelgroep veranderen"),
    }[act]


def somebody_asks(number: int, name: str, act: Act, links: Links, language: Language) -> Notice:
    """Tells that a colleague needs a second person, for what, and where to look."""
    _ = texts(language).gettext
    subject = _("%(name)s vraagt om uw goedkeuring") % {"name": name}
    paragraphs = (
        _("%(name)s wil %(act)s. Daar is een tweede collega voor nodig.")
        % {"name": name, "act": act_in_words(act, language)},
        _("Kijk wat er precies gebeurt, en keur het goed of wijs het af. Na %(days)s dagen vervalt de vraag.")
        % {"days": OPEN_FOR.days},
    )
    return Notice(
        language,
        subject,
        subject,
        paragraphs,
        Action(_("Bekijk de vraag"), links.staff(f"verzoeken/{number}")),
    )


def somebody_decided(
    number: int, name: str, act: Act, links: Links, language: Language, *, accepted: bool
) -> Notice:
    """Tells whoever asked what a colleague said."""
    _ = texts(language).gettext
    subject = _("%(name)s keurde het goed") if accepted else _("%(name)s wees het af")
    subject %= {"name": name}
    paragraph = _("U vroeg om een tweede collega om %(act)s te mogen.") % {"act": act_in_words(act, language)}
    return Notice(
        language, subject, subject, (paragraph,), Action(_("Bekijk"), links.staff(f"verzoeken/{number}"))
    )
