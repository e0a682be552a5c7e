"""What pages say of the letters of an edition or a correction: the sums, how sending goes, and one line's place."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.editions.results.progress import Progress
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import Statement
from newsletter_service.editions.wording import delivery_groups, moment_left
from newsletter_service.web.formatting import number_text

_ALWAYS_SHOWN = ("sent", "failed")


@dataclass(frozen=True)
class Group:
    """One number of a statement: its kind as addresses name it, what it is called, and how many letters it counts."""

    kind: str
    name: str
    letters: int


@dataclass(frozen=True)
class Segment:
    """A part of the bar of a statement, in percent."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True)
class Judgement:
    """Something about the letters for a person to look at: which kind, what it is, what follows, and what to do."""

    kind: str
    title: str
    why: str
    label: str


@dataclass(frozen=True)
class Remark:
    """A sentence about how sending goes, which may be a warning."""

    words: str
    warns: bool = False


def groups(numbers: Statement, *, with_skipped: bool = True) -> list[Group]:
    """Return every number of a statement, in the order in which they are shown."""
    letters = {"skipped": numbers.excluded}
    return [
        Group(kind, name, letters[kind] if kind in letters else getattr(numbers, kind))
        for kind, name in delivery_groups().items()
        if with_skipped or kind != "skipped"
    ]


def sum_of(numbers: Statement) -> list[Group]:
    """Return the numbers that add up to all readers it was meant for, without those of nobody."""
    within = ("deferred", "repeated")  # of these each is counted under open or sent already
    return [
        one
        for one in groups(numbers)
        if one.kind not in within and (one.letters or one.kind in _ALWAYS_SHOWN)
    ]


def bar(numbers: Statement) -> list[Segment]:
    """Return the sum as one bar, whose parts are the numbers in their order."""
    parts, start = [], 0.0
    for one in sum_of(numbers):
        width = 100 * one.letters / max(numbers.intended, 1)
        parts.append(Segment(one.kind, round(start, 2), round(width, 2)))
        start += width
    return parts


def sum_in_words(numbers: Statement) -> str:
    """Return the sum as a sum is written: "383 + 10 + 7 = 400"."""
    parts = " + ".join(number_text(one.letters) for one in sum_of(numbers) if one.letters)
    return _("Het klopt: %(parts)s = %(all)s.", parts=parts or "0", all=number_text(numbers.intended))


def about(kind: str) -> str:
    """Return in a few words what a number of a statement counts."""
    return {
        "sent": _("aangenomen door hun mailserver"),
        "open": _("gaan nog, of gaan later opnieuw"),
        "failed": _("geweigerd, of het adres bestaat niet"),
        "skipped": _("kregen met een reden niets"),
        "cancelled": _("afgemeld of gestopt voor het versturen"),
        "uncertain": _("verbinding brak af tijdens het versturen"),
    }[kind]


def judgements(numbers: Statement) -> list[Judgement]:
    """Return what of a statement asks for somebody's judgement, the most pressing first."""
    found = []
    if numbers.uncertain:
        title = ngettext(
            "%(count)s brief is onzeker",
            "%(count)s brieven zijn onzeker",
            numbers.uncertain,
            count=number_text(numbers.uncertain),
        )
        why = _(
            "Onzeker: de verbinding brak af toen de mailserver de brief al had. We sturen hem niet vanzelf nog "
            "eens, want dan krijgt een lezer hem misschien dubbel."
        )
        found.append(Judgement("uncertain", title, why, _("Beslis")))
    if numbers.failed:
        title = ngettext(
            "%(count)s brief is mislukt",
            "%(count)s brieven zijn mislukt",
            numbers.failed,
            count=number_text(numbers.failed),
        )
        why = _("U ziet per lezer waarom, en kunt versturen wat nog zin heeft.")
        found.append(Judgement("failed", title, why, _("Bekijk")))
    return found


def how_it_goes(state: EditionState, numbers: Statement, progress: Progress) -> Remark | None:
    """Return what is to be said of the pace; nothing where too little goes to tell."""
    if state is EditionState.HELD:
        return Remark(_("Er gaat nu niets uit: de editie wordt vastgehouden."))
    if not numbers.open:
        return Remark(_("Alle brieven zijn afgehandeld."))
    if not progress.workers and numbers.open > numbers.deferred:
        words = _("Er is nu geen verzender aan het werk. De brieven blijven wachten tot er weer een is.")
        return Remark(words, warns=True)
    if progress.letters_per_second < 1:
        return None
    return Remark(", ".join(filter(None, (_pace(progress), _end(numbers, progress)))))


def _pace(progress: Progress) -> str:
    number = round(progress.letters_per_second)
    return ngettext(
        "%(count)s brief per seconde", "%(count)s brieven per seconde", number, count=number_text(number)
    )


def _end(numbers: Statement, progress: Progress) -> str:
    if not progress.seconds_left:
        return ""
    left = moment_left(progress.seconds_left)
    if numbers.deferred:
        return _("klaar over %(left)s, behalve wat later opnieuw wordt geprobeerd", left=left)
    return _("klaar over %(left)s", left=left)


def repeated(number: int) -> str:
    """Return how many letters may have come twice, and why."""
    return ngettext(
        "Van de verstuurde brieven is er %(count)s misschien dubbel aangekomen: de verbinding brak af voordat "
        "de mailserver antwoordde.",
        "Van de verstuurde brieven zijn er %(count)s misschien dubbel aangekomen: de verbinding brak af voordat "
        "de mailserver antwoordde.",
        number,
        count=number_text(number),
    )


def deferred(number: int) -> str:
    """Return how many letters are tried again later."""
    return ngettext(
        "%(count)s brief wordt later opnieuw geprobeerd",
        "%(count)s brieven worden later opnieuw geprobeerd",
        number,
        count=number_text(number),
    )


def rests(domain: str) -> str:
    """Return who takes no letters for a while; "" is the mail server."""
    if not domain:
        return _("De mailserver neemt even geen brieven aan.")
    return _("%(domain)s neemt even geen brieven aan.", domain=domain)


def is_due(moment: datetime | None, now: datetime, *, waiting: bool) -> bool:
    """Return whether a letter that waits goes as soon as it can."""
    return waiting and moment is not None and moment <= now


def heading(number: int, kind: str, *, of_correction: bool) -> str:
    """Return what the page of one number of a statement is called."""
    group = delivery_groups()[kind].lower()
    if of_correction:
        return _("Correctie op editie %(number)s: %(group)s", number=number, group=group)
    return _("Editie %(number)s: %(group)s", number=number, group=group)
