from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import purge_stale
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_segment, make_subscriber, make_topic
from tests.journeys.conftest import link_to, links_in, sign_up
from tests.smtp_server import Received

Stored = Callable[[], AbstractContextManager[Session]]
Deliver = Callable[[], list[Received]]


@pytest.fixture(autouse=True)
def newsletter(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_segment(session, "politie", domains=("politie.example",))
        make_topic(session, "ondermijning")


def status_of(stored: Stored, address: str) -> str | None:
    with stored() as session:
        return session.scalars(select(Subscriber.status).where(Subscriber.address == address)).first()


def test_a_visitor_becomes_a_reader_by_the_link_in_the_mail(
    client: FlaskClient, stored: Stored, deliver: Deliver
) -> None:
    sign_up(client, "Anna@Politie.example", name="Anna de Vries", segments=["1"], topics=["1"])
    (mail,) = deliver()
    assert mail.recipient == "anna@politie.example"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["List-Unsubscribe"] is None
    assert "Anna" not in mail.content.decode()
    link = link_to(mail, "bevestigen")
    assert "Ja, stuur mij de nieuwsbrief" in client.get(link).get_data(as_text=True)
    assert status_of(stored, "anna@politie.example") == "pending"
    assert "bevestigd" in client.post(link).get_data(as_text=True)
    assert status_of(stored, "anna@politie.example") == "active"
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        assert [m.segment.slug for m in reader.memberships] == ["politie"]
        assert [topic.slug for topic in reader.topics] == ["ondermijning"]
        asked, confirmed, verified = session.scalars(select(Consent).order_by(Consent.id)).all()
        assert [asked.step, confirmed.step, verified.step] == ["asked", "confirmed", "verified"]
        assert verified.actor == "job"
        assert all(
            step.wording and "Veilig Verbonden" in step.wording.words and step.wording_version
            for step in (asked, confirmed)
        )


def test_confirming_twice_is_as_good_as_once(client: FlaskClient, stored: Stored, deliver: Deliver) -> None:
    sign_up(client, "anna@gemeente.example")
    link = link_to(deliver()[0], "bevestigen")
    assert client.post(link).status_code == 200
    assert client.post(link).status_code == 200
    assert "al aangemeld" in client.get(link).get_data(as_text=True)
    with stored() as session:
        assert len(session.scalars(select(Consent).where(Consent.step == "confirmed")).all()) == 1


def test_every_address_gets_the_same_answer(client: FlaskClient, stored: Stored) -> None:
    with stored() as session:
        make_subscriber(session, "bekend@gemeente.example", now=NOW)
        make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
    answers = set()
    for address in ("bekend@gemeente.example", "weg@gemeente.example", "nieuw@gemeente.example"):
        answer = client.post("/aanmelden", data={"address": address, "language": "nl"})
        answers.add((answer.status_code, answer.text.replace(address, "")))
    assert len(answers) == 1


def test_a_known_reader_is_told_by_mail_and_by_nothing_else(
    client: FlaskClient, stored: Stored, deliver: Deliver
) -> None:
    with stored() as session:
        make_subscriber(session, "bekend@gemeente.example", now=NOW, name="Bea")
    sign_up(client, "bekend@gemeente.example", name="Een ander")
    (mail,) = deliver()
    assert "al aangemeld" in mail.message.get_body(("plain",)).get_content().lower()  # type: ignore[union-attr]  # it has one
    assert client.get(link_to(mail, "voorkeuren")).status_code == 200
    with stored() as session:
        assert session.scalars(select(Subscriber.name)).one() == "Bea"


def test_nobody_gets_more_than_three_of_these_mails_in_a_day(
    client: FlaskClient, deliver: Deliver, clock: Clock
) -> None:
    for _ in range(6):
        sign_up(client, "anna@gemeente.example")
        client.post("/link-kwijt", data={"address": "anna@gemeente.example"})
    assert len(deliver()) == 3
    clock.move(days=1, minutes=1)
    sign_up(client, "anna@gemeente.example")
    assert len(deliver()) == 1


def test_a_confirmation_link_ends_after_seven_days_and_can_be_asked_for_anew(
    client: FlaskClient, stored: Stored, deliver: Deliver, clock: Clock
) -> None:
    sign_up(client, "anna@gemeente.example")
    link = link_to(deliver()[0], "bevestigen")
    clock.move(days=7)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "verlopen" in answer.get_data(as_text=True)
    assert status_of(stored, "anna@gemeente.example") == "pending"
    assert client.post(f"{link}/opnieuw").status_code == 302
    (mail,) = deliver()
    assert client.post(link_to(mail, "bevestigen")).status_code == 200
    assert status_of(stored, "anna@gemeente.example") == "active"


def test_whoever_did_not_ask_can_say_never_again(
    client: FlaskClient, stored: Stored, deliver: Deliver
) -> None:
    sign_up(client, "anna@gemeente.example")
    link = link_to(deliver()[0], "niet-ik")
    assert client.get(link).status_code == 200
    assert status_of(stored, "anna@gemeente.example") == "pending"
    assert "nooit" in client.get(link).get_data(as_text=True).lower()
    assert client.post(link).status_code == 200
    assert status_of(stored, "anna@gemeente.example") is None
    sign_up(client, "anna@gemeente.example")
    assert deliver() == []
    with stored() as session:
        assert not any("anna" in row.address for row in session.scalars(select(Delivery)))


def test_an_unconfirmed_sign_up_is_forgotten_after_seven_days(
    client: FlaskClient, stored: Stored, deliver: Deliver
) -> None:
    sign_up(client, "anna@gemeente.example")
    deliver()
    with stored() as session:
        assert purge_stale(session, NOW + timedelta(days=6)) == 0
        assert purge_stale(session, NOW + timedelta(days=7, minutes=1)) == 1
    with stored() as session:
        assert session.scalars(select(Subscriber)).all() == []
        assert session.scalars(select(Delivery)).all() == []


@pytest.mark.parametrize("page", ["bevestigen", "niet-ik", "voorkeuren", "afmelden"])
@pytest.mark.parametrize("token", ["x", "eyJyIjoxLCJnIjoxfQ.AAAA", "..", "%00", "a" * 3000])
def test_a_tampered_link_is_answered_in_words(client: FlaskClient, page: str, token: str) -> None:
    answer = client.get(f"/{page}/{token}")
    assert answer.status_code in (404, 410)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_a_link_for_one_page_opens_no_other(client: FlaskClient, deliver: Deliver) -> None:
    sign_up(client, "anna@gemeente.example")
    token = link_to(deliver()[0], "bevestigen").rpartition("/")[2]
    for page in ("niet-ik", "voorkeuren", "afmelden"):
        assert client.get(f"/{page}/{token}").status_code == 410


def test_a_lost_link_comes_by_mail_only(
    client: FlaskClient, stored: Stored, deliver: Deliver, clock: Clock
) -> None:
    with stored() as session:
        make_subscriber(session, "bekend@gemeente.example", now=NOW)
    for address in ("bekend@gemeente.example", "onbekend@gemeente.example"):
        answer = client.post("/link-kwijt", data={"address": address})
        assert answer.headers["Location"] == "/link-kwijt/onderweg"
    (mail,) = deliver()
    link = link_to(mail, "voorkeuren")
    assert client.get(link).status_code == 200
    clock.move(days=1)
    assert client.get(link).status_code == 410


def test_readers_get_no_cookie_anywhere(client: FlaskClient, deliver: Deliver) -> None:
    sign_up(client, "anna@gemeente.example")
    (mail,) = deliver()
    for link in ["/aanmelden", "/link-kwijt", *links_in(mail)]:
        assert "Set-Cookie" not in client.get(link).headers
    assert "Set-Cookie" not in client.post(link_to(mail, "bevestigen")).headers


def test_bad_input_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    answer = client.post(
        "/aanmelden", data={"address": "geen adres", "name": "Anna de Vries", "language": "nl"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="geen adres"' in page
    assert 'value="Anna de Vries"' in page
    assert "In een e-mailadres staat een @" in page


def test_a_program_that_fills_in_every_field_signs_nobody_up(client: FlaskClient, deliver: Deliver) -> None:
    fields = {"address": "anna@gemeente.example", "language": "nl"}
    for page in ("/aanmelden", "/link-kwijt"):
        answer = client.post(page, data={**fields, "website": "https://spam.example"})
        assert answer.status_code == 422
        assert "Verstuur het nog een keer" in answer.text
        assert "spam.example" not in answer.text, "a browser that filled it in succeeds at the second try"
    assert deliver() == []
