"""The pages on which lists of readers are handed in: who may, what is refused, and what is left of it."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.lists.models import SubscriberList
from newsletter_service.subscriptions.lists.rules import MOST_UPLOADED
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from scheduled_jobs import ask_by_mail, purge_stale, take_in_lists
from tests.conftest import NOW, Clock
from tests.factories import (
    make_newsletter,
    make_organisation,
    make_segment,
    make_subscriber,
    make_suppression,
)
from tests.reader_lists import ANSWERS, LISTS, answer, guessed, hand_in
from tests.staff_browser import StaffBrowser, make_staff
from tests.subscriptions.web.conftest import Stored

TWO = "E-mail;Naam;Doelgroep\nanna@b.example;Anna;politie\nbea@b.example;Bea;\n"


@pytest.fixture
def sam(client: FlaskClient, stored: Stored) -> StaffBrowser:
    """A communicator."""
    with stored() as session:
        make_newsletter(session)
        make_segment(session, "politie")
        make_staff(session, Role.COMMUNICATOR, name="Samira Haddad")
        make_organisation(session)
        make_staff(session, Role.HEAD, organisation="noord", name="Hugo Hoofd")
        make_staff(session, Role.ADMINISTRATOR, name="Ada Beheer")
    return StaffBrowser(client, "samira.haddad@redactie.example")


@pytest.fixture
def work(app: Flask) -> Callable[[], str]:
    """Let the scheduler do what lists wait for."""

    def run() -> str:
        with app.app_context():
            return take_in_lists.run()

    return run


def folders(app: Flask) -> list[Path]:
    folder = Path(app.instance_path) / "lists"
    return [*folder.iterdir()] if folder.is_dir() else []


def readers(stored: Stored) -> list[str]:
    with stored() as session:
        return [*session.scalars(select(Subscriber.address).order_by(Subscriber.address))]


def state(stored: Stored) -> str:
    with stored() as session:
        return session.scalars(select(SubscriberList.state).order_by(SubscriberList.id.desc())).first() or ""


def test_an_administrator_sees_no_readers_and_brings_none(sam: StaffBrowser, app: Flask) -> None:
    ada = StaffBrowser(app.test_client(), "ada.beheer@redactie.example")
    assert ada.get(LISTS).status_code == 403
    assert ada.post(f"{LISTS}/uitlezen").status_code == 403


def test_a_head_brings_readers_but_verifies_nobody(
    sam: StaffBrowser, app: Flask, work: Callable[[], str]
) -> None:
    hugo = StaffBrowser(app.test_client(), "hugo.hoofd@redactie.example")
    page = hand_in(hugo, TWO)
    work()
    assert "Bewijst deze lijst een functie" not in hugo.text(page)
    given = {**guessed(hugo, page), **ANSWERS}
    assert hugo.post(f"{page}/antwoorden", **given, verified="politie", verified_by="x").status_code == 403
    assert hugo.post(f"{page}/antwoorden", **given | {"kolom-2": "verified"}).status_code == 403
    answer(hugo, page)


def test_files_of_a_list_are_for_the_service_alone_and_go_when_it_is_thrown_away(
    sam: StaffBrowser, app: Flask, work: Callable[[], str], stored: Stored
) -> None:
    page = hand_in(sam, TWO)
    work()
    (folder,) = folders(app)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert "weggegooid" in sam.done(f"{page}/weggooien")
    assert folders(app) == []
    assert work() == ""
    assert readers(stored) == []
    assert sam.post(f"{page}/inlezen").status_code == 409


def test_a_list_that_nobody_goes_on_with_goes_after_a_day(
    sam: StaffBrowser, app: Flask, work: Callable[[], str], stored: Stored, clock: Clock
) -> None:
    hand_in(sam, TWO)
    work()
    (folder,) = folders(app)
    seconds_ago(folder, 400)
    clock.move(hours=25)
    with app.app_context():
        purge_stale.run()
    assert state(stored) == "forgotten"
    assert [*folder.iterdir()] == []
    clock.move(days=30)
    seconds_ago(folder, 400)
    with app.app_context():
        purge_stale.run()
    assert folders(app) == []
    assert state(stored) == ""


def seconds_ago(folder: Path, seconds: int) -> None:
    """Let a folder look as if it was last touched some time ago."""
    at = folder.stat().st_mtime - seconds
    os.utime(folder, (at, at))


def test_without_proof_of_consent_or_an_address_nothing_is_checked(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored
) -> None:
    page = hand_in(sam, TWO)
    work()
    chosen = guessed(sam, page)
    assert sam.post(f"{page}/antwoorden", **chosen).status_code == 422
    assert sam.post(f"{page}/antwoorden", **ANSWERS, **chosen | {"kolom-0": ""}).status_code == 422
    assert sam.post(f"{page}/antwoorden", **ANSWERS, **chosen | {"kolom-1": "address"}).status_code == 422
    assert sam.post(f"{page}/antwoorden", **ANSWERS, **chosen, verified="politie").status_code == 422
    assert state(stored) == "looked_at"


def test_a_list_with_one_wrong_line_is_not_taken_in_at_all(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored
) -> None:
    page = hand_in(sam, TWO + "geen adres;Cor;\n")
    work()
    answer(sam, page)
    work()
    said = sam.text(page)
    assert "Regel 4: Dit is geen e-mailadres" in said
    assert "Lees de lijst in" not in said
    sam.post(f"{page}/inlezen")
    work()
    assert readers(stored) == []


def test_columns_mean_what_somebody_says_they_mean(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored
) -> None:
    page = hand_in(sam, "Mail;Wie;Waar\nanna@b.example;Anna;Gemeente Drie\n")
    work()
    assert guessed(sam, page) == {"kolom-0": "address", "kolom-1": "", "kolom-2": ""}
    answer(sam, page, **{"kolom-1": "name", "kolom-2": "organisation"})
    work()
    sam.post(f"{page}/inlezen")
    work()
    with stored() as session:
        anna = session.scalars(select(Subscriber)).one()
        assert (anna.name, anna.organisation) == ("Anna", "Gemeente Drie")


def test_the_report_names_lines_and_nobody_and_not_why_an_address_stays_out(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored
) -> None:
    with stored() as session:
        make_subscriber(session, "bekend@b.example", now=NOW)
        for name, reason in (("klager", "complained"), ("gewist", "erased"), ("nooit", "asked")):
            make_suppression(session, f"{name}@b.example", now=NOW, reason=reason)
    names = ("bekend", "klager", "gewist", "nooit", "nieuw")
    page = hand_in(sam, "\n".join(["email", *(f"{name}@b.example" for name in names)]))
    work()
    answer(sam, page)
    work()
    assert "3 mag niet worden ingelezen: blijft weg" in sam.text(page)
    report = sam.get(f"{page}/verslag").text
    assert "@" not in report
    lines = dict(row.split(";")[:2] for row in report.splitlines()[1:])
    assert {lines[number] for number in "345"} == {"mag niet worden ingelezen: blijft weg"}
    assert lines["2"] == "is al bekend: verandert niet"
    assert lines["6"] == "komt erbij als lezer"


def test_a_file_that_is_too_large_is_refused_and_not_kept(sam: StaffBrowser, app: Flask) -> None:
    # As bytes: what the test client itself packs together it leaves in a file that nobody closes.
    part = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    large = part % (b"file", b'; filename="groot.csv"', b"x" * (MOST_UPLOADED + 1))
    body = part % (b"csrf_token", b"", sam.token.encode()) + large + b"--x--\r\n"
    answered = sam.client.post(LISTS, data=body, content_type="multipart/form-data; boundary=x")
    assert answered.status_code == 422
    assert "groter dan 11 MB" in answered.text
    assert sam.post(LISTS).status_code == 422
    assert folders(app) == []


def test_what_is_no_table_is_said_to_be_unreadable(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored, app: Flask
) -> None:
    page = hand_in(sam, b"PK\x03\x04 kapot", "lezers.xlsx")
    work()
    assert state(stored) == "unreadable"
    assert "Dit bestand kunnen we niet lezen" in sam.text(page)
    assert [*folders(app)[0].iterdir()] == []


def test_a_list_whose_files_are_gone_says_so_and_can_be_thrown_away(
    app: Flask, sam: StaffBrowser, work: Callable[[], str]
) -> None:
    page = hand_in(sam, TWO)
    work()
    for folder in folders(app):
        shutil.rmtree(folder)
    assert "Het bestand van deze lijst is er niet meer." in sam.get(page).text
    answer(sam, page)
    assert sam.post(f"{page}/weggooien").status_code == 303
    assert "weggegooid" in sam.get(page).text


ASK = {"how": "vraag", "known_from": "de netwerkdag van 3 juni", "words": "", "place": ""}


def test_a_list_without_proof_says_whom_it_would_ask_and_stops_when_told(
    sam: StaffBrowser, work: Callable[[], str], stored: Stored, clock: Clock
) -> None:
    page = hand_in(sam, TWO)
    work()
    assert sam.post(f"{page}/antwoorden", **guessed(sam, page), how="vraag").status_code == 422
    answer(sam, page, **ASK)
    work()
    shown = sam.text(page)
    assert "2 krijgt per e-mail de vraag om lezer te worden" in shown
    assert "De laatste gaat rond" in shown
    sam.post(f"{page}/inlezen")
    work()
    assert "2 e-mails moeten nog weg" in sam.text(page)
    assert readers(stored) == []
    assert "2 mensen worden niet meer gevraagd" in sam.done(f"{page}/stoppen")
    assert "moeten nog weg" not in sam.text(page)
    with stored() as session:
        assert session.scalars(select(ConsentRequest)).all() == []


def test_whom_a_list_asks_is_asked_by_the_job(
    app: Flask, sam: StaffBrowser, work: Callable[[], str], stored: Stored, clock: Clock
) -> None:
    page = hand_in(sam, TWO)
    work()
    answer(sam, page, **ASK)
    work()
    sam.post(f"{page}/inlezen")
    work()
    clock.move(hours=1)
    with app.app_context():
        assert ask_by_mail.run() == "asked 2 people of lists"
        assert ask_by_mail.run() == ""
    assert readers(stored) == ["anna@b.example", "bea@b.example"]
