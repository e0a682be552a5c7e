"""Two people on one item: what only one of them changed is merged, what both changed is shown to the second."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from newsletter_service.editorial.forms import ItemForm, values_of
from newsletter_service.editorial.models import Item
from newsletter_service.errors import Conflict
from newsletter_service.merging import fingerprints, merge
from newsletter_service.staff.models import User
from newsletter_service.staff.service import last_to_change
from newsletter_service.web.forms.conflicts import in_words

_WHEN = ("day", "start_time", "end_time", "fold")
"""One moment in several fields: half of mine and half of another's would be a third one that nobody meant."""
_ASIDE = {*_WHEN, "began", "organisation", "image", "kept_image", "remove_image"}
_WRITTEN_DOWN_AS: dict[str, Collection[str]] = {
    "day": ("starts_at", "ends_at"),
    "expires": ("expires_at",),
    "segments": ("segment_ids",),
    "topics": ("topic_ids",),
    "image": ("image_id",),
}


@dataclass(frozen=True)
class Collision:
    """A field that both changed: its label, what is stored there now, and who stored it (None: not known)."""

    label: str
    stored: str
    by: User | None


class ChangedToo(Conflict):
    """Somebody else changed the very fields that were changed here; nothing was overwritten."""

    def __init__(self, collisions: list[Collision]) -> None:
        super().__init__("the item changed in the meantime")
        self.collisions = collisions

    @property
    def names(self) -> list[str]:
        """Who they were, as far as is known."""
        return list(dict.fromkeys(one.by.name for one in self.collisions if one.by))


def began_from(item: Item, zone: str) -> str:
    """What the form of `item` starts from, for its hidden field."""
    return fingerprints(_stored(item, zone))


def same(form: ItemForm, item: Item) -> bool:
    """Whether what was typed is what is stored."""
    return not merge("", _typed(form), _stored(item, form.zone)).collisions


def combine(session: Session, form: ItemForm, item: Item, me: User) -> None:
    """Bring what others changed since the form was opened into `form`, where nothing was changed here.

    Raises ChangedToo, with the rest merged, if somebody else changed what was changed here too; what I saved
    myself, in another window or before going back, is no such thing.
    """
    stored = _stored(item, form.zone)
    merged = merge(form.began.data or "", _typed(form), stored)
    for name in merged.taken.keys() - {"image"}:
        _take(form, _WHEN if name == "day" else (name,), merged.taken[name])
    found = [_collision(session, form, item, name, stored[name]) for name in merged.collisions]
    by_others = [one for one in found if one.by is None or one.by.id != me.id]
    if by_others:
        raise ChangedToo(by_others)


def _typed(form: ItemForm) -> dict[str, Any]:
    """What the form says; about the picture only if that was changed."""
    typed = _fields(form)
    if form.kept_image.data or form.remove_image.data:
        typed["image"] = "" if form.remove_image.data else form.kept_image.data
    return typed


def _stored(item: Item, zone: str) -> dict[str, Any]:
    """The same of `item`, by way of a form: its filters make the two comparable."""
    form = ItemForm(formdata=None, **values_of(item, zone))
    return _fields(form) | {"image": item.image.digest if item.image else ""}


def _fields(form: ItemForm) -> dict[str, Any]:
    alone = {field.name: field.data for field in form if field.name not in _ASIDE}
    return alone | {"day": tuple(form[name].data for name in _WHEN)}


def _take(form: ItemForm, names: Iterable[str], value: Any) -> None:
    values = value if isinstance(value, tuple) else (value,)
    for name, one in zip(names, values, strict=True):
        form[name].data = one
        # Validators ask what was sent to tell whether a field is empty.
        form[name].raw_data = [] if one in (None, "", False) else [str(one)]


def _collision(session: Session, form: ItemForm, item: Item, name: str, stored: Any) -> Collision:
    by = last_to_change(session, "item", item.id, _WRITTEN_DOWN_AS.get(name, (name,))) or item.updated_by
    return Collision(form[name].label.text, _in_words(form, name, stored), by)


def _in_words(form: ItemForm, name: str, stored: Any) -> str:
    if name == "image":
        return _("een andere afbeelding") if stored else _("geen afbeelding")
    parts = stored if isinstance(stored, tuple) else (stored,)
    fields = _WHEN if name == "day" else (name,)
    return (
        ", ".join(filter(None, (in_words(form[one], part) for one, part in zip(fields, parts, strict=True))))
        or "–"
    )
