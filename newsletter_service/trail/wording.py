"""Entries of the audit trail as sentences: who did what, to what, and why."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from newsletter_service.documents.rules import Kind
from newsletter_service.documents.terms.wording import NAMES as TERMS
from newsletter_service.documents.wording import TITLES
from newsletter_service.editions.calendar.wording import DAYS, RULES
from newsletter_service.editions.corrections.wording import hindrance
from newsletter_service.editions.rules import Hindrance, HoldReason, ReleaseRule
from newsletter_service.editions.wording import hold_reason
from newsletter_service.retention import Term
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.four_eyes.wording import act_name
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.claims.forms import REASONS
from newsletter_service.subscriptions.verification.rules import DeclineReason
from newsletter_service.trail.rules import Done, Topic
from newsletter_service.trail.service import Names
from newsletter_service.web.formatting import listed, number_text

SENTENCES: Mapping[str, LazyString] = {
    "account.add": _l("%(who)s maakte een account voor %(account)s."),
    "account.change": _l("%(who)s veranderde het account van %(account)s."),
    "account.close": _l("%(who)s sloot het account van %(account)s."),
    "account.invite": _l("%(who)s nodigde %(account)s uit voor een account."),
    "account.invite_again": _l("%(who)s nodigde %(account)s nog eens uit."),
    "account.notices": _l("%(who)s koos welke e-mails %(account)s krijgt."),
    "account.agenda": _l("%(who)s veranderde de agendalink van %(account)s."),
    "account.password_change": _l("%(who)s koos een ander wachtwoord."),
    "account.password_chosen": _l("%(who)s koos een wachtwoord met de link uit een e-mail."),
    "account.password_link": _l("%(account)s kreeg een e-mail om een nieuw wachtwoord te kiezen."),
    "account.password_set": _l("%(who)s gaf %(account)s een ander wachtwoord."),
    "account.reopen": _l("%(who)s opende het account van %(account)s weer."),
    "account.sign_in": _l("%(who)s logde in."),
    "account.sign_in_failed": _l("Inloggen mislukte bij %(account)s."),
    "account.sign_in_peak": _l("%(who)s waarschuwde beheerders dat inloggen %(failures)s keer mislukte."),
    "account.sign_out": _l("%(who)s logde uit."),
    "account.sign_out_everywhere": _l("%(who)s logde %(account)s overal uit."),
    "account.sign_out_others": _l("%(who)s logde op de eigen andere apparaten uit."),
    "account.app_add": _l("%(who)s stelde een app in voor de code bij het inloggen."),
    "account.app_remove": _l("%(who)s haalde de app voor de code bij het inloggen weg."),
    "account.by_groups": _l("%(account)s kreeg een account door de groepen van de organisatie."),
    "account.groups_not_followed": _l(
        "%(account)s bleef beheerder, want er is geen andere: de groepen van de organisatie zeggen het niet meer."
    ),
    "account.identity_bound": _l("%(who)s logde voor het eerst in met het account van de organisatie."),
    "account.passkey_add": _l("%(who)s voegde een passkey toe."),
    "account.passkey_remove": _l("%(who)s haalde een passkey weg."),
    "account.provider_sign_out": _l("De organisatie logde %(account)s uit."),
    "account.recovery_code_used": _l("%(who)s logde in met een herstelcode."),
    "account.recovery_codes": _l("%(who)s maakte nieuwe herstelcodes."),
    "account.second_factor_failed": _l("De tweede stap van het inloggen mislukte bij %(account)s."),
    "account.second_factor_reset": _l("%(who)s haalde de tweede stap van het inloggen weg bij %(account)s."),
    "audit.export": _l("%(who)s nam het logboek mee als bestand."),
    "audit.forget": _l("%(who)s verwijderde %(entries)s regels van het logboek na de bewaartermijn."),
    "audit.head_mailed": _l("%(who)s mailde het zegel van regel %(number)s aan %(to)s collega's."),
    "bounces.policy_told": _l("%(who)s waarschuwde dat mailservers brieven weigeren."),
    "calendar.change": _l("%(who)s veranderde de kalender: %(changes)s."),
    "calendar.recess_add": _l("%(who)s zette een periode in de kalender."),
    "calendar.recess_remove": _l("%(who)s haalde een periode uit de kalender."),
    "claim.decision_undone": _l("%(who)s nam het besluit over %(segment)s bij %(reader)s terug."),
    "claim.declined": _l("%(who)s wees %(segment)s bij %(reader)s af."),
    "claim.renewed": _l("%(who)s zei dat %(segment)s bij %(reader)s nog klopt."),
    "claim.verified": _l("%(who)s keurde %(segment)s bij %(reader)s goed."),
    "command.run": _l("%(who)s voerde op de server “newsletter %(command)s” uit."),
    "correction.agree": _l("%(who)s gaf akkoord op de correctie bij editie %(edition)s."),
    "correction.count_as_sent": _l(
        "%(who)s telde %(letters)s brieven van de correctie bij editie %(edition)s als verstuurd."
    ),
    "correction.discard": _l("%(who)s gooide de correctie bij editie %(edition)s weg."),
    "correction.export": _l(
        "%(who)s nam namen mee achter de cijfers van de correctie bij editie %(edition)s."
    ),
    "correction.hold": _l("%(who)s hield de correctie bij editie %(edition)s vast."),
    "correction.offer": _l("%(who)s vroeg akkoord op de correctie bij editie %(edition)s."),
    "correction.release": _l("%(who)s verstuurde de correctie bij editie %(edition)s."),
    "correction.resume": _l("%(who)s liet de correctie bij editie %(edition)s weer uitgaan."),
    "correction.retry": _l(
        "%(who)s liet %(letters)s brieven van de correctie bij editie %(edition)s opnieuw versturen."
    ),
    "correction.write": _l("%(who)s schreef aan de correctie bij editie %(edition)s."),
    "request.accept": _l("%(who)s keurde een verzoek van %(asker)s goed: %(act)s."),
    "request.ask": _l("%(who)s vroeg om een tweede collega: %(act)s."),
    "request.decline": _l("%(who)s wees een verzoek van %(asker)s af: %(act)s."),
    "request.withdraw": _l("%(who)s trok een verzoek in: %(act)s."),
    "setting.release_rule": _l(
        "%(who)s stelde in wanneer een editie of correctie uit mag: “%(after)s” in plaats van “%(before)s”."
    ),
    "setting.correction_minutes": _l(
        "%(who)s liet een correctie %(after)s minuten op de andere hoofden wachten; dat waren er %(before)s."
    ),
    "setting.four_eyes_off": _l("%(who)s liet dit weer zonder tweede collega toe: %(act)s."),
    "setting.four_eyes_on": _l("%(who)s stelde een tweede collega verplicht: %(act)s."),
    "retention.removed": _l("%(who)s verwijderde wat te oud was: %(removed)s."),
    "setting.retention": _l(
        "%(who)s zette de bewaartermijn voor %(term)s op %(after)s dagen; dat waren er %(before)s."
    ),
    "database.scrub": _l("%(who)s haalde gewiste gegevens ook uit de bestanden van de database."),
    "document.publish": _l("%(who)s publiceerde “%(text)s”, versie %(version)s."),
    "edition.cancel": _l("%(who)s annuleerde editie %(edition)s."),
    "edition.close": _l("%(who)s stelde editie %(edition)s samen."),
    "edition.count_as_sent": _l("%(who)s telde %(letters)s brieven van editie %(edition)s als verstuurd."),
    "edition.edit": _l("%(who)s veranderde editie %(edition)s."),
    "edition.export": _l("%(who)s nam namen mee achter de cijfers van editie %(edition)s."),
    "conversation.agreed": _l("%(who)s was akkoord met wat er met “%(item)s” en “%(other)s” gebeurt."),
    "conversation.apart": _l("%(who)s wilde “%(item)s” en “%(other)s” apart houden: %(words)s"),
    "conversation.asked": _l("%(who)s stelde een vraag over “%(item)s” en “%(other)s”: %(words)s"),
    "conversation.joined": _l("“%(item)s” en “%(other)s” gingen op in een gezamenlijk bericht."),
    "conversation.joint": _l("%(who)s wilde van “%(item)s” en “%(other)s” één bericht maken."),
    "conversation.lapsed": _l("“%(item)s” of “%(other)s” ging uit: het gezamenlijke bericht verviel."),
    "conversation.later": _l("%(who)s stelde uit wat er met “%(item)s” en “%(other)s” gebeurt."),
    "conversation.settled": _l("Niemand had bezwaar: “%(item)s” en “%(other)s” blijven apart."),
    "conversation.undone": _l("%(who)s draaide terug wat over “%(item)s” en “%(other)s” was gezegd."),
    "edition.finish": _l("%(who)s was klaar met versturen van editie %(edition)s."),
    "edition.hold": _l("%(who)s hield editie %(edition)s vast."),
    "edition.proof_sent": _l("%(who)s stuurde een proef van editie %(edition)s."),
    "edition.recompose": _l("%(who)s stelde editie %(edition)s opnieuw samen."),
    "edition.release": _l("%(who)s verstuurde editie %(edition)s aan %(readers)s lezers."),
    "edition.resume": _l("%(who)s liet editie %(edition)s weer uitgaan."),
    "edition.retry": _l("%(who)s liet %(letters)s brieven van editie %(edition)s opnieuw versturen."),
    "edition.sign_off": _l("%(who)s gaf akkoord op editie %(edition)s namens %(organisation)s."),
    "health.over_told": _l("%(who)s meldde beheerders dat een storing voorbij is."),
    "health.trouble_told": _l("%(who)s meldde beheerders een storing."),
    "item.agreed": _l("%(who)s was akkoord met het gezamenlijke bericht “%(item)s”."),
    "item.agreed_silently": _l("Niemand had bezwaar: het gezamenlijke bericht “%(item)s” geldt."),
    "item.kept_apart": _l("%(who)s zei dat “%(item)s” en “%(other)s” over iets anders gaan."),
    "item.queued": _l("%(who)s zette “%(item)s” in de kopij."),
    "item.restored": _l("%(who)s zette een eerdere versie van “%(item)s” terug."),
    "item.saved": _l("%(who)s bewaarde “%(item)s”."),
    "item.withdrawn": _l("%(who)s haalde “%(item)s” uit de kopij."),
    "list.approved": _l("%(who)s liet lijst %(subject)s met lezers inlezen."),
    "list.asking_stopped": _l("%(who)s liet lezers van lijst %(subject)s niet verder om toestemming vragen."),
    "list.handed_in": _l("%(who)s leverde lijst %(subject)s met lezers aan."),
    "list.thrown_away": _l("%(who)s gooide lijst %(subject)s met lezers weg."),
    "own_words.change": _l("%(who)s veranderde de eigen woorden in een e-mail aan lezers: %(changes)s."),
    "newsletter.change": _l("%(who)s veranderde de nieuwsbrief: %(changes)s."),
    "newsletter.set_up": _l("%(who)s zette de nieuwsbrief op."),
    "newsletter.verification_days": _l(
        "%(who)s liet de controle van een functie %(after)s dagen gelden; dat waren er %(before)s."
    ),
    "segment.domain_listed": _l("%(who)s zette %(domain)s op de lijst van %(segment)s."),
    "segment.domain_unlisted": _l("%(who)s haalde %(domain)s van de lijst van %(segment)s."),
    "service.go_on": _l("%(who)s liet de dienst verdergaan met een kopie van de gegevens."),
    "subscriber.add": _l("%(who)s voegde %(reader)s toe."),
    "subscriber.allow": _l("%(who)s liet weer e-mail toe aan %(reader)s."),
    "subscriber.erase": _l("%(who)s wiste alles over %(reader)s."),
    "subscriber.move": _l("%(who)s vroeg om een ander adres voor %(reader)s."),
    "subscriber.pause": _l("%(who)s pauzeerde de nieuwsbrief voor %(reader)s."),
    "subscriber.rename": _l("%(who)s verbeterde de naam van %(reader)s."),
    "subscriber.resume": _l("%(who)s stopte de pauze van %(reader)s."),
    "subscriber.suppress": _l("%(who)s liet nooit meer e-mail sturen aan %(reader)s."),
    "subscriber.unsubscribe": _l("%(who)s meldde %(reader)s af."),
    "subscribers.export": _l("%(who)s nam alle lezers mee als bestand."),
    "subscribers.import": _l("%(who)s las een lijst in: %(added)s nieuwe lezers, %(confirmed)s bevestigd."),
}
_OF_LISTS: Mapping[str, LazyString] = {
    "add": _l("%(who)s voegde %(what)s toe."),
    "change": _l("%(who)s veranderde %(what)s: %(changes)s."),
    "move": _l("%(who)s zette %(what)s op een andere plaats."),
    "retire": _l("%(who)s liet %(what)s niet meer meedoen."),
    "restore": _l("%(who)s liet %(what)s weer meedoen."),
    "remove": _l("%(who)s verwijderde %(what)s."),
}
"""What administrators do with organisations, segments and topics."""
_OF_EDITIONS: Mapping[str, LazyString] = {
    "dropped_by_hand": _l("%(who)s haalde “%(item)s” uit editie %(edition)s."),
    "added_by_hand": _l("%(who)s zette “%(item)s” in editie %(edition)s."),
    "moved": _l("%(who)s verplaatste “%(item)s” in editie %(edition)s."),
}
_ASKED = _l(
    "%(who)s las een lijst in: %(asked)s mensen krijgen per e-mail de vraag of zij lezer willen worden."
)
"""Of a list that proves no consent: nobody came in by it yet."""
_BY_READERS = {"subscriber.erase", "claim.renewed"}
"""What readers do themselves, where nobody else is named."""


def topics() -> dict[Topic, str]:
    """What can be looked for."""
    return {
        Topic.SIGNING_IN: _("Inloggen en accounts"),
        Topic.ITEMS: _("Berichten"),
        Topic.EDITIONS: _("Edities"),
        Topic.CORRECTIONS: _("Correcties"),
        Topic.READERS: _("Lezers en lijsten"),
        Topic.CLAIMS: _("Functies en domeinen"),
        Topic.TEXTS: _("Teksten"),
        Topic.SETTINGS: _("Instellingen"),
        Topic.SERVER: _("Opdrachten op de server"),
        Topic.TRAIL: _("Dit logboek"),
    }


def done_by() -> dict[Done, str]:
    """Who does things without being a colleague."""
    return {Done.BY_ITSELF: _("Vanzelf"), Done.AT_A_TERMINAL: _("Op de server")}


def who(entry: AuditEntry) -> str:
    """Who did it: a colleague by name, a system user, a reader, or the service."""
    if entry.actor is not None:
        return entry.actor.name
    if entry.terminal:
        return _("%(name)s (op de server)", name=entry.terminal)
    return _("De lezer zelf") if entry.action in _BY_READERS else _("De nieuwsbrief zelf")


def sentence(entry: AuditEntry, names: Names) -> str:
    """What was done, in one sentence."""
    return str(_template(entry)) % _about(entry, names)


def _template(entry: AuditEntry) -> LazyString:
    if entry.action == "edition.edit" and "item" in entry.detail:
        return _OF_EDITIONS.get(str(entry.detail.get("reason")), _OF_EDITIONS["moved"])
    if entry.action == "subscribers.import" and "asked" in entry.detail:
        return _ASKED
    kind, _dot, verb = entry.action.partition(".")
    if kind in ("organisation", "segment", "topic") and verb in _OF_LISTS:
        return _OF_LISTS[verb]
    return SENTENCES.get(entry.action, _l("%(who)s veranderde iets aan de instellingen."))


class _About(dict[str, str]):
    """What fills a sentence; what is not known any more is three dots."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _about(entry: AuditEntry, names: Names) -> _About:
    detail = entry.detail
    numbers = {name: number_text(value) for name, value in detail.items() if type(value) is int}
    words = {name: value for name, value in detail.items() if isinstance(value, str)}
    return _About(words | numbers | _named(entry, names), who=who(entry), subject=str(entry.subject_id))


