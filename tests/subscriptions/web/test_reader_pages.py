import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from newsletter_service.audience.models import Segment
from newsletter_service.delivery.models import Delivery
from newsletter_service.services import Services
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import bounce_out
from tests.answering import answer_forms_of
from tests.conftest import NOW, Clock
from tests.factories import make_organisation, make_subscriber, make_suppression
from tests.subscriptions.web.conftest import Pages, Stored

SetStatus = Callable[[Status], None]
ReadStatus = Callable[[], Status | None]


@pytest.mark.usefixtures("anna")
def test_the_front_door_is_the_form(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert 'action="/aanmelden"' in answer.text
    assert "Ik wil Veilig Verbonden per e-mail ontvangen" in answer.text


@pytest.mark.usefixtures("anna")
def test_every_address_gets_the_same_answer_on_every_form(
    client: FlaskClient, stored: Stored, wired: Services, clock: Clock
) -> None:
    with stored() as session:
        make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
        make_subscriber(session, "wacht@gemeente.example", now=NOW, status="pending")
        make_suppression(session, "nooit@gemeente.example", now=NOW, reason="asked")
    for page in ("/aanmelden", "/link-kwijt", "/weer-mailen"):
        clock.move(hours=2)  # all of them lie in one domain
        answers = set()
        for who in ("anna@politie", "weg@gemeente", "wacht@gemeente", "nooit@gemeente", "nieuw@gemeente"):
            address = f"{who}.example"
            answer = client.post(page, data={"address": address, "language": "nl"})
            headers = {name: value for name, value in answer.headers if name != "Content-Length"}
            answers.add((answer.status, tuple(sorted(headers.items())), answer.text.replace(address, "")))
        assert len(answers) == 1, page


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"address": ""}, "Vul uw e-mailadres in."),
        ({"address": "anna@"}, "Dit is geen volledig e-mailadres"),
        ({"address": "jörg@gemeente.example"}, "mag geen letters met accenten hebben"),
        ({"address": "a@gemeente.example, b@gemeente.example"}, "Hier staan meer adressen"),
        ({"address": "anna vos@gemeente.example"}, "staan geen spaties"),
        ({"address": "anna@gemeente"}, "Het deel na de @ is niet af"),
        ({"name": "Anna\x1b"}, "een teken dat niet te lezen is"),
        ({"name": "Win op kwaad.example"}, "geen webadres of e-mailadres"),
        ({"name": "a" * 121}, "U heeft 121 tekens, 1 te veel. Gebruik er hooguit 120."),
        ({"segments": "9999"}, "Kies uit de mogelijkheden"),
        ({"segments": "een"}, "Kies uit de mogelijkheden"),
        ({"topics": "-1"}, "Kies uit de mogelijkheden"),
        ({"language": "fr"}, "Kies uit de mogelijkheden"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: FlaskClient, stored: Stored, fields: dict[str, str], message: str
) -> None:
    good = {"address": "nieuw@gemeente.example", "name": "Nieuw", "language": "nl"}
    answer = client.post("/aanmelden", data=good | fields)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2, "once on top of the form, once at the field"
    with stored() as session:
        assert session.scalars(select(Subscriber.address)).all() == ["anna@politie.example"]
        assert session.scalars(select(Delivery)).all() == []


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_beyond_all_reason_is_refused(client: FlaskClient, kind: str) -> None:
    answer = client.post("/aanmelden", data={"address": "a" * 70_000}, content_type=kind)
    assert answer.status_code == 413
    assert "<h1>" in answer.text


@pytest.mark.usefixtures("anna")
def test_a_form_in_english_asks_in_english_and_keeps_the_wording_as_it_was_read(
    client: FlaskClient, stored: Stored
) -> None:
    english = client.get("/aanmelden?taal=en").text
    answer = client.post("/aanmelden?taal=en", data={"address": "new@gemeente.example", "language": "nl"})
    assert "We will send an email to new@gemeente.example" in answer.text
    answer_forms_of(client)
    with stored() as session:
        consent = session.scalars(select(Consent)).one()
        assert consent.wording
        assert consent.wording.words in english
        assert session.scalars(select(Subscriber.language).where(Subscriber.id != 1)).one() == "nl"


