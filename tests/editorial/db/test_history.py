"""Each save of an item keeps a version; one that is put back is a version too."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.editorial.history.models import ItemVersion
from newsletter_service.editorial.history.rules import read
from newsletter_service.editorial.history.service import versions_of
from newsletter_service.editorial.models import Image, Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import (
    ItemSent,
    NotReady,
    content_of,
    forget_pictures,
    restore_version,
    save_item,
)
from newsletter_service.errors import NotFound
from newsletter_service.staff.models import AuditEntry
from tests.conftest import NOW
from tests.editorial.db.test_queue import LATER, NEWS, LedgerClient, desk, picture, written
from tests.factories import make_item

__all__ = ["desk", "picture"]
BETTER = replace(NEWS, title="Beter")


def saved(session: Session, desk: LedgerClient, item: Item, **changes: Any) -> Item:
    content = replace(content_of(item), **changes)
    return save_item(session, desk.head, item, content, LATER, version=item.version)


def titles(session: Session, item: Item) -> list[str]:
    return [read(version.content).title for version in versions_of(session, item)]


def test_each_save_that_changes_something_keeps_a_version_with_who_and_when(
    session: Session, desk: LedgerClient
) -> None:
    item = written(session, desk)
    saved(session, desk, item, title="Beter")
    saved(session, desk, item, title="Beter")
    latest, first = versions_of(session, item)
    assert (latest.number, read(latest.content), latest.saved_at, latest.saved_by) == (
        2,
        BETTER,
        LATER,
        desk.head,
    )
    assert (first.number, read(first.content), first.saved_at) == (1, NEWS, NOW)


def test_what_an_item_said_before_versions_were_kept_is_its_first(
    session: Session, desk: LedgerClient
) -> None:
    item = make_item(session, desk.north, now=NOW, title="Van vroeger", state="draft")
    saved(session, desk, item, title="Van nu")
    assert titles(session, item) == ["Van nu", "Van vroeger"]


def test_a_version_that_is_put_back_is_a_new_one_and_the_audit_trail_says_so(
    session: Session, desk: LedgerClient
) -> None:
    item = written(session, desk)
    saved(session, desk, item, title="Slechter", body="Weg ermee.")
    restore_version(session, desk.head, item, 1, LATER + timedelta(hours=1))
    assert content_of(item) == NEWS
    assert titles(session, item) == [NEWS.title, "Slechter", NEWS.title]
    assert versions_of(session, item)[0].restored == 1
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail["number"]) == ("item.restored", 1)


def test_a_picture_comes_back_with_its_version_and_is_kept_for_that(
    session: Session, desk: LedgerClient, picture: Image
) -> None:
    item = written(session, desk)
    shown = replace(NEWS, image_alt="Een vlak")
    save_item(session, desk.head, item, shown, LATER, version=item.version, image=picture)
    save_item(session, desk.head, item, NEWS, LATER, version=item.version, without_image=True)
    assert forget_pictures(session, LATER + timedelta(days=9)) == 0
    restore_version(session, desk.head, item, 2, LATER)
    assert item.image == picture
    assert item.image_alt == "Een vlak"
    restore_version(session, desk.head, item, 1, LATER)
    assert item.image is None


def test_what_a_queued_item_needs_it_still_needs_when_a_version_is_put_back(
    session: Session, desk: LedgerClient
) -> None:
    item = written(session, desk, replace(NEWS, lead=""))
    save_item(session, desk.head, item, NEWS, LATER, version=item.version, queue=True)
    with pytest.raises(NotReady):
        restore_version(session, desk.head, item, 1, LATER)


def test_what_went_out_stays_and_what_never_was_cannot_come_back(
    session: Session, desk: LedgerClient
) -> None:
    item = written(session, desk)
    with pytest.raises(NotFound):
        restore_version(session, desk.head, item, 7, LATER)
    item.state = ItemState.SENT
    with pytest.raises(ItemSent):
        restore_version(session, desk.head, item, 1, LATER)


def test_versions_go_with_their_item(session: Session, desk: LedgerClient) -> None:
    item = written(session, desk)
    session.execute(delete(Item).where(Item.id == item.id))
    session.expire_all()
    assert session.scalars(select(ItemVersion)).all() == []
