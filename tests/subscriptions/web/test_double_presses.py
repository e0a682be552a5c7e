"""Who presses a button twice, or after a mail filter did, reads what the first press did: using a link kills none."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.links.urls import ALLOW_WITHIN, ANSWER_CHANGE_WITHIN, CONFIRM_WITHIN, MANAGE_WITHIN
from newsletter_service.services import Services
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import allow_address, suppress_address
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.used_links.models import UsedLink
from scheduled_jobs import purge_stale
from tests.answering import answer_forms_of
from tests.conftest import NOW, Clock
from tests.factories import SUPPRESSION_KEY, make_subscriber, make_suppression
from tests.subscriptions.web.conftest import ADDRESS, Pages, Stored

NEW = "anna@elders.example"


@pytest.fixture
def new_and_old(client: FlaskClient, anna: Pages, stored: Stored, wired: Services) -> tuple[str, str]:
    """The links that the new and the old address get of a change that Anna asks for."""
    client.post(f"{anna.manage()}/adres", data={"address": NEW})
    with stored() as session:
        key = session.scalars(select(AddressChange.link_key)).one()
    new, old = wired.links.new_address(key, NOW), wired.links.old_address(key, NOW)
    return new.removeprefix(wired.links.base_url), old.removeprefix(wired.links.base_url)


def pressed_twice(client: FlaskClient, path: str, **typed: str) -> str:
    """What a page says to the first press and to the second, which is the same."""
    first, second = (client.post(path, data=typed, follow_redirects=True) for _press in range(2))
    assert (second.status_code, second.text) == (first.status_code, first.text)
    assert first.status_code == 200
    return first.text


def test_the_press_that_moves_a_reader_may_come_twice_from_the_new_address(
    client: FlaskClient, new_and_old: tuple[str, str]
) -> None:
    new, old = new_and_old
    client.post(old)
    said = pressed_twice(client, new)
    assert "Uw adres is veranderd" in said
    assert "/voorkeuren/" in said
    assert "/voorkeuren/" not in client.post(old).text, "the old mailbox gets no way to the new preferences"


def test_the_press_that_moves_a_reader_may_come_twice_from_the_old_address(
    client: FlaskClient, new_and_old: tuple[str, str]
) -> None:
    new, old = new_and_old
    client.post(new)
    assert "Uw adres is veranderd" in pressed_twice(client, old)
    assert "Uw adres is veranderd" in client.post(f"{old}/weigeren").text, (
        "it is done, and no refusal undoes it"
    )


def test_a_refusal_may_come_twice_and_both_links_say_so(
    client: FlaskClient, new_and_old: tuple[str, str]
) -> None:
    new, old = new_and_old
    said = pressed_twice(client, f"{old}/weigeren")
    assert "De nieuwsbrief blijft naar dit adres gaan." in said
    looks = [client.get(page, follow_redirects=True) for page in (old, f"{old}/weigeren")]
    for answer in (client.post(new), client.post(old), *looks):
        assert "De nieuwsbrief blijft naar dit adres gaan." in answer.text


def test_a_change_that_cannot_be_any_more_says_so_twice(
    client: FlaskClient, new_and_old: tuple[str, str], stored: Stored
) -> None:
    new, old = new_and_old
    client.post(old)
    with stored() as session:
        make_subscriber(session, NEW, now=NOW)
    assert "Dit kan niet meer" in pressed_twice(client, new)


def test_the_way_to_the_preferences_is_shown_for_a_day_and_to_nobody_after_another_move(
    client: FlaskClient, new_and_old: tuple[str, str], stored: Stored, clock: Clock
) -> None:
    new, old = new_and_old
    client.post(old)
    client.post(new)
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        key, reader.link_key = reader.link_key, "another12345"
    assert "/voorkeuren/" not in client.post(new).text
    with stored() as session:
        session.scalars(select(Subscriber)).one().link_key = key
    clock.now = NOW + MANAGE_WITHIN
    assert "Uw adres is veranderd" in client.post(new).text
    assert "/voorkeuren/" not in client.post(new).text


def test_who_asks_for_the_same_address_twice_asks_once_and_both_letters_work(
    client: FlaskClient, anna: Pages, stored: Stored, clock: Clock
) -> None:
    def links_and_letters() -> tuple[str, int]:
        with stored() as session:
            rows = session.scalars(select(Delivery)).all()
            return session.scalars(select(AddressChange.link_key)).one(), len(rows)

    pressed_twice(client, f"{anna.manage()}/adres", address=NEW)
    key, letters = links_and_letters()
    assert letters == 2
    clock.now = NOW + timedelta(minutes=10)
    client.post(f"{anna.manage()}/adres", data={"address": NEW})
    assert links_and_letters()[0] != key, "later it is another wish"


def test_never_may_be_said_twice_by_who_did_not_confirm(
    client: FlaskClient, anna: Pages, set_status: Callable[[Status], None], stored: Stored
) -> None:
    set_status(Status.PENDING)
    assert "U krijgt geen e-mail meer van ons" in pressed_twice(client, anna.never())
    with stored() as session:
        assert session.scalars(select(Subscriber)).all() == []
        allow_address(session, Address(ADDRESS), SUPPRESSION_KEY, "Belde zelf", None, NOW)
    assert client.get(anna.never()).status_code == 410, "that is no longer so"


def test_never_may_be_said_twice_to_a_sign_up_of_who_left(
    client: FlaskClient, anna: Pages, stored: Stored, wired: Services
) -> None:
    client.post(anna.leave())
    client.post("/aanmelden", data={"address": ADDRESS, "language": "nl"})
    answer_forms_of(client)
    with stored() as session:
        key = session.scalars(select(Renewal.link_key)).one()
    never = wired.links.never(key, NOW).removeprefix(wired.links.base_url)
    assert "U krijgt geen e-mail meer van ons" in pressed_twice(client, never)


def test_who_may_be_mailed_again_reads_so_twice_unless_that_ended_since(
    client: FlaskClient, anna: Pages, stored: Stored, wired: Services
) -> None:
    with stored() as session:
        make_suppression(session, NEW, now=NOW)
        row = session.scalars(select(Suppression)).one()
        row.link_key, row.asked_back_at = "allow1234567", NOW
    link = wired.links.allow("allow1234567", NOW).removeprefix(wired.links.base_url)
    assert "We mogen u weer mailen" in pressed_twice(client, link)
    with stored() as session:
        suppress_address(session, Address(NEW), SUPPRESSION_KEY, "Belde zelf", None, NOW)
    assert client.post(link).status_code == 410
    with stored() as session:
        assert len(session.scalars(select(Suppression)).all()) == 1, "an old press lifts nothing new"


def test_who_erases_themselves_twice_is_erased(client: FlaskClient, anna: Pages, stored: Stored) -> None:
    own = anna.manage().replace("voorkeuren", "mijn-gegevens")
    assert "Uw gegevens zijn gewist" in pressed_twice(client, f"{own}/wissen", word="wissen")
    assert "Uw gegevens zijn gewist" in client.get(anna.manage()).text
    letter = anna.manage_in_letter()
    assert client.get(letter).status_code == 410, "others may have the letter, and are told nothing"
    assert client.get(anna.leave()).status_code == 410


def test_a_confirmation_may_be_pressed_twice(
    client: FlaskClient, anna: Pages, stored: Stored, clock: Clock
) -> None:
    with stored() as session:
        session.scalars(select(Subscriber)).one().status = Status.PENDING
    assert "Uw aanmelding is bevestigd" in pressed_twice(client, anna.confirm())
    clock.now = NOW + MANAGE_WITHIN
    assert "Uw aanmelding was al bevestigd" in client.post(anna.confirm()).text


@pytest.mark.parametrize("page", ["/stop", ""])
def test_leaving_and_pausing_may_be_pressed_twice(client: FlaskClient, anna: Pages, page: str) -> None:
    pressed_twice(client, f"{anna.manage()}/pauze{page}", length="kort")
    pressed_twice(client, f"{anna.manage()}/adres/intrekken")
    pressed_twice(client, anna.still_there())
    assert "afgemeld" in pressed_twice(client, anna.leave())
    assert "terug" in pressed_twice(client, f"{anna.leave()}/terug")


def test_what_became_of_links_is_forgotten_once_they_would_not_hold(
    client: FlaskClient, new_and_old: tuple[str, str], stored: Stored, clock: Clock
) -> None:
    assert ALLOW_WITHIN == ANSWER_CHANGE_WITHIN == CONFIRM_WITHIN
    client.post(f"{new_and_old[1]}/weigeren")
    for days, rows in ((6, 1), (7, 0)):
        clock.now = NOW + timedelta(days=days)
        with client.application.app_context():
            purge_stale.run()
        with stored() as session:
            assert len(session.scalars(select(UsedLink)).all()) == rows
