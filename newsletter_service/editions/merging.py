"""Two people on one thing of an edition: what only one of them changed is merged, what both changed is named."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from newsletter_service.merging import merge
from newsletter_service.staff.models import User
from newsletter_service.staff.service import last_to_change

Changed = dict[str, str]
"""Who changed which field ("": nobody knows)."""


def combined(
    session: Session,
    what: tuple[str, int],
    began: str,
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    me: User,
) -> tuple[dict[str, Any], Changed]:
    """What I filled in with what others saved in fields that I left alone; and who changed those that I changed too.

    `what` is its type and number in the audit trail. What I saved myself, in another window, is in nobody's way.
    """
    merged, by = merge(began, mine, theirs), {}
    for name in merged.collisions:
        changer = last_to_change(session, *what, (name,))
        if changer is None or changer.id != me.id:
            by[name] = changer.name if changer is not None else ""
    return {**mine, **merged.taken}, by


def changed(after: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """The fields that differ, as the audit trail keeps them."""
    return [name for name in after if after[name] != before[name]]
