"""Taking back "never mail me again": only its owner can, with a link that is mailed on request."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.letters.mime.reading import text_of
from newsletter_service.links.urls import ALLOW_WITHIN
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import READER, Place
from newsletter_service.subscriptions.erasing.service import erase_subscriber
from tests.answering import answer_forms_of
from tests.conftest import NOW, Clock
from tests.factories import SUPPRESSION_KEY, make_newsletter, make_subscriber, make_suppression
from tests.letters_made import mail_of
from tests.subscriptions.web.conftest import Stored

QUIET = "nooit@gemeente.example"


@pytest.fixture(autouse=True)
def quiet(stored: Stored) -> None:
    """An address that said never."""
    with stored() as session:
        make_newsletter(session)
        make_suppression(session, QUIET, now=NOW)


def letters(stored: Stored) -> list[tuple[str, str]]:
    """To whom, and the link in it without the host."""
    with stored() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        return [
            (row.address, re.findall(r"/toestaan/[\w-]+", text_of(mail_of(row.letter)))[0]) for row in rows
        ]


def suppressed(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(Suppression.address_hmac)))


def ask(client: FlaskClient, address: str = QUIET) -> str:
    page = client.post("/weer-mailen", data={"address": address}, follow_redirects=True).text
    answer_forms_of(client)
    return page


def test_the_owner_takes_it_back_with_one_press_and_becomes_no_reader_by_it(
    client: FlaskClient, stored: Stored
) -> None:
    ask(client)
    ((address, link),) = letters(stored)
    assert address == QUIET
    assert client.get(link).status_code == client.head(link).status_code == 200
    assert suppressed(stored) == [address_hmac(QUIET, SUPPRESSION_KEY)]
    assert "We mogen u weer mailen" in client.post(link).text
    assert suppressed(stored) == []
    assert "We mogen u weer mailen" in client.post(link).text
    with stored() as session:
        step = session.scalars(select(Consent)).one()
        assert (step.step, step.actor, step.source) == ("allowed", "reader", "/toestaan")
    client.post("/aanmelden", data={"address": QUIET, "language": "nl"})
    answer_forms_of(client)
    with stored() as session:
        assert len(session.scalars(select(Delivery)).all()) == 2


def test_every_address_gets_the_same_answer_and_only_a_suppressed_one_a_letter(
    client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        make_subscriber(session, "lezer@gemeente.example", now=NOW)
        make_suppression(session, "stuk@gemeente.example", now=NOW, reason="bounced")
    addresses = ("lezer@gemeente.example", "niemand@gemeente.example", "stuk@gemeente.example", QUIET)
    assert len({ask(client, address) for address in addresses}) == 1
    assert [address for address, _link in letters(stored)] == [QUIET]


def test_nobody_can_have_such_a_letter_sent_more_often_than_once_in_thirty_days(
    client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    for _ in range(3):
        ask(client)
    clock.move(days=29)
    ask(client)
    assert len(letters(stored)) == 1
    clock.move(days=1)
    ask(client)
    assert len(letters(stored)) == 2
    first, second = (link for _address, link in letters(stored))
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_the_link_ends_after_seven_days_and_lifts_no_later_wish(
    client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    ask(client)
    ((_address, link),) = letters(stored)
    clock.now = NOW + ALLOW_WITHIN
    assert client.post(link).status_code == 410
    clock.now = NOW
    client.post(link)
    with stored() as session:
        make_suppression(session, QUIET, now=NOW)
    assert client.post(link).status_code == 410
    with stored() as session:
        assert session.scalars(select(Suppression.scope)).one() is Suppressed.ALL_MAIL


def test_who_becomes_a_reader_and_is_erased_leaves_no_such_letter_behind(
    client: FlaskClient, stored: Stored
) -> None:
    ask(client)
    with stored() as session:
        reader = make_subscriber(session, QUIET, now=NOW)
        erase_subscriber(session, reader, READER, Place.OWN, NOW)
        assert session.scalars(select(Delivery)).all() == []
