"""Accounts for administrators, one's own account, and choosing a password by a link."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Letter
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from scheduled_jobs import answer_forms
from tests.conftest import Clock
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import DOOR, PASSWORD, TOKEN, StaffBrowser, make_staff, try_door, words

Stored = Callable[[], AbstractContextManager[Session]]
ANOTHER = "kanaal fiets donder wolk"
LOST = "/redactie/wachtwoord-vergeten"
OWN = "/redactie/mijn-account"


def browser_of(app: Flask, email: str) -> StaffBrowser:
    client = app.test_client()
    client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    return StaffBrowser(client, email)


@pytest.fixture
def bea(app: Flask, stored: Stored) -> StaffBrowser:
    """An administrator at her browser."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        email = make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer").email
    return browser_of(app, email)


@pytest.fixture
def sam(stored: Stored, bea: StaffBrowser) -> str:
    """The address of a communicator."""
    with stored() as session:
        return make_staff(session, Role.COMMUNICATOR).email


def link_in_last_mail(stored: Stored) -> str:
    with stored() as session:
        written = session.scalars(select(Letter.words).order_by(Letter.id.desc())).first()
        assert written is not None
        return str(written["action"]["url"]).removeprefix("https://nieuwsbrief.example")


def actions(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def send(client: FlaskClient, address: str, shown_at: str = "", **fields: str) -> tuple[int, str]:
    """Fill in the form of a page that needs nobody to be signed in."""
    found = TOKEN.search(client.get(shown_at or address).text)
    assert found is not None
    answer = client.post(address, data={"csrf_token": found[1], **fields})
    return answer.status_code, words(answer.text)


def test_somebody_is_invited_chooses_a_password_and_signs_in(
    app: Flask, client: FlaskClient, bea: StaffBrowser, stored: Stored
) -> None:
    told = bea.done(
        "/redactie/accounts/nieuw",
        email="Nienke@Noord.example",
        name="Nienke Nieuw",
        roles="head",
        organisation="1",
        language="nl",
    )
    assert "Nienke Nieuw krijgt een e-mail" in told
    assert "uitgenodigd" in bea.text("/redactie/accounts")
    link = link_in_last_mail(stored)
    assert "Voor het account van Nienke Nieuw" in words(client.get(link).text)
    assert send(client, link, password="te kort")[0] == 422
    status, told = send(client, link, password="nienke nieuw 1")
    assert (status, "bestaat vooral uit woorden die een ander kan raden" in told) == (422, True)
    assert send(client, link, password=ANOTHER)[0] == 303
    assert client.get(link).status_code == 410
    assert try_door(client, "nienke@noord.example", ANOTHER).status_code == 302
    assert "laatst ingelogd" in bea.text("/redactie/accounts/2")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("email", "geen adres", "Dit is geen e-mailadres."),
        ("email", "bea.beheer@redactie.example", "Er is al een account met dit adres."),
        ("name", "", "Vul een naam in."),
        ("roles", "", "Kies"),
        ("organisation", "", "Kies de organisatie waar dit hoofd bij hoort."),
        ("organisation", "77", "Kies uit de mogelijkheden"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_beside_the_field(
    bea: StaffBrowser, stored: Stored, field: str, value: str, told: str
) -> None:
    form = {"email": "n@noord.example", "name": "N", "roles": "head", "organisation": "1", "language": "nl"}
    answer = bea.post("/redactie/accounts/nieuw", **(form | {field: value}))
    assert answer.status_code in (409, 422)
    assert told in words(answer.text)
    with stored() as session:
        assert len(session.scalars(select(User)).all()) == 1


def test_roles_and_organisation_are_changed_and_hold_from_the_next_request(
    app: Flask, bea: StaffBrowser, sam: str
) -> None:
    theirs = browser_of(app, sam)
    assert theirs.get("/redactie/accounts").status_code == 403
    told = bea.done("/redactie/accounts/2", name="Sam Sanders", roles="administrator", organisation="1")
    assert "De wijziging is bewaard." in told
    assert theirs.get("/redactie/accounts").status_code == 200


def test_closing_an_account_signs_out_at_the_next_request(app: Flask, bea: StaffBrowser, sam: str) -> None:
    theirs = browser_of(app, sam)
    assert theirs.get(OWN).status_code == 200
    assert "Het account is gesloten." in bea.done("/redactie/accounts/2/sluiten")
    answer = theirs.get(OWN)
    assert (answer.status_code, DOOR in answer.headers["Location"]) == (302, True)
    assert "weer open" in bea.done("/redactie/accounts/2/openen")
    assert theirs.get(OWN).status_code == 302
    theirs.sign_in()
    assert "1 sessie is beëindigd." in bea.done("/redactie/accounts/2/uitloggen")
    assert theirs.get(OWN).status_code == 302


def test_the_last_administrator_is_told_why_nothing_happened(bea: StaffBrowser, stored: Stored) -> None:
    assert "Dit is de laatste beheerder" in bea.done("/redactie/accounts/1/sluiten")
    told = bea.done("/redactie/accounts/1", name="Bea", roles="communicator", organisation="")
    assert "Dit is de laatste beheerder" in told
    assert "account.change" not in actions(stored)


def test_only_administrators_enter(app: Flask, bea: StaffBrowser, sam: str) -> None:
    theirs = browser_of(app, sam)
    for method, path in [
        ("get", ""), ("get", "/nieuw"), ("post", "/nieuw"), ("get", "/1"), ("post", "/1"), ("post", "/1/sluiten"),
        ("post", "/1/openen"), ("post", "/1/uitnodigen"), ("post", "/1/uitloggen"),
    ]:  # fmt: skip
        assert getattr(theirs, method)(f"/redactie/accounts{path}").status_code == 403, path


def test_a_lost_password_is_chosen_anew_by_mail_once(
    app: Flask, client: FlaskClient, bea: StaffBrowser, sam: str, stored: Stored
) -> None:
    theirs = browser_of(app, sam)
    answers = [send(client, LOST, email=email) for email in (sam.upper(), "niemand@noord.example")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    with app.app_context():
        answer_forms.run()
    link = link_in_last_mail(stored)
    assert send(client, link, password=ANOTHER)[0] == 303
    assert client.get(link).status_code == 410
    assert theirs.get(OWN).status_code == 302
    assert try_door(client, sam).status_code == 200
    assert try_door(client, sam, ANOTHER).status_code == 302


def test_a_link_for_a_lost_password_is_dead_after_an_hour(
    app: Flask, client: FlaskClient, clock: Clock, bea: StaffBrowser, sam: str, stored: Stored
) -> None:
    send(client, LOST, email=sam)
    with app.app_context():
        answer_forms.run()
    link = link_in_last_mail(stored)
    assert client.get(link.replace("nieuw-wachtwoord", "uitnodiging")).status_code == 410
    clock.move(hours=1)
    assert client.get(link).status_code == 410


def test_ones_password_is_changed_only_by_who_knows_it(
    app: Flask, client: FlaskClient, bea: StaffBrowser, sam: str, stored: Stored
) -> None:
    here, elsewhere = browser_of(app, sam), browser_of(app, sam)
    wrong = here.post(f"{OWN}/wachtwoord", current="een heel ander wachtwoord", password=ANOTHER)
    assert (wrong.status_code, "Dit is niet uw wachtwoord van nu." in words(wrong.text)) == (422, True)
    weak = here.post(f"{OWN}/wachtwoord", current=PASSWORD, password="sam sanders 12")
    assert (weak.status_code, "een ander kan raden" in words(weak.text)) == (422, True)
    assert "Uw wachtwoord is gewijzigd." in here.done(f"{OWN}/wachtwoord", current=PASSWORD, password=ANOTHER)
    assert elsewhere.get(OWN).status_code == 302
    assert try_door(client, sam, ANOTHER).status_code == 302
    with stored() as session:
        last = session.scalars(select(Letter.subject).order_by(Letter.id.desc())).first()
    assert last == "Uw wachtwoord is gewijzigd"
    assert "account.password_change" in actions(stored)


def test_guessing_ones_own_password_is_slowed_down_like_any_other(
    app: Flask, bea: StaffBrowser, sam: str
) -> None:
    here = browser_of(app, sam)
    for _time in range(20):
        here.post(f"{OWN}/wachtwoord", current="een heel ander wachtwoord", password=ANOTHER)
    answer = here.post(f"{OWN}/wachtwoord", current=PASSWORD, password=ANOTHER)
    assert answer.status_code == 429


def test_ones_sessions_are_listed_and_the_others_end_by_one_button(
    app: Flask, bea: StaffBrowser, sam: str
) -> None:
    elsewhere = browser_of(app, sam)
    here = browser_of(app, sam)
    assert "dit apparaat" in here.text(OWN)
    assert "U bent op 1 ander apparaat uitgelogd." in here.done(f"{OWN}/uitloggen")
    assert elsewhere.get(OWN).status_code == 302
    assert "Log uit op andere apparaten" not in here.text(OWN)


def test_ones_name_language_and_notices_are_ones_own(
    app: Flask, bea: StaffBrowser, sam: str, stored: Stored
) -> None:
    here = browser_of(app, sam)
    assert "Change saved" not in here.text(OWN)
    here.done(OWN, name="  Sam  de Vries", language="en")
    assert "My account" in here.text(OWN)
    here.post(f"{OWN}/meldingen", wanted="composed")
    with stored() as session:
        user = session.scalars(select(User).where(User.email == sam)).one()
        assert (user.name, user.language, user.muted) == ("Sam de Vries", "en", ["refusals"])
    assert re.search(r'value="composed"[^>]*checked|checked[^>]*value="composed"', here.get(OWN).text)


def test_a_session_is_known_by_its_browser(app: Flask, bea: StaffBrowser, sam: str) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client = app.test_client()
    client.environ_base.update(
        {"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example", "HTTP_USER_AGENT": agent}
    )
    assert "Firefox, Linux" in StaffBrowser(client, sam).text(OWN)