def test_segments_are_offered_in_the_words_of_one_reader_and_explained(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    with stored() as session:
        police = session.scalars(select(Segment).where(Segment.slug == "politie")).one()
        police.choice_nl, police.choice_en = "Ik werk bij de politie", "I work for the police"
        police.about_nl, police.about_en = "Ook als u vrijwilliger bent.", "Volunteers too."
        organisation = make_organisation(session)
        organisation.about_nl, organisation.about_en = "NOORD betekent Noord.", "NOORD stands for North."
    for page in ("/aanmelden", anna.manage()):
        dutch, english = client.get(page).text, client.get(f"{page}?taal=en").text
        found = re.search(
            r'aria-describedby="(segments-\d-about)"[^>]*><div><label [^>]*>([^<]*)</label>', dutch
        )
        assert found
        assert found[2] == "Ik werk bij de politie"
        assert f'id="{found[1]}">Ook als u vrijwilliger bent.<' in dutch
        assert "I work for the police</label>" in english
        assert "Volunteers too." in english
        assert "De berichten zelf zijn in het Nederlands" in dutch
        assert "The items themselves are in Dutch" in english
    assert "NOORD betekent Noord." in client.get("/").text
    assert "NOORD stands for North." in client.get("/?taal=en").text
    assert "Ik werk bij de politie <span" in " ".join(client.get(anna.manage()).text.split())


def test_the_page_that_confirms_shows_what_begins(
    client: FlaskClient, stored: Stored, anna: Pages, set_status: SetStatus
) -> None:
    set_status(Status.PENDING)
    with stored() as session:
        session.scalars(select(Subscriber)).one().name = "<script>alert(1)</script>"
    page = client.get(anna.confirm()).text
    for words in ("anna@politie.example", "Politie, Burgemeesters", "Jeugd", "Ik wil Veilig Verbonden"):
        assert words in page
    assert "<script>alert" not in page
    assert "Ja, stuur mij de nieuwsbrief" in page


def test_confirming_names_what_still_has_to_be_checked(
    client: FlaskClient, anna: Pages, set_status: SetStatus
) -> None:
    set_status(Status.PENDING)
    page = client.post(anna.confirm()).text
    assert "We controleren nog of uw functie klopt: Burgemeesters." in page
    again = client.post(anna.confirm())
    assert (again.status_code, again.text) == (200, page)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_to_confirm_shows_who_left_the_way_back(
    client: FlaskClient, anna: Pages, set_status: SetStatus, status: ReadStatus, method: str
) -> None:
    set_status(Status.LEFT)
    page = client.open(anna.confirm(), method=method).text
    assert "U bent afgemeld" in page
    assert "Meld mij weer aan" in page
    assert status() == "left"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_too_old_offers_a_new_one_while_the_sign_up_waits(
    client: FlaskClient, anna: Pages, set_status: SetStatus, status: ReadStatus, method: str
) -> None:
    set_status(Status.PENDING)
    old = anna.confirm(NOW - timedelta(days=7))
    answer = client.open(old, method=method)
    assert answer.status_code == 410
    assert f'action="{old}/opnieuw"' in answer.text
    assert client.post(f"{old}/opnieuw").headers["Location"] == "/aanmelden/mailbox"
    assert status() == "pending"


def test_a_link_that_is_too_old_leads_to_the_form_once_the_sign_up_is_forgotten(
    client: FlaskClient, stored: Stored, anna: Pages, set_status: SetStatus
) -> None:
    set_status(Status.PENDING)
    with stored() as session:
        session.execute(delete(Subscriber))
    old = anna.confirm(NOW - timedelta(days=7))
    for answer in (client.get(old), client.post(f"{old}/opnieuw", follow_redirects=True)):
        assert answer.status_code == 410
        assert "opnieuw aanmelden" in answer.text
        assert "/opnieuw" not in answer.text


def test_a_link_that_is_too_old_reveals_and_sends_a_reader_nothing(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    old = anna.confirm(NOW - timedelta(days=7))
    assert "anna@politie.example" not in client.get(old).text
    assert client.post(f"{old}/opnieuw").headers["Location"] == old
    with stored() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_never_again_takes_a_button(
    client: FlaskClient, anna: Pages, set_status: SetStatus, status: ReadStatus
) -> None:
    set_status(Status.PENDING)
    assert "Stuur mij nooit meer e-mail" in client.get(anna.never()).text
    assert status() == "pending"
    page = client.post(anna.never()).text
    assert "Dit adres krijgt geen e-mail meer van ons" in page
    assert "/weer-mailen" in page
    assert status() is None
    assert client.get(anna.never()).text == page


def test_preferences_tell_what_is_checked_and_what_is_not(client: FlaskClient, anna: Pages) -> None:
    page = " ".join(client.get(anna.manage()).text.split())
    assert 'Politie <span class="pill ok">gecontroleerd</span>' in page
    assert 'Burgemeesters <span class="pill muted">nog niet gecontroleerd</span>' in page
    assert "anna@politie.example" in page


def test_preferences_are_saved_and_shown_in_the_language_just_chosen(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    answer = client.post(f"{anna.manage()}?taal=nl", data={"name": "", "segments": ["1"], "language": "en"})
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text
    for dutch in ("Politie<", "Jeugd<", "Burgemeesters<", "taal=nl", "Bewaar", "Nieuwsbrief van Noord"):
        assert dutch not in answer.text.replace('taal=nl" lang="nl"', "")
    assert "Jeugd (en)" in answer.text
    assert f'action="{anna.manage()}?taal=en"' in answer.text
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        assert (reader.name, reader.language) == ("", "en")
        assert [membership.segment.slug for membership in reader.memberships] == ["politie"]
        assert reader.topics == []


def test_preferences_that_cannot_be_saved_come_back_as_typed(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    answer = client.post(anna.manage(), data={"name": "A" * 121, "language": "nl", "segments": ["2"]})
    assert answer.status_code == 422
    assert "A" * 121 in answer.text
    with stored() as session:
        assert session.scalars(select(Subscriber.name)).one() == "Anna"


def test_pages_of_who_left_offer_the_way_back_for_a_month(
    client: FlaskClient, anna: Pages, set_status: SetStatus, status: ReadStatus, clock: Clock
) -> None:
    set_status(Status.LEFT)
    for address in (anna.manage(), anna.leave(), f"{anna.leave()}/terug"):
        assert f'action="{anna.leave()}/terug"' in client.get(address).text
    clock.move(days=31)
    page = client.post(f"{anna.leave()}/terug").text
    assert "Meld u opnieuw aan" in page
    assert "/terug" not in page.replace(f"{anna.leave()}/terug?taal", "")
    assert status() == "left"


def test_coming_back_can_be_looked_at_again(client: FlaskClient, anna: Pages, set_status: SetStatus) -> None:
    set_status(Status.LEFT)
    back = f"{anna.leave()}/terug"
    assert "U bent weer aangemeld" in client.post(back).text
    assert "U bent weer aangemeld" in client.get(back).text


@pytest.mark.parametrize("page", ["manage", "leave"])
def test_nobody_manages_what_is_not_confirmed(
    client: FlaskClient, anna: Pages, set_status: SetStatus, status: ReadStatus, page: str
) -> None:
    set_status(Status.PENDING)
    address = getattr(anna, page)()
    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 410
    assert status() == "pending"


def test_pages_behind_a_token_are_stored_and_listed_nowhere_and_set_no_cookie(
    client: FlaskClient, anna: Pages
) -> None:
    for address in (anna.confirm(), anna.never(), anna.manage(), anna.leave(), "/bevestigen/onzin"):
        for method in ("GET", "HEAD", "POST"):
            headers = client.open(address, method=method).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Robots-Tag"] == "noindex"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "Set-Cookie" not in headers


@pytest.mark.usefixtures("anna")
def test_the_privacy_page_bears_the_version_that_consent_names(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    assert "Versie 2026-11" in page
    assert "vragen@nieuwsbrief.example" in page
    assert 'href="/privacy"' in client.get("/aanmelden").text


def test_the_page_of_who_bounced_out_says_why_with_the_code(
    client: FlaskClient, anna: Pages, stored: Stored
) -> None:
    with stored() as session:
        bounce_out(session, session.scalars(select(Subscriber)).one(), NOW, status="5.1.1")
    page = " ".join(client.get(anna.leave()).text.split())
    assert "Onze e-mail aan u kwam terug" in page
    assert "dit adres bestaat niet of niet meer" in page
    assert "De mailserver gaf code 5.1.1." in page
    assert "Dat was op maandag 23 november" in page
    assert "U bent afgemeld" not in page
