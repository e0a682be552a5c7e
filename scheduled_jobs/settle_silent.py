"""Heads hear of joint items that others changed, and what nobody objected to counts."""

from newsletter_service.conversations.notices import tell_changed
from newsletter_service.conversations.service import (
    settle_item,
    settle_pair,
    silent_items,
    silent_pairs,
    untold,
)
from newsletter_service.services import services
from scheduled_jobs.one_by_one import each


def run() -> str:
    """Tell and settle, each in a transaction of its own."""
    now = services().clock()
    told = each(untold, lambda session, one, at: tell_changed(session, services(), one, at), now)
    settled = each(silent_pairs, settle_pair, now) + each(silent_items, settle_item, now)
    return f"told heads of {told} joint items, settled {settled} wishes" if told or settled else ""
