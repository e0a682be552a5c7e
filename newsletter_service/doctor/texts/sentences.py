"""Puts findings into words."""

from collections.abc import Callable

from newsletter_service.doctor.findings import Area, Finding, Level, Place
from newsletter_service.doctor.texts import of_dns, of_machine
from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts

_Translate = Callable[[str], str]
_SENTENCES: dict[Area, tuple[Callable[[_Translate], dict[str, str]], ...]] = {
    Area.SETTINGS: (of_machine.settings,),
    Area.FILES: (of_machine.files,),
    Area.DATABASE: (of_machine.database,),
    Area.CLOCK: (of_machine.clock,),
    Area.SMTP: (of_machine.servers,),
    Area.MAILBOX: (of_machine.servers,),
    Area.SITE: (of_machine.servers,),
    Area.DNS: (of_dns.spf, of_dns.signatures, of_dns.servers),
}


def sentence(finding: Finding, language: Language) -> str:
    """Returns what was found, in words."""
    found: dict[str, str] = {}
    for sentences in _SENTENCES[finding.area]:
        found |= sentences(texts(language).gettext)
    return found[finding.code] % {"subject": finding.subject, **finding.values}


def area_name(area: Area, language: Language) -> str:
    """Returns the name of what was looked at."""
    _ = texts(language).gettext
    return {
        Area.SETTINGS: _("Instellingen"),
        Area.FILES: _("Bestanden"),
        Area.DATABASE: _("Database"),
        Area.CLOCK: _("Klok"),
        Area.SMTP: _("Mailserver"),
        Area.MAILBOX: _("Postvak voor wat terugkomt"),
        Area.SITE: _("Site"),
        Area.DNS: _("DNS"),
    }[area]


def level_name(level: Level, language: Language) -> str:
    """Returns how bad it is."""
    _ = texts(language).gettext
    return {Level.ERROR: _("Fout"), Level.WARNING: _("Let op"), Level.NOTE: _("Ter informatie")}[level]


def place_name(place: Place, language: Language) -> str:
    """Returns where a line has to be put."""
    _ = texts(language).gettext
    return {
        Place.DNS: _("Zet in de DNS"),
        Place.REVERSE_DNS: _("Laat uw provider in de DNS zetten"),
        Place.SETTINGS: _("Zet bij de instellingen"),
        Place.SHELL: _("Voer uit"),
    }[place]


def outcome(findings: list[Finding], language: Language) -> str:
    """Returns how it stands, in one line."""
    _, ngettext = texts(language).gettext, texts(language).ngettext
    errors = sum(one.level is Level.ERROR for one in findings)
    warnings = sum(one.level is Level.WARNING for one in findings)
    if not errors + warnings:
        return _("Alles is in orde.")
    wrong = ngettext("%(count)s fout", "%(count)s fouten", errors) % {"count": errors}
    mend = ngettext("%(count)s waarschuwing", "%(count)s waarschuwingen", warnings) % {"count": warnings}
    return f"{wrong}, {mend}."
