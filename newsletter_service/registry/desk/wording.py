"""What staff read about a reader."""

from collections.abc import Mapping

from flask_babel import gettext as _

from newsletter_service.audience.rules import Why
from newsletter_service.bounces.rules import Verdict
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.addresses import readable
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.subscriptions.on_behalf.rules import Allowed
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import ClaimState
from newsletter_service.web.formatting import date_text


def statuses() -> dict[Status, str]:
    """The states of a subscription."""
    return {
        Status.ACTIVE: _("bevestigd"),
        Status.PENDING: _("nog niet bevestigd"),
        Status.LEFT: _("afgemeld"),
    }


def why(reason: Why) -> str:
    """Why a reader gets an item, or does not."""
    return {
        Why.EVERYBODY: _("Ja, het is voor iedereen"),
        Why.SEGMENT: _("Ja, het is voor een doelgroep van deze lezer"),
        Why.TOPIC: _("Ja, het gaat over een thema dat deze lezer koos"),
        Why.NOT_IN_SEGMENT: _("Nee, het is alleen voor andere doelgroepen"),
        Why.NOT_VERIFIED: _("Nee, de toegang is beperkt en de functie van deze lezer is niet gecontroleerd"),
        Why.OTHER_TOPICS: _("Nee, het gaat over andere thema's dan deze lezer koos"),
    }[reason]


def step(taken: Step) -> str:
    """A step of consent."""
    return {
        Step.ASKED: _("Meldde zich aan"),
        Step.CONFIRMED: _("Bevestigde het adres"),
        Step.CHANGED: _("Veranderde van keuze"),
        Step.MOVED: _("Kreeg een ander e-mailadres"),
        Step.IMPORTED: _("Kwam binnen met een lijst"),
        Step.REQUESTED: _("Kreeg per e-mail de vraag, na een lijst"),
        Step.VERIFIED: _("Functie gecontroleerd"),
        Step.DECLINED: _("Functie afgewezen"),
        Step.REOPENED: _("Functie wacht weer op controle"),
        Step.LAPSED: _("Controle van functie verliep"),
        Step.PAUSED: _("Op pauze gezet"),
        Step.RESUMED: _("Weer van pauze"),
        Step.LEFT: _("Afgemeld"),
        Step.UNANSWERED: _("Gestopt: antwoordde niet op de vraag om akkoord"),
        Step.RETURNED: _("Kwam terug na afmelden"),
        Step.BOUNCED: _("Gestopt omdat e-mail terugkwam"),
        Step.COMPLAINED: _("Gestopt na een klacht over ongewenste e-mail"),
        Step.ERASED: _("Gewist"),
        Step.ALLOWED: _("Mag weer gemaild worden"),
    }[taken]


def change(wanted: AddressChange) -> str:
    """A change of address that waits, and for what."""
    address = readable(wanted.new_address)
    if wanted.new_agreed_at is None:
        return _("%(address)s, moet daar nog bevestigd worden", address=address)
    if wanted.silence_counts_from is None:
        return _("%(address)s, moet bij het oude adres nog bevestigd worden", address=address)
    day = date_text(wanted.silence_counts_from, "full")
    return _("%(address)s vanaf %(day)s, als het oude adres niet weigert", address=address, day=day)


def proof(note: str, detail: Mapping[str, object] | None) -> list[str]:
    """What a step goes by: the words and the place of consent that was given elsewhere, or what proved a function."""
    place, source = ((detail or {}).get(name) for name in ("place", "source"))
    return [str(one) for one in (note, place, source) if one]


def verdicts() -> dict[Verdict, str]:
    """What came back, by what it meant."""
    return {
        Verdict.HARD: _("Blijvend: nooit bezorgd"),
        Verdict.SOFT: _("Tijdelijk: later opnieuw"),
        Verdict.POLICY: _("Geweigerd om wie we zijn of wat erin staat"),
        Verdict.COMPLAINT: _("Klacht over ongewenste e-mail"),
        Verdict.UNSUBSCRIBE: _("Verzoek om af te melden"),
    }


def verdict(given: Verdict) -> str:
    """What a message that came back meant."""
    return verdicts()[given]


def claims() -> dict[ClaimState, str]:
    """Where the check of a function stands."""
    return {
        ClaimState.WAITING: _("wacht op controle"),
        ClaimState.VERIFIED: _("gecontroleerd"),
        ClaimState.DECLINED: _("niet bevestigd"),
        ClaimState.LAPSED: _("controle verlopen"),
    }


def suppression(reason: str) -> str:
    """Why an address is not mailed."""
    return {
        "asked": _("De lezer vroeg om nooit meer e-mail."),
        "bounced": _("E-mail aan dit adres kwam terug."),
        "complained": _("De lezer noemde onze e-mail ongewenst."),
        "staff": _("Een medewerker zette dit adres op 'niet meer mailen'."),
        "erased": _("De lezer is gewist."),
        "requested": _("Deze lezer is al eens gevraagd; lijsten vragen het niet nog eens."),
        "moved": _("De lezer kreeg een ander adres; lijsten brengen dit adres niet terug."),
    }.get(reason, _("Dit adres wordt niet gemaild."))


def allowed(result: Allowed) -> str:
    """What became of an address that may be mailed again."""
    return {
        Allowed.NOT_SUPPRESSED: _("Dit adres stond niet op 'niet meer mailen'. Er is niets veranderd."),
        Allowed.MAY_SIGN_UP: _("De lezer kan zich weer aanmelden."),
        Allowed.READS_AGAIN: _("De lezer krijgt de nieuwsbrief weer, vanaf de volgende editie."),
    }[result]
