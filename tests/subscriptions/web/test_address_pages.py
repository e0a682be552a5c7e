"""The pages of a change of address; what letters bring is tested in the journey."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery
from newsletter_service.links.urls import ANSWER_CHANGE_WITHIN
from newsletter_service.services import Services
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW, Clock
from tests.factories import make_subscriber, make_suppression
from tests.subscriptions.web.conftest import ADDRESS, Pages, Stored

NEW = "anna@elders.example"


@pytest.fixture
def page(anna: Pages) -> str:
    return f"{anna.manage()}/adres"


def links_of(stored: Stored, wired: Services) -> tuple[str, str]:
    """What the new and the old address got, without the host."""
    with stored() as session:
        change = session.scalars(select(AddressChange)).one()
        links = wired.links
        made = (links.new_address(change.link_key, NOW), links.old_address(change.link_key, NOW))
        return tuple(one.removeprefix(links.base_url) for one in made)  # type: ignore[return-value]  # two of them


def address_of(stored: Stored) -> str:
    with stored() as session:
        return session.scalars(select(Subscriber.address).where(Subscriber.name == "Anna")).one()


def test_the_page_answers_the_same_whatever_is_known_of_the_new_address(
    client: FlaskClient, page: str, stored: Stored
) -> None:
    with stored() as session:
        make_subscriber(session, "lezer@elders.example", now=NOW)
        make_suppression(session, "nooit@elders.example", now=NOW)
    said = set()
    for address in ("vrij@elders.example", "lezer@elders.example", "nooit@elders.example"):
        answer = client.post(page, data={"address": address}, follow_redirects=True)
        said.add(answer.text.replace(address, "…"))
    assert len(said) == 1
    assert "Kijk in allebei uw mailboxen" in said.pop()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Vul uw e-mailadres in."), (ADDRESS.upper(), "Op dit adres krijgt u de nieuwsbrief al.")],
)
def test_what_cannot_be_is_said_at_the_form_and_mails_nobody(
    client: FlaskClient, page: str, stored: Stored, typed: str, said: str
) -> None:
    answer = client.post(page, data={"address": typed})
    assert answer.status_code == 422
    assert said in answer.text
    with stored() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_looking_changes_nothing_and_two_presses_do(
    client: FlaskClient, page: str, stored: Stored, wired: Services
) -> None:
    client.post(page, data={"address": NEW})
    new, old = links_of(stored, wired)
    for link in (new, old):
        for _ in range(3):
            assert client.get(link).status_code == client.head(link).status_code == 200
    assert "Uw nieuwe adres is bevestigd." in client.post(new).text
    assert "Wacht op uw oude adres" in client.get(new).text
    assert address_of(stored) == ADDRESS
    page_at_old = client.get(old).text
    assert "a***@elders.example" in page_at_old
    assert NEW not in page_at_old
    done = client.post(old).text
    assert "Uw adres is veranderd" in done
    assert "/voorkeuren/" not in done, "whoever reads the old mailbox gets no way to the new preferences"
    assert address_of(stored) == NEW
    assert "Uw adres is veranderd" in client.get(old).text
    assert client.get(page).status_code == 410


def test_the_old_address_refuses_and_the_links_say_so(
    client: FlaskClient, page: str, stored: Stored, wired: Services
) -> None:
    client.post(page, data={"address": NEW})
    new, old = links_of(stored, wired)
    assert "Er verandert niets" in client.post(f"{old}/weigeren").text
    assert "Er verandert niets" in client.post(new).text
    assert "Er verandert niets" in client.post(old).text
    assert address_of(stored) == ADDRESS


def test_a_link_is_good_for_seven_days_and_for_its_own_address_only(
    client: FlaskClient, page: str, stored: Stored, wired: Services, clock: Clock
) -> None:
    client.post(page, data={"address": NEW})
    new, old = links_of(stored, wired)
    assert client.post(new.replace("/nieuw-", "/oud-")).status_code == 410
    assert client.post(old.replace("/oud-", "/nieuw-")).status_code == 410
    clock.now = NOW + ANSWER_CHANGE_WITHIN
    assert client.post(new).status_code == client.post(old).status_code == 410


def test_a_wish_can_be_withdrawn(client: FlaskClient, page: str, stored: Stored) -> None:
    client.post(page, data={"address": NEW})
    assert NEW in client.get(page).text
    assert NEW not in client.post(f"{page}/intrekken", follow_redirects=True).text
    with stored() as session:
        assert session.scalars(select(AddressChange)).all() == []


def test_the_link_of_a_letter_changes_no_address(client: FlaskClient, anna: Pages, stored: Stored) -> None:
    page = f"{anna.manage_in_letter()}/adres"
    for answer in (
        client.get(page),
        client.post(page, data={"address": NEW}),
        client.post(f"{page}/intrekken"),
    ):
        assert answer.status_code == 303
    with stored() as session:
        assert session.scalars(select(AddressChange)).all() == []
