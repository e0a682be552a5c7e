"""A link of one reader goes out to nobody else, wherever it stands and whoever releases."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.content import items_in
from newsletter_service.editions.corrections import approval, service
from newsletter_service.editions.corrections.service import Words, draft_of, fingerprint
from newsletter_service.editions.releasing.service import release, release_due
from newsletter_service.editions.rules import EditionState, HoldReason
from newsletter_service.editions.texts import PersonalLink, Place
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber

WRAPPER = "https://eur02.safelinks.protection.outlook.com/?url="


@pytest.fixture
def own(house: House) -> str:
    return house.mail_context.links.manage("sleutel")


def a_reader_and_an_item(house: House) -> None:
    make_subscriber(house.session, "lezer@gemeente.example", now=COLLECTING)
    make_item(house.session, house.north, now=COLLECTING, title="Open dag")


def letters(session: Session) -> int:
    return session.scalars(
        select(func.count()).select_from(Delivery).where(Delivery.mailing_id.is_not(None))
    ).one()


@pytest.mark.parametrize(
    ("attribute", "place"),
    [
        ("title", Place.TITLE),
        ("lead", Place.LEAD),
        ("body", Place.BODY),
        ("link_url", Place.LINK),
        ("link_label", Place.LABEL),
        ("place", Place.LOCATION),
        ("image_alt", Place.ALT),
    ],
)
def test_no_edition_goes_out_with_a_readers_link_in_an_item(
    house: House, own: str, attribute: str, place: Place
) -> None:
    a_reader_and_an_item(house)
    edition = house.composed()
    (item,) = items_in(edition)
    setattr(item, attribute, own)
    with pytest.raises(PersonalLink) as refused:
        release(house.session, house.mail_context, edition, house.head_north, SENDS)
    assert refused.value.noticed.place is place
    assert refused.value.noticed.title == item.title
    assert refused.value.noticed.finding.what == "voorkeuren"
    assert own.rpartition("/")[2] not in str(refused.value.noticed.finding)
    assert edition.state == EditionState.COMPOSED


@pytest.mark.parametrize("place", [Place.SUBJECT, Place.PREHEADER, Place.INTRODUCTION])
def test_no_edition_goes_out_with_a_readers_link_in_its_own_texts(
    house: House, own: str, place: Place
) -> None:
    a_reader_and_an_item(house)
    edition = house.composed()
    setattr(edition, place, f"Kijk [hier]({WRAPPER}{own.replace(':', '%3A').replace('/', '%2F')}&data=1)")
    with pytest.raises(PersonalLink) as refused:
        release(house.session, house.mail_context, edition, house.head_north, SENDS)
    assert (refused.value.noticed.place, refused.value.noticed.title) == (place, "")


def test_the_scheduler_holds_such_an_edition_and_tells_staff(house: House, own: str) -> None:
    a_reader_and_an_item(house)
    edition = house.composed()
    edition.introduction = f"Zie {own.replace('https', 'HTTPS').replace('/voorkeuren', ':443/voorkeuren')}."
    house.session.flush()
    release_due(house.session, house.mail_context, SENDS)
    assert (edition.state, edition.hold_reason) == (EditionState.HELD, HoldReason.PERSONAL_LINK)
    assert letters(house.session) == 0
    subjects = house.session.scalars(select(Letter.subject).where(Letter.mailing_id.is_(None))).all()
    assert any("vastgehouden" in subject for subject in subjects)


def test_no_correction_goes_out_with_a_readers_link(house: House, own: str) -> None:
    a_reader_and_an_item(house)
    edition = house.composed()
    release(house.session, house.mail_context, edition, None, SENDS)
    for row in house.session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))):
        row.state, row.settled_at = DeliveryState.SENT, SENDS
    words = Words("Correctie", f"Het moest [dit]({own}) zijn.")
    service.write(house.session, house.mail_context, edition, words, "", house.head_north, SENDS)
    draft = draft_of(house.session, edition)
    assert draft is not None
    with pytest.raises(PersonalLink) as refused:
        approval.offer(
            house.session, house.mail_context, edition, fingerprint(draft), house.head_north, SENDS
        )
    assert refused.value.noticed.place is Place.CORRECTION
    assert letters(house.session) == 1


def test_the_words_for_them_become_each_readers_own_links(house: House) -> None:
    a_reader_and_an_item(house)
    edition = house.composed()
    (item,) = items_in(edition)
    item.body, item.link_url, item.link_label = (
        "[mijn keuzes](voorkeuren) of [weg](afmelden)",
        "voorkeuren",
        "Kies",
    )
    release(house.session, house.mail_context, edition, None, SENDS)
    letter = house.session.scalars(select(Letter).where(Letter.mailing_id == edition.mailing_id)).one()
    copy = Template(letter.skeleton).fill(
        SlotValues(
            address="lezer@gemeente.example",
            date=SENDS,
            message_id="<1@nieuwsbrief.example>",
            manage_url="https://nieuwsbrief.example/voorkeuren/1-1-mijn",
            unsubscribe_url="https://nieuwsbrief.example/afmelden/1-1-mijn",
        )
    )
    html, text = html_of(copy), text_of(copy)
    assert html.count('href="https://nieuwsbrief.example/voorkeuren/1-1-mijn"') == 4
    assert html.count('href="https://nieuwsbrief.example/afmelden/1-1-mijn"') == 2
    assert "mijn keuzes\n<https://nieuwsbrief.example/voorkeuren/1-1-mijn>" in text.replace(" <", "\n<")
    assert "Kies:\nhttps://nieuwsbrief.example/voorkeuren/1-1-mijn" in text
