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
        _(
            "Kijk wat er precies gebeurt, en keur het goed of wijs het af. Na %(days)s dagen vervalt het verzoek."
        )
        % {"days": OPEN_FOR.days},
    )
    return Notice(
        language,
        subject,
        subject,
        paragraphs,
        Action(_("Bekijk het verzoek"), links.staff(f"verzoeken/{number}")),
    )


def somebody_decided(
    number: int, name: str, act: Act, links: Links, language: Language, *, accepted: bool
) -> Notice:
    """Tells whoever asked what a colleague said."""
    _ = texts(language).gettext
    subject = _("%(name)s keurde uw verzoek goed") if accepted else _("%(name)s wees uw verzoek af")
    subject %= {"name": name}
    if not accepted:
        follows = _("Er is niets gedaan.")
    elif act is Act.EXPORT:
        follows = _("U kunt het nu zelf doen: één keer, en binnen een dag.")
    else:
        follows = _("Het gebeurt nu vanzelf.")
    paragraphs = (_("Uw verzoek: %(act)s.") % {"act": act_in_words(act, language)}, follows)
    return Notice(
        language,
        subject,
        subject,
        paragraphs,
        Action(_("Bekijk het verzoek"), links.staff(f"verzoeken/{number}")),
    )
