"""Heads hear of joint items that others changed, and what nobody objected to counts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from newsletter_service.conversations.notices import tell_changed
from newsletter_service.conversations.service import (
    settle_item,
    settle_pair,
    silent_items,
    silent_pairs,
    untold,
)
from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services

T = TypeVar("T")


def run() -> str:
    """Tell and settle, each in a transaction of its own."""
    now = services().clock()
    told = _each(untold, lambda session, one, at: tell_changed(session, services(), one, at), now)
    settled = _each(silent_pairs, settle_pair, now) + _each(silent_items, settle_item, now)
    return f"told heads of {told} joint items, settled {settled} wishes" if told or settled else ""


def _each(
    which: Callable[[Session, datetime], Sequence[T]],
    do: Callable[[Session, T, datetime], bool],
    now: datetime,
) -> int:
    with reading() as session:
        found = which(session, now)
    done = 0
    for one in found:
        with unit_of_work() as session:
            done += do(session, one, now)
    return done