def _named(entry: AuditEntry, names: Names) -> dict[str, str]:
    """What the numbers of an entry stand for."""
    detail, number, kind = entry.detail, entry.subject_id, entry.subject_type
    item: int = detail.get("item", 0) if kind == "edition" else number
    found = {
        "account": names.users.get(number) or _("een onbekend adres"),
        "item": detail.get("title") or names.items.get(item, "") or _("bericht %(number)s", number=item),
        "other": names.items.get(detail.get("other", 0))
        or _("bericht %(number)s", number=detail.get("other")),
        "edition": _edition(entry, names),
        "reader": _("lezer %(number)s", number=number) if number else _("een adres dat van geen lezer is"),
        "segment": names.segments.get(detail.get("segment", number)) or _("een doelgroep"),
        "organisation": names.organisations.get(detail.get("organisation", 0)) or _("een organisatie"),
    }
    if "called" in detail:
        found["what"] = {
            "organisation": _("organisatie %(name)s", name=detail["called"]),
            "segment": _("doelgroep %(name)s", name=detail["called"]),
            "topic": _("thema %(name)s", name=detail["called"]),
        }.get(kind, detail["called"])
    if "changed" in detail and kind in (
        "calendar",
        "newsletter",
        "own_words",
        "organisation",
        "segment",
        "topic",
    ):
        found["changes"] = _changes(detail)
    if kind == "document" and detail.get("kind") in set(Kind):
        found["text"] = str(TITLES[Kind(detail["kind"])])
    if detail.get("act") in set(Act):
        found["act"] = act_name(Act(detail["act"]))
    if "asked_by" in detail:
        found["asker"] = names.users.get(detail["asked_by"], "…")
    return found | _set(entry)


