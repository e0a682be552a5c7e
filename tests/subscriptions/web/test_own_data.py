"""What is held about a reader, as the reader sees it."""

import json

from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.documents.service import read_now
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.subscriptions.web.conftest import ADDRESS, Pages, Stored


def own(pages: Pages) -> str:
    return pages.manage().replace("/voorkeuren/", "/mijn-gegevens/")


def test_a_reader_sees_what_is_held_with_the_words_of_that_day(
    anna: Pages, client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        read = read_now(session, "nl", "vragen@nieuwsbrief.example")
        record_wish(session, reader, Step.CONFIRMED, READER, Place.CONFIRM, NOW, read=read)
        words = read.wording.words
    page = client.get(own(anna)).text
    for said in (ADDRESS, "Anna", "Politie", "Jeugd", words, "U bevestigde dat u de nieuwsbrief wilt"):
        assert said in page
    assert own(anna) in client.get(anna.manage()).text
    held = json.loads(client.get(f"{own(anna)}/json").text)
    assert held["subscriber"][0]["address"] == ADDRESS
    assert [row["step"] for row in held["consent"]] == ["confirmed"]


def test_a_link_of_a_letter_shows_nothing_of_it(anna: Pages, client: FlaskClient) -> None:
    address = anna.manage_in_letter().replace("/voorkeuren/", "/mijn-gegevens/")
    for path in (address, f"{address}/json"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert ADDRESS not in answer.text


def test_a_link_that_is_none_is_gone(client: FlaskClient, anna: Pages) -> None:
    assert client.get("/mijn-gegevens/onzin").status_code == 410
