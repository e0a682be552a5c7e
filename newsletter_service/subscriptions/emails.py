"""The mails that readers get besides editions; they hold nothing that a visitor typed."""

from collections.abc import Iterator

from newsletter_service.languages import Language
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice, NoticeList
from newsletter_service.publisher.prospect import LastLetter, NextLetter, Prospect


def confirmation(newsletter: str, language: Language, confirm_url: str, never_url: str) -> Notice:
    """Asks the reader of this address to confirm that they asked for the newsletter."""
    _ = texts(language).gettext
    asked = _(
        "Iemand heeft dit e-mailadres opgegeven om %(newsletter)s te ontvangen. Was u dat? "
        "Bevestig dan uw aanmelding."
    )
    return Notice(
        language=language,
        subject=_("Bevestig uw aanmelding voor %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Nog één stap: bevestig uw aanmelding"),
        paragraphs=(
            asked % {"newsletter": newsletter},
            _("De link werkt zeven dagen. Zonder uw bevestiging sturen we u de nieuwsbrief niet."),
        ),
        action=Action(_("Aanmelding bevestigen"), confirm_url),
        small_print=(
            (
                _("Was u dit niet? Dan hoeft u niets te doen. Wilt u ook zo'n e-mail als deze nooit meer?"),
                _("Stuur mij nooit meer e-mail"),
                never_url,
            ),
        ),
    )


def consent_request(
    newsletter: str, language: Language, known_from: str, confirm_url: str, never_url: str
) -> Notice:
    """Asks somebody on a list that proves no consent, once, whether they want the newsletter.

    `known_from` are words of staff, in the language of staff.
    """
    _ = texts(language).gettext
    return Notice(
        language=language,
        subject=_("Wilt u %(newsletter)s ontvangen?") % {"newsletter": newsletter},
        heading=_("Wilt u de nieuwsbrief ontvangen?"),
        paragraphs=(
            _("We hebben uw e-mailadres van: %(known_from)s.") % {"known_from": known_from.rstrip(".")},
            _(
                "Daarom vragen we u één keer of u %(newsletter)s wilt ontvangen. Zonder uw antwoord sturen we u "
                "niets. De knop werkt zeven dagen."
            )
            % {"newsletter": newsletter},
            _("Wilt u de nieuwsbrief niet? Dan hoeft u niets te doen. We wissen uw gegevens dan vanzelf."),
        ),
        action=Action(_("Ja, ik wil de nieuwsbrief"), confirm_url),
        small_print=(
            (_("Wilt u ook zo'n e-mail als deze nooit meer?"), _("Stuur mij nooit meer e-mail"), never_url),
        ),
    )


def already_subscribed(newsletter: str, language: Language, manage_url: str) -> Notice:
    """Answers a sign-up of somebody who is a reader already."""
    _ = texts(language).gettext
    asked = _(
        "Iemand heeft dit e-mailadres opgegeven om %(newsletter)s te ontvangen, maar u krijgt die al. "
        "Er is niets veranderd."
    )
    return Notice(
        language=language,
        subject=_("U ontvangt %(newsletter)s al") % {"newsletter": newsletter},
        heading=_("U bent al aangemeld"),
        paragraphs=(
            asked % {"newsletter": newsletter},
            _("Wilt u andere thema's kiezen? Dat kan met de knop hieronder. De link werkt één dag."),
        ),
        action=Action(_("Voorkeuren aanpassen"), manage_url),
        small_print=((_("Was u dit niet? Dan hoeft u niets te doen."), "", ""),),
    )


def lost_link(newsletter: str, language: Language, manage_url: str) -> Notice:
    """Gives a reader the way back to their own preferences."""
    _ = texts(language).gettext
    return Notice(
        language=language,
        subject=_("Uw link voor %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Hier is uw link"),
        paragraphs=(_("Met deze link past u uw voorkeuren aan of meldt u zich af. De link werkt één dag."),),
        action=Action(_("Naar mijn voorkeuren"), manage_url),
        small_print=((_("Heeft u hier niet om gevraagd? Dan hoeft u niets te doen."), "", ""),),
    )


def welcome(
    newsletter: str, language: Language, prospect: Prospect, manage_url: str, leave_url: str
) -> Notice:
    """Says to somebody who confirmed when the next edition comes and what the last one had; it asks for nothing."""
    _ = texts(language).gettext
    last = prospect.last_letter
    paragraphs = (
        _("Uw aanmelding voor %(newsletter)s is bevestigd.") % {"newsletter": newsletter},
        *when_it_comes(prospect.next_letter, language),
    )
    return Notice(
        language=language,
        subject=_("Welkom bij %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Welkom"),
        paragraphs=paragraphs,
        action=Action(_("Lees de laatste editie"), last.url) if last is not None else None,
        small_print=(
            (_("Wilt u andere thema's kiezen?"), _("Naar uw voorkeuren"), manage_url),
            (_("Wilt u de nieuwsbrief toch niet?"), _("Meld u af"), leave_url),
        ),
        lists=tuple(_headlines(last, language)),
    )


def when_it_comes(following: NextLetter | None, language: Language) -> Iterator[str]:
    """When the next edition comes and how often there is one, in sentences; none while that is not known."""
    if following is None:
        return
    catalogue = texts(language)
    at = moment_in_words(following.sends_at, following.zone, language)
    yield catalogue.gettext("U krijgt de volgende editie op %(moment)s.") % {"moment": at}
    often = catalogue.ngettext(
        "Daarna komt er elke week een nieuwe.",
        "Daarna komt er elke %(num)s weken een nieuwe.",
        following.every_weeks,
    )
    yield often % {"num": following.every_weeks}


def _headlines(last: LastLetter | None, language: Language) -> Iterator[NoticeList]:
    if last is not None and last.headlines:
        heading = texts(language).gettext("Uit de laatste editie (nummer %(number)s)")
        yield NoticeList(heading % {"number": last.number}, last.headlines)
