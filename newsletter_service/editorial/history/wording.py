"""What differs between two versions of an item, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from newsletter_service.editorial.history.rules import TEXTS, Piece, changed, word_by_word
from newsletter_service.editorial.rules import Content
from newsletter_service.editorial.wording import KINDS, PRIORITIES
from newsletter_service.web.formatting import date_text, moment

LABELS: Mapping[str, Any] = {
    "kind": _l("Wat voor bericht is het?"),
    "title": _l("Titel"),
    "lead": _l("Samenvatting"),
    "body": _l("Tekst"),
    "link_url": _l("Link"),
    "link_label": _l("Tekst van de link"),
    "image_alt": _l("Wat staat er op de afbeelding?"),
    "joint": _l("Gezamenlijk bericht, namens alle organisaties"),
    "restricted": _l("Alleen voor lezers van wie we de functie hebben gecontroleerd"),
    "priority": _l("Prioriteit"),
    "not_before": _l("Niet vóór"),
    "expires_at": _l("Uiterlijk op"),
    "starts_at": _l("Begint om"),
    "ends_at": _l("Eindigt om"),
    "place": _l("Plaats"),
    "segment_ids": _l("Doelgroepen"),
    "topic_ids": _l("Thema's"),
    "image": _l("Afbeelding"),
}


@dataclass(frozen=True)
class Difference:
    """One field that differs: its name, and word by word or as two values what it was and is."""

    label: str
    pieces: tuple[Piece, ...] = ()
    before: str = ""
    after: str = ""


class Told(NamedTuple):
    """A version as it is compared: what it says, and the public name of its picture, "" for none."""

    content: Content
    picture: str


class Names(NamedTuple):
    """What segments and topics are called, by their numbers."""

    segments: Mapping[int, str]
    topics: Mapping[int, str]


def differences(before: Told, after: Told, names: Names) -> list[Difference]:
    """What differs between two versions, in the order of an item's fields, the picture last."""
    found = [
        _difference(name, getattr(before.content, name), getattr(after.content, name), names)
        for name in changed(before.content, after.content)
    ]
    if before.picture != after.picture:
        found.append(Difference(str(LABELS["image"]), before=_picture(before), after=_picture(after)))
    return found


def _difference(name: str, before: Any, after: Any, names: Names) -> Difference:
    label = str(LABELS[name])
    if name in TEXTS:
        return Difference(label, pieces=word_by_word(before, after))
    return Difference(label, before=_in_words(name, before, names), after=_in_words(name, after, names))


def _in_words(name: str, value: Any, names: Names) -> str:
    if name in ("kind", "priority"):
        return str((KINDS if name == "kind" else PRIORITIES)[str(value)])
    if name in ("segment_ids", "topic_ids"):
        known = names.segments if name == "segment_ids" else names.topics
        return ", ".join(known.get(number, "–") for number in sorted(value)) or _("geen")
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    return _moment(name, value) if value else _("niet ingevuld")


def _moment(name: str, value: datetime) -> str:
    if name == "expires_at":
        return date_text(value - timedelta(microseconds=1), "plain")
    return date_text(value, "plain") if name == "not_before" else moment(value, "long")


def _picture(told: Told) -> str:
    return _("een afbeelding") if told.picture else _("geen afbeelding")
