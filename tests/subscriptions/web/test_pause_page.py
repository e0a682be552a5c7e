import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import end_of_pause
from tests.conftest import NOW
from tests.subscriptions.web.conftest import Pages, Stored


@pytest.fixture
def page(anna: Pages) -> str:
    return f"{anna.manage()}/pauze"


def paused_until(stored: Stored) -> object:
    with stored() as session:
        return session.scalars(select(Subscriber.paused_until)).one()


def test_a_reader_pauses_for_six_weeks_and_ends_it_early(
    client: FlaskClient, anna: Pages, page: str, stored: Stored
) -> None:
    assert page in client.get(anna.manage()).text
    assert "Zes weken, tot maandag 4 januari 2027" in client.get(page).text
    said = client.post(page, data={"length": "middel"}, follow_redirects=True).text
    assert "U krijgt geen nieuwsbrief tot maandag 4 januari 2027." in said
    assert "U krijgt geen nieuwsbrief tot maandag 4 januari 2027." in client.get(anna.manage()).text
    said = client.post(f"{page}/stop", follow_redirects=True).text
    assert "De nieuwsbrief pauzeren" in said
    assert paused_until(stored) is None
    with stored() as session:
        assert list(session.scalars(select(Consent.step).order_by(Consent.id))) == ["paused", "resumed"]


def test_a_day_of_ones_own_is_as_good(client: FlaskClient, page: str, stored: Stored) -> None:
    client.post(page, data={"length": "dag", "day": "24-12-2026"})
    assert paused_until(stored) == end_of_pause(NOW.date().replace(month=12, day=24))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Kies hoe lang de pauze duurt."),
        ({"length": "dag"}, "Vul in tot welke dag de pauze duurt."),
        ({"length": "dag", "day": "23-11-2026"}, "Kies een dag tussen morgen en een jaar vanaf nu."),
        ({"length": "dag", "day": "2030-01-01"}, "Kies een dag tussen morgen en een jaar vanaf nu."),
        ({"length": "dag", "day": "morgen"}, "Vul een datum in"),
        ({"length": "altijd"}, "Kies uit de mogelijkheden"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(
    client: FlaskClient, page: str, stored: Stored, sent: dict[str, str], said: str
) -> None:
    answer = client.post(page, data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert paused_until(stored) is None


def test_the_link_of_a_letter_pauses_nothing(client: FlaskClient, anna: Pages, stored: Stored) -> None:
    page = f"{anna.manage_in_letter()}/pauze"
    for answer in (client.get(page), client.post(page, data={"length": "kort"}), client.post(f"{page}/stop")):
        assert answer.status_code == 303
    assert paused_until(stored) is None


def test_looking_changes_nothing_and_no_length_is_chosen_for_the_reader(
    client: FlaskClient, page: str, stored: Stored
) -> None:
    assert "checked" not in client.get(page).text.split("<form")[1]
    assert client.head(page).status_code == 200
    assert paused_until(stored) is None