def _set(entry: AuditEntry) -> dict[str, str]:
    """What was set, or removed after its term."""
    detail, found = entry.detail, dict[str, str]()
    if detail.get("term") in set(Term):
        found["term"] = str(TERMS[Term(detail["term"])])
    if entry.action == "setting.release_rule":
        found |= {name: str(RULES[ReleaseRule(detail[name])]) for name in ("before", "after")}
    if entry.action == "retention.removed":
        found["removed"] = listed([f"{number_text(n)} {removed_thing(kind)}" for kind, n in detail.items()])
    return found


def _changes(detail: Mapping[str, Any]) -> str:
    """What was changed, before and after."""
    fields = {
        "name": _("naam"),
        "name_nl": _("naam"),
        "name_en": _("naam in het Engels"),
        "short_name": _("korte naam"),
        "tagline_nl": _("ondertitel"),
        "tagline_en": _("ondertitel in het Engels"),
        "postal_address": _("postadres"),
        "sender_name": _("naam van de afzender"),
        "reply_to": _("adres voor antwoorden"),
        "subject_nl": _("onderwerp"),
        "subject_en": _("onderwerp in het Engels"),
        "sentence_nl": _("zin"),
        "sentence_en": _("zin in het Engels"),
        "closing_nl": _("slot van e-mails"),
        "closing_en": _("slot van e-mails in het Engels"),
        "choice_nl": _("wat een lezer aanvinkt"),
        "choice_en": _("wat een lezer aanvinkt, in het Engels"),
        "about_nl": _("uitleg"),
        "about_en": _("uitleg in het Engels"),
        "colours": _("kleuren"),
        "every_weeks": _("weken tussen edities"),
        "weekday": _("dag"),
        "first_day": _("eerste dag"),
        "send_time": _("tijd van uitgaan"),
        "closing_days": _("dagen dat kopij eerder sluit"),
        "closing_time": _("tijd dat kopij sluit"),
        "zone": _("tijdzone"),
        "item_limit": _("aantal berichten"),
        "text_limit": _("lengte van een bericht"),
        "release_rule": _("wanneer een editie uit mag"),
        "correction_minutes": _("wachttijd van een correctie"),
        "silence_hours": _("uren wachten op een antwoord"),
    }
    return "; ".join(
        _change(name, fields.get(name, name), detail.get(name, "")) for name in detail["changed"]
    )


