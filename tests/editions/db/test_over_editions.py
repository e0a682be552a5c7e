"""What one edition cannot divide evenly, the next one evens out; and each has the featured item in turn."""

from datetime import timedelta

from sqlalchemy.orm import Session

from newsletter_service.editions.composing.service import compose_edition, editions_before, open_next_edition
from newsletter_service.editions.content import items_in
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.rules import EditionState
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber

TITLES = ("Wijkagenten", "Vuurwerk", "Camera's", "Inbraken", "Geldezels", "Drugslab", "Boa's", "Jeugdzorg")


def queue(session: Session, house: House) -> None:
    """As many items of north as of south, north's of a higher priority; a reader gets three in full."""
    house.calendar.item_limit = 3
    make_subscriber(session, "lezer@gemeente.example", now=COLLECTING)
    for title in TITLES[:4]:
        make_item(session, house.north, now=COLLECTING, title=title, priority=2)
    for title in TITLES[4:]:
        make_item(session, house.south, now=COLLECTING, title=title)


def test_the_next_edition_begins_with_whoever_got_less_and_features_the_other(
    session: Session, house: House
) -> None:
    queue(session, house)
    first = house.composed()
    release(session, house.mail_context, first, None, SENDS)
    second = open_next_edition(session, SENDS)
    compose_edition(session, house.mail_context, second, None, SENDS + timedelta(days=12))
    spoke = [[item.organisation_id for item in items_in(edition)] for edition in (first, second)]
    north, south = house.north.id, house.south.id
    assert (sorted(spoke[0]), first.ahead) == (sorted([north, north, south]), [north])
    assert (sorted(spoke[1]), second.ahead) == (sorted([north, south, south]), [])
    assert [one[0] for one in spoke] == [north, south]


def test_an_edition_that_was_cancelled_counts_for_nothing(session: Session, house: House) -> None:
    queue(session, house)
    first = house.composed()
    first.state = EditionState.CANCELLED
    session.flush()
    second = open_next_edition(session, CLOSES)
    assert editions_before(session, second) == []
    compose_edition(session, house.mail_context, second, None, SENDS + timedelta(days=12))
    assert items_in(second)[0].organisation_id == house.north.id
