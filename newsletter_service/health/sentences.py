"""What is wrong in plain words, and what to do about it: for pages and mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.health.rules import TroubleKind
from newsletter_service.languages import Language
from newsletter_service.letters.dates import day_with_year, moment_in_words
from newsletter_service.letters.texts import texts
from newsletter_service.smtp.certificates import Fault

_Texts = tuple[str, str, str]


@dataclass(frozen=True)
class Words:
    """A heading, what is wrong, and what to do."""

    heading: str
    says: str
    advice: str


def words(kind: TroubleKind, subject: str, detail: Mapping[str, Any], language: Language) -> Words:
    """Returns what there is to say of trouble, in the reader's language."""
    named = subject or texts(language).gettext("de server")  # once no machine was named that has a disk
    values = {"subject": named, "name": job_name(subject, language), **_in_words(detail, language)}
    bad = kind is TroubleKind.CERTIFICATE and "words" in detail
    heading, says, advice = (_certificate_is_bad if bad else _TEXTS[kind])(language)
    return Words(heading % values, says % values, advice % values)


def job_name(name: str, language: Language) -> str:
    """Returns what a job does, in words; its own name where it has none."""
    _ = texts(language).gettext
    return {
        "open-next-edition": _("De volgende editie klaarzetten"),
        "compose-due": _("Edities samenstellen"),
        "settle-silent": _("Laten gelden waar niemand iets tegen had"),
        "release-due": _("Edities laten uitgaan"),
        "answer-forms": _("Formulieren van lezers beantwoorden"),
        "deliver": _("Brieven versturen"),
        "finish-due": _("Edities afronden"),
        "repair-clock-skew": _("Een klok herstellen die vooruit liep"),
        "read-bounces": _("Lezen wat terugkomt"),
        "count-refusals": _("Geweigerde brieven tellen"),
        "check-claims": _("Functies van lezers bijhouden"),
        "end-pauses": _("Pauzes van lezers beëindigen"),
        "change-addresses": _("Adressen van lezers wijzigen"),
        "take-in-lists": _("Lijsten van lezers verwerken"),
        "ask-reconsent": _("Lezers opnieuw om toestemming vragen"),
        "scrub-erased": _("Sporen van gewiste lezers weghalen"),
        "purge-stale": _("Opruimen wat niet meer nodig is"),
        "watch-bounces": _("Kijken of servers ons weigeren"),
        "watch-sign-ins": _("Kijken of iemand wachtwoorden raadt"),
        "mail-audit-head": _("Het zegel van het logboek mailen"),
        "ask-by-mail": _("Lezers van lijsten per e-mail om toestemming vragen"),
        "count-readers": _("Lezers tellen"),
        "back-up": _("Een back-up maken"),
        "watch-copy": _("Kijken of de database een kopie is"),
        "watch-health": _("Kijken of alles werkt"),
        "note-runs": _("Noteren wat er is gedaan"),
    }.get(name, name)


def _in_words(detail: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The values of a detail, with moments as people write them."""
    shown = dict(detail)
    if "due_at" in shown:
        shown["due_at"] = moment_in_words(datetime.fromisoformat(shown["due_at"]), DEFAULT_ZONE, language)
    if "ends_at" in shown:
        shown["ends_at"] = day_with_year(datetime.fromisoformat(shown["ends_at"]), language)
    if "words" in shown:
        shown["words"] = _cause(shown["words"], language)
    return shown


def _cause(said: str, language: Language) -> str:
    """Why a connection failed, in words that anybody understands; what a server said itself stays as it is."""
    _ = texts(language).gettext
    return {
        str(Fault.EXPIRED): _("het certificaat is verlopen"),
        str(Fault.NOT_YET_VALID): _("het certificaat geldt nog niet"),
        str(Fault.WRONG_HOST): _("het certificaat is voor een andere naam"),
        str(Fault.UNKNOWN_AUTHORITY): _("het certificaat is ondertekend door een onbekende partij"),
        str(Fault.REFUSED): _("het certificaat is niet goed"),
        "ConnectionRefusedError": _("de server weigert de verbinding"),
        "TimeoutError": _("de server antwoordt niet op tijd"),
        "gaierror": _("de naam van de server is niet bekend"),
    }.get(said, said)


def _edition_late(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Editie %(subject)s is te laat"),
        _("Op %(due_at)s was editie %(subject)s aan de beurt, en er is nog niets gebeurd."),
        _("Kijk bij de toestand welke taak niet werkt. Werkt die weer, dan gaat de editie vanzelf verder."),
    )


def _scheduler_silent(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("De planner werkt niet"),
        _("Het programma dat edities samenstelt en brieven verstuurt, laat niets van zich horen."),
        _(
            "Start op de server python -m scheduled_jobs, en lees in het logboek van de server waarom het stopte."
        ),
    )


def _smtp_refuses(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("De mailserver neemt geen brieven aan"),
        _("Verbinden met %(subject)s lukt niet: %(words)s. Tot dat lukt, blijven de brieven bewaard."),
        _(
            "Vraag de beheerder van die server ernaar. Met newsletter check ziet u op de server wat er mis is."
        ),
    )


def _letters_wait(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Brieven blijven liggen"),
        _("Sinds %(due_at)s liggen er brieven klaar, en niemand verstuurt ze."),
        _("Kijk op de server of de planner draait, en of newsletter send nodig is."),
    )


def _certificate_ends(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Het certificaat van %(subject)s verloopt bijna"),
        _("Het certificaat van %(subject)s geldt tot %(ends_at)s en is nog niet vernieuwd."),
        _("Vernieuw het certificaat op die server, en kijk waarom dat niet vanzelf ging."),
    )


def _certificate_is_bad(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Het certificaat van %(subject)s is niet goed"),
        _("Wie %(subject)s bezoekt, krijgt een waarschuwing: %(words)s."),
        _("Zet een goed certificaat op die server, en kijk waarom dat niet vanzelf ging."),
    )


def _disk(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Een schijf van %(subject)s is bijna vol"),
        _("Op een schijf van %(subject)s is nog %(megabytes)s MB vrij."),
        _("Maak ruimte, of geef de schijf meer ruimte. Op een volle schijf kan niets meer worden bewaard."),
    )


def _job_fails(language: Language) -> _Texts:
    _ = texts(language).gettext
    return (
        _("Een taak mislukt steeds: %(name)s"),
        _("Deze taak mislukt al een tijd: %(error)s."),
        _("In het logboek van de server staat meer: zoek naar %(subject)s."),
    )


_TEXTS = {
    TroubleKind.EDITION_LATE: _edition_late,
    TroubleKind.SCHEDULER_SILENT: _scheduler_silent,
    TroubleKind.SMTP_REFUSES: _smtp_refuses,
    TroubleKind.LETTERS_WAIT: _letters_wait,
    TroubleKind.CERTIFICATE: _certificate_ends,
    TroubleKind.DISK: _disk,
    TroubleKind.JOB_FAILS: _job_fails,
}