def _change(name: str, field: str, told: Any) -> str:
    """One change; entries of earlier versions tell of the calendar only what it became."""
    both = told if isinstance(told, list) else [told]
    said = [_value(name, str(one)) for one in both]
    if len(said) == 1:
        return _("%(field)s werd “%(after)s”", field=field, after=said[0])
    return _("%(field)s “%(before)s” werd “%(after)s”", field=field, before=said[0], after=said[1])


def _value(name: str, value: str) -> str:
    """What was set, in words where the database keeps a number or a name of ours."""
    if name == "weekday":
        return str(DAYS[int(value)])
    return str(RULES[ReleaseRule(value)]) if name == "release_rule" and value in set(ReleaseRule) else value


def removed_thing(kind: str) -> str:
    """What was removed after its term, in the plural."""
    known = {
        "sign_ups": _("aanmeldingen"),
        "notices": _("e-mails"),
        "pictures": _("afbeeldingen"),
        "sessions": _("inlogsessies"),
        "headers": _("kopregels"),
        "bounces": _("meldingen van wat terugkwam"),
        "requests": _("verzoeken"),
        "deliveries": _("bezorgingen"),
        "exclusions": _("overgeslagen lezers"),
    }
    return known.get(kind, _("gegevens"))


def _edition(entry: AuditEntry, names: Names) -> str:
    if entry.subject_type == "edition":
        return str(names.editions.get(entry.subject_id, "…"))
    return str(names.corrected.get(entry.subject_id) or entry.detail.get("edition", "…"))


_REASONS: tuple[tuple[set[str], Callable[[Any], object]], ...] = (
    (set(HoldReason), lambda reason: hold_reason(HoldReason(reason))),
    (set(Hindrance), lambda reason: hindrance(Hindrance(reason))),
    (set(DeclineReason), lambda reason: REASONS[DeclineReason(reason)]),
)


def reason(entry: AuditEntry) -> str:
    """Why it was done, as whoever did it said, or "" where nobody did."""
    given = entry.detail.get("reason", "")
    if not isinstance(given, str) or (entry.action == "edition.edit" and "item" in entry.detail):
        return ""
    for known, words in _REASONS:
        if given in known:
            return str(words(given))
    return given
