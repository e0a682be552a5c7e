"""What texts have filled in: from the database, and from what the product itself goes by."""

from sqlalchemy.orm import Session

from newsletter_service.audience.service import listed_domains, segments
from newsletter_service.documents.rules import Slot
from newsletter_service.documents.terms.service import terms
from newsletter_service.languages import Language
from newsletter_service.letters.texts import listed, texts
from newsletter_service.publisher.service import newsletter, organisations, reply_address
from newsletter_service.retention import BUDGETS, CONSENT_REQUESTS, UNCONFIRMED, Term, Terms


def facts(session: Session, language: Language, contact: str) -> dict[Slot, str]:
    """What fills each slot, in `language`; `contact` is the address that people read, if no other was chosen."""
    row, makers = newsletter(session), organisations(session)
    names = [maker.name for maker in makers]
    return {
        Slot.NEWSLETTER: row.name,
        Slot.ORGANISATIONS: listed(names, language) if names else row.name,
        Slot.MAIL: reply_address(row, contact),
        Slot.POST: row.postal_address,
        Slot.CHECKS: _checks(session, language),
        Slot.RETENTION: _retention(terms(session), language),
        Slot.MAKERS: "\n".join(
            f"- {maker.name}." + (f" {maker.about(language)}" if maker.about(language) else "")
            for maker in makers
        ),
    }


def _checks(session: Session, language: Language) -> str:
    _ = texts(language).gettext
    domains = listed_domains(session)
    lines = [
        _(
            "Sommige berichten zijn alleen voor een bepaalde functie. Daarvoor controleren we of u die functie heeft. "
            "Voor al het andere maakt dat niet uit."
        ),
        "",
    ]
    lines += [
        "- "
        + _("%(segment)s: een e-mailadres dat eindigt op %(domains)s telt meteen.")
        % {
            "segment": segment.name(language),
            "domains": listed([one.name for one in domains[segment.id]], language),
        }
        for segment in segments(session)
        if segment.id in domains
    ]
    lines.append("- " + _("Iedereen anders: een medewerker kijkt ernaar. Geen computer beslist dan over u."))
    return "\n".join(lines)


def _retention(kept: Terms, language: Language) -> str:
    _, ngettext = texts(language).gettext, texts(language).ngettext

    def days(number: int) -> str:
        return ngettext("%(num)s dag", "%(num)s dagen", number) % {"num": number}

    lines = (
        _("Een aanmelding die u niet bevestigt: %(days)s.") % {"days": days(kept[Term.UNCONFIRMED].days)},
        _("Een lijst waarmee een medewerker lezers uit een ander programma meebrengt: hooguit %(days)s.")
        % {"days": days(kept[Term.LISTS].days)},
        _(
            "Wie op zo'n lijst staat en nog geen toestemming gaf: hooguit %(days)s, tot we u per e-mail één keer "
            "hebben gevraagd of u de nieuwsbrief wilt. Daarna blijft zonder uw antwoord alleen een onomkeerbaar "
            "kenmerk over, zodat we het niet nog eens vragen."
        )
        % {"days": days((CONSENT_REQUESTS + kept[Term.UNCONFIRMED]).days)},
        _(
            "Een nieuw e-mailadres dat u opgeeft en niet bevestigt: %(days)s. Van uw oude adres blijft daarna alleen "
            "een onomkeerbaar kenmerk over, zodat geen lijst het terugbrengt."
        )
        % {"days": days(UNCONFIRMED.days)},
        _("E-mails over uw aanmelding: %(days)s nadat ze zijn verstuurd.")
        % {"days": days(kept[Term.NOTICES].days)},
        _(
            "Hoe vaak iemand ons op een formulier vroeg om u te mailen, en vanaf welk netwerk: alleen als onomkeerbaar "
            "kenmerk, hoogstens %(days)s."
        )
        % {"days": days(BUDGETS.days)},
        _(
            "Wat er terugkwam van een brief die niet bezorgd kon worden: %(headers)s het bericht, %(days)s de reden."
        )
        % {"headers": days(kept[Term.BOUNCE_HEADERS].days), "days": days(kept[Term.BOUNCES].days)},
        _("Of een editie bij u is bezorgd: %(days)s nadat die is verstuurd. Daarna tellen we alleen nog.")
        % {"days": days(kept[Term.DELIVERIES].days)},
        _("Het verslag van zo'n lijst, met nummers van regels en zonder adressen: %(days)s.")
        % {"days": days(kept[Term.LIST_REPORTS].days)},
        _(
            "Wat medewerkers voor u deden, in ons logboek: %(days)s. U staat daarin met een nummer en een "
            "onomkeerbaar kenmerk, niet met uw naam of adres."
        )
        % {"days": days(kept[Term.AUDIT].days)},
        _("Van medewerkers, hun inlogsessies: %(sessions)s nadat die voorbij zijn.")
        % {"sessions": days(kept[Term.SESSIONS].days)},
        _("Een afbeelding die in geen bericht en geen brief staat: %(days)s.")
        % {"days": days(kept[Term.PICTURES].days)},
        _(
            "Uw keuzes en uw toestemming: zolang u de nieuwsbrief krijgt. Meldt u zich af, "
            "dan krijgt u niets meer van ons. We bewaren dan nog wel dat u toestemming gaf en die introk, tot "
            "u vraagt om ook dat te wissen."
        ),
        _(
            "Laat u uw gegevens wissen, dan blijft alleen een onomkeerbaar kenmerk van uw adres over, met datums en de "
            "tekst waarmee u instemde. Zo kunnen we het adres niet per ongeluk opnieuw mailen."
        ),
    )
    return "\n".join(f"- {line}" for line in lines)
