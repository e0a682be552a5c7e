"""What a reader agreed to: a receipt to keep, and the question that comes back when a text changes for it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.documents.rules import FIRST_VERSION, Kind
from newsletter_service.documents.service import Edited, publish, read_now
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import JOB, READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW, Clock
from tests.staff_browser import make_staff
from tests.subscriptions.web.conftest import Pages, Stored

CONTACT = "vragen@nieuwsbrief.example"
QUESTION = "We hebben een tekst veranderd"


@pytest.fixture
def agreed(anna: Pages, stored: Stored) -> Pages:
    """Anna, who confirmed what she read."""
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        read = read_now(session, "nl", CONTACT)
        detail = {"segments": ["politie", "weggehaald"], "topics": ["jeugd"]}
        record_wish(session, reader, Step.CONFIRMED, READER, Place.CONFIRM, NOW, read=read, detail=detail)
    return anna


def change(stored: Stored, clock: Clock, *, asks_again: bool) -> None:
    clock.move(hours=1)
    with stored() as session:
        editor = make_staff(session, Role.COMMUNICATOR)
        new = Edited(
            Kind.CONSENT, "Ja, {nieuwsbrief}.", "Yes, {nieuwsbrief}.", "x", asks_again, FIRST_VERSION
        )
        publish(session, new, CONTACT, editor, clock.now)


def test_a_receipt_says_what_when_and_in_which_words_and_leads_to_the_statement(
    agreed: Pages, client: FlaskClient, stored: Stored
) -> None:
    assert f"{agreed.manage()}/bewijs" in client.get(agreed.manage()).text
    answer = client.get(f"{agreed.manage()}/bewijs")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with stored() as session:
        row = session.scalars(select(Consent)).one()
        assert row.wording
        said = (row.wording.words, row.wording_hash, row.privacy_hash, "2026-11-23T09:00")
    assert "Gekozen: Politie, weggehaald, Jeugd" in answer.text
    for words in (*said, "anna@politie.example", "met de link in de bevestigingsmail", FIRST_VERSION):
        assert words in answer.text
    link = next(line.strip() for line in answer.text.splitlines() if "versie=" in line)
    assert client.get(link).status_code == 200


def test_a_receipt_says_which_function_a_check_was_about(
    agreed: Pages, client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        detail = {"segment": "burgemeesters"}
        record_wish(session, reader, Step.VERIFIED, JOB, Place.CLAIMS, NOW, detail=detail)
    receipt = client.get(f"{agreed.manage()}/bewijs").text
    assert "Functie: Burgemeesters" in receipt
    assert receipt.count("Gekozen:") == 1


def test_a_link_of_a_letter_gives_no_receipt(agreed: Pages, client: FlaskClient) -> None:
    answer = client.get(f"{agreed.manage_in_letter()}/bewijs")
    assert answer.status_code == 303
    assert "anna@" not in answer.text


def test_readers_are_asked_again_only_if_the_editor_says_so(
    agreed: Pages, client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    change(stored, clock, asks_again=False)
    assert QUESTION not in client.get(agreed.manage()).text


def test_who_agrees_again_is_asked_no_more_and_it_is_written_down_once(
    agreed: Pages, client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    change(stored, clock, asks_again=True)
    assert QUESTION in client.get(agreed.manage()).text
    action = re.search(r'action="(/akkoord/[^"]+)"', client.get(agreed.manage()).text)
    assert action
    for _ in range(2):
        assert client.post(action[1]).status_code == 200
    assert QUESTION not in client.get(agreed.manage()).text
    with stored() as session:
        first, second = session.scalars(select(Consent).order_by(Consent.id))
        assert (second.step, second.source, second.at) == (Step.CONFIRMED, Place.AGREE, clock.now)
        assert second.wording
        assert (second.wording.words, second.wording_version) == ("Ja, Veilig Verbonden.", "2026-11-23")
        assert first.wording_version == FIRST_VERSION


def test_a_link_of_a_letter_cannot_agree(
    agreed: Pages, client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    change(stored, clock, asks_again=True)
    assert "/akkoord/" not in client.get(agreed.manage_in_letter()).text
    token = agreed.manage_in_letter().rpartition("/")[2]
    assert client.post(f"/akkoord/{token}").status_code == 410
    with stored() as session:
        assert len(session.scalars(select(Consent)).all()) == 1
