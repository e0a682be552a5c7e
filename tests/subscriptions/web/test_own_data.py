"""What is held about a reader, as the reader sees it."""

import json
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.bounces.rules import Verdict
from newsletter_service.delivery.models import Suppression
from newsletter_service.documents.service import read_now
from newsletter_service.editions.models import Edition, Exclusion, LetterItem, Placement
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.verification.rules import Evidence
from newsletter_service.subscriptions.verification.service import verify
from tests.bounces.db.conftest import make_bounce, make_delivery
from tests.conftest import NOW
from tests.factories import make_item, make_organisation
from tests.staff_browser import words
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


def test_a_reader_sees_how_a_function_was_checked_and_what_came_back_in_plain_words(
    anna: Pages, client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        claim = next(one for one in reader.memberships if one.segment.slug == "burgemeesters")
        verify(session, claim, Evidence.IMPORT, "leden.csv", NOW, until=NOW + timedelta(days=365))
        make_bounce(session, make_delivery(session, reader), Verdict.SOFT, reason="452 mailbox full")
    page = words(client.get(own(anna)).text)
    assert "(gecontroleerd). Sinds 23 november 2026, overgenomen uit een lijst (leden.csv)." in page
    assert "Dit geldt tot 23 november 2027." in page
    assert "De mailbox is vol (4.2.2). 452 mailbox full" in page


def test_a_link_of_a_letter_shows_nothing_of_it(anna: Pages, client: FlaskClient) -> None:
    address = anna.manage_in_letter().replace("/voorkeuren/", "/mijn-gegevens/")
    for path in (address, f"{address}/json"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert ADDRESS not in answer.text


def test_a_link_that_is_none_is_gone(client: FlaskClient, anna: Pages) -> None:
    assert client.get("/mijn-gegevens/onzin").status_code == 410


def test_a_reader_reads_why_they_got_each_item_and_why_an_edition_did_not_come(
    anna: Pages, client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        reader, north = session.scalars(select(Subscriber)).one(), make_organisation(session)
        police = reader.memberships[0].segment
        secret = make_item(session, north, now=NOW, title="Briefing", segments=(police,), restricted=True)
        youth = make_item(session, north, now=NOW, title="Jongeren", topics=tuple(reader.topics))
        row = make_delivery(session, reader)
        for number, mailing in ((1, row.mailing_id), (2, None)):
            edition = Edition(number=number, closes_at=NOW, sends_at=NOW, zone="Europe/Amsterdam")
            edition.mailing_id, edition.released_at = mailing, NOW
            session.add(edition)
            session.flush()
            if mailing is None:
                session.add(Exclusion(edition_id=edition.id, subscriber_id=reader.id, reason="paused"))
                continue
            for place, item in enumerate((secret, youth)):
                session.add(
                    Placement(edition_id=edition.id, item_id=item.id, position=place, reason="priority")
                )
                session.add(LetterItem(letter_id=row.letter_id, item_id=item.id))
    page = words(client.get(own(anna)).text)
    assert "Editie 2, 23 november 2026: niet gestuurd, want u had een pauze" in page
    assert "Briefing Voor wie gecontroleerd is als: Politie" in page
    assert "Jongeren U koos het thema: Jeugd" in page


def test_a_reader_erases_everything_with_a_word_that_no_scanner_types(
    anna: Pages, client: FlaskClient, stored: Stored
) -> None:
    page = f"{own(anna)}/wissen"
    assert "Dat kunt u niet ongedaan maken." in client.get(page).text
    assert page in client.get(own(anna)).text
    assert client.get(page).status_code == client.head(page).status_code == 200
    for word in ("", "ja"):
        assert client.post(page, data={"word": word}).status_code == 422
    with stored() as session:
        hashed = session.scalars(select(Subscriber.address_hmac)).one()
    assert "Uw gegevens zijn gewist" in client.post(page, data={"word": " Wissen"}).text
    with stored() as session:
        assert session.scalars(select(Subscriber)).all() == []
        kept = session.get_one(Suppression, hashed)
        assert (kept.reason, kept.scope) == ("erased", "all_mail")
        step = session.scalars(select(Consent)).one()
        assert (step.step, step.actor, step.address_hmac) == ("erased", "reader", hashed)
        assert session.scalars(select(AuditEntry.action)).all() == ["subscriber.erase"]
    assert "Uw gegevens zijn gewist" in client.get(page).text


def test_the_link_of_a_letter_erases_nothing(anna: Pages, client: FlaskClient, stored: Stored) -> None:
    page = anna.manage_in_letter().replace("/voorkeuren/", "/mijn-gegevens/")
    assert client.post(f"{page}/wissen", data={"word": "wissen"}).status_code == 303
    with stored() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1
