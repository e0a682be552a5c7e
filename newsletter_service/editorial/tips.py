"""Hints for plainer Dutch about what stands in the form."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from newsletter_service.audience.service import segments
from newsletter_service.editorial.forms import ItemForm
from newsletter_service.editorial.plain_dutch.rules import Hint, hints
from newsletter_service.editorial.rules import ItemState
from newsletter_service.languages import Language
from newsletter_service.publisher.service import all_organisations

_FIELDS = ("title", "lead", "body", "link_label")


def tips_about(session: Session, form: ItemForm, language: Language) -> tuple[Hint, ...]:
    """What could be plainer in what was typed; names of organisations and segments are known to readers."""
    names = [one.short_name for one in all_organisations(session)]
    names += [segment.name(language) for segment in segments(session)]
    return hints({name: form[name].data or "" for name in _FIELDS}, known=" ".join(names).split())


def saved_words(state: str, tips: tuple[Hint, ...]) -> str:
    """What to say of an item that was saved: where it stands now, and whether there are hints about its text."""
    more = _("Bij de tekst staan tips om hem makkelijker te maken.") if tips else ""
    return f"{_where(state)} {more}".strip()


def _where(state: str) -> str:
    if state == ItemState.QUEUED:
        return _("Het bericht staat in de wachtrij.")
    if state == ItemState.DRAFT:
        return _("Het bericht is bewaard als klad.")
    return _("Het bericht is bewaard. Het staat bij “Ingetrokken”.")
