"""The page of an edition: what it says, what its buttons do, and that nothing gets lost."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.models import Calendar, Edition, Placement
from newsletter_service.editions.rules import EditionState, Reason, ReleaseRule
from newsletter_service.editorial.models import Item
from tests.conftest import NOW, Clock
from tests.editions.web.conftest import SENDS_AT, Office
from tests.factories import make_subscriber
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]


def titles(browser: StaffBrowser) -> list[str]:
    return re.findall(r'data-title="([^"]+)"', browser.get("/redactie/edities/12").text)


def began_in_page(browser: StaffBrowser) -> str:
    return browser.hidden("/redactie/edities/12", "began")["began"]


def test_the_list_says_where_every_edition_stands(communicator: StaffBrowser) -> None:
    page = communicator.text("/redactie/edities")
    assert "Editie 12" in page
    assert "Samengesteld" in page
    assert "Verzamelt kopij" in page
    assert "1 bericht klaar" in page


def test_one_look_tells_where_an_edition_stands_and_why_each_item_is_in(communicator: StaffBrowser) -> None:
    page = communicator.text("/redactie/edities/12")
    assert "Gaat woensdag 25 november om 10.00 uur naar 4 lezers" in page
    assert "NOORD nog niet · ZUID nog niet" in page
    assert "Monitor voor gemeenten NOORD Voor iedereen · 4 lezers Hoge prioriteit" in page
    assert "Leerhuis over signalen ZUID Politie · 3 lezers" in page
    assert "Net binnengekomen NOORD Kwam binnen na het samenstellen" in page
    assert "Verdeling: 1 NOORD · 1 ZUID" in page


def restrict(stored: Stored, office: Office) -> None:
    with stored() as session:
        police = session.scalars(select(Segment).where(Segment.slug == "politie")).one()
        session.get_one(Item, office.event).restricted = True
        make_subscriber(session, "chef@korps.example", now=NOW, segments=(police,), approved=(police,))


def test_it_says_how_many_miss_a_restricted_item_unchecked_and_leads_to_them(
    communicator: StaffBrowser, stored: Stored, office: Office
) -> None:
    restrict(stored, office)
    page = communicator.get("/redactie/edities/12").text
    assert "ZUID Politie (beperkte toegang) · 1 lezer 3 leden krijgen dit niet" in words(page)
    assert "/redactie/functies?doelgroep=politie" in page


def test_a_head_reads_how_many_miss_a_restricted_item_and_gets_no_link_to_a_page_of_others(
    head: StaffBrowser, stored: Stored, office: Office
) -> None:
    restrict(stored, office)
    page = head.get("/redactie/edities/12").text
    assert "3 leden krijgen dit niet" in words(page)
    assert "/redactie/functies" not in page


def test_an_edition_that_does_not_exist_is_not_found(communicator: StaffBrowser) -> None:
    assert communicator.get("/redactie/edities/99").status_code == 404


def test_items_move_by_buttons_and_to_a_place(communicator: StaffBrowser, office: Office) -> None:
    first, second = titles(communicator)
    communicator.done("/redactie/edities/12/volgorde", item_id=office.news, direction="omlaag")
    assert titles(communicator) == [second, first]
    communicator.done("/redactie/edities/12/volgorde", item_id=office.news, position=0)
    assert titles(communicator) == [first, second]


def test_a_dropped_item_waits_and_can_be_put_back(communicator: StaffBrowser, office: Office) -> None:
    page = communicator.done("/redactie/edities/12/eruit", item_id=office.event)
    assert titles(communicator) == ["Monitor voor gemeenten"]
    assert "Eruit gehaald door Marieke Midden" in page
    page = communicator.done("/redactie/edities/12/erbij", item_id=office.event)
    assert titles(communicator) == ["Monitor voor gemeenten", "Leerhuis over signalen"]
    assert "Erbij gezet door Marieke Midden" in page


def test_what_came_in_late_can_still_be_added(communicator: StaffBrowser, office: Office) -> None:
    communicator.done("/redactie/edities/12/erbij", item_id=office.late)
    assert "Net binnengekomen" in titles(communicator)


def test_dropping_what_somebody_else_dropped_is_told(communicator: StaffBrowser, office: Office) -> None:
    communicator.done("/redactie/edities/12/eruit", item_id=office.event)
    page = communicator.done("/redactie/edities/12/eruit", item_id=office.event)
    assert "Dit bericht staat niet meer in deze editie." in page


@pytest.mark.parametrize("fields", [{}, {"item_id": "x"}, {"item_id": 1, "position": -1}])
def test_a_place_that_is_none_is_refused(communicator: StaffBrowser, fields: dict[str, object]) -> None:
    assert communicator.post("/redactie/edities/12/volgorde", **fields).status_code == 400


def test_the_choice_of_preview_survives_a_change(communicator: StaffBrowser, office: Office) -> None:
    query = "?doelgroep=politie&vorm=donker"
    answer = communicator.post(f"/redactie/edities/12/eruit{query}", item_id=office.news)
    assert "doelgroep=politie" in answer.headers["Location"]
    assert "vorm=donker" in answer.headers["Location"]


def test_texts_are_saved(communicator: StaffBrowser) -> None:
    page = communicator.done(
        "/redactie/edities/12/teksten",
        subject=" Weerbaar bestuur ",
        preheader="En een leerhuis",
        introduction="Beste lezer.",
        began=began_in_page(communicator),
    )
    assert "De teksten zijn bewaard." in page
    assert "Editie 12 · Weerbaar bestuur" in page


def test_a_subject_that_is_missing_or_too_long_is_asked_again(communicator: StaffBrowser) -> None:
    marks = began_in_page(communicator)
    for subject, says in (
        ("  ", "Vul een onderwerp in."),
        ("x" * 151, "U heeft 151 tekens, 1 te veel. Gebruik er hooguit 150."),
    ):
        answer = communicator.post(
            "/redactie/edities/12/teksten", subject=subject, introduction="Bewaar dit", began=marks
        )
        assert answer.status_code == 422
        assert says in words(answer.text)
        assert "Bewaar dit" in answer.text


def test_the_second_of_two_people_sees_both_texts_and_loses_nothing(
    communicator: StaffBrowser, client: FlaskClient, office: Office
) -> None:
    marks, path = began_in_page(communicator), "/redactie/edities/12/teksten"
    communicator.done(path, subject="Van de eerste", introduction="Ook van haar", began=marks)
    communicator.post("/redactie/uitloggen")
    head = StaffBrowser(client, office.head)
    answer = head.post(path, subject="Van de tweede", introduction="Van mij", began=marks)
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Onderwerp Van de eerste Gewijzigd door Marieke Midden" in page
    assert "Introductie Ook van haar Gewijzigd door Marieke Midden" in page
    assert 'value="Van de tweede"' in answer.text
    newer = value_in(answer.text, "began")
    page = head.done(path, subject="Van de tweede", introduction="Samen", began=newer)
    assert "Editie 12 · Van de tweede" in page


def test_who_saves_twice_is_not_told_of_themselves(communicator: StaffBrowser) -> None:
    marks, path = began_in_page(communicator), "/redactie/edities/12/teksten"
    communicator.done(path, subject="Eerst zo", began=marks)
    assert "Editie 12 · Toch zo" in communicator.done(path, subject="Toch zo", began=marks)


def test_moving_an_item_is_in_nobodys_way_who_writes_the_texts(
    communicator: StaffBrowser, office: Office
) -> None:
    marks = began_in_page(communicator)
    communicator.done("/redactie/edities/12/eruit", item_id=office.news)
    page = communicator.done("/redactie/edities/12/teksten", subject="Mijn onderwerp", began=marks)
    assert "De teksten zijn bewaard." in page
    assert "Editie 12 · Mijn onderwerp" in page


def test_hostile_texts_stay_texts(communicator: StaffBrowser) -> None:
    communicator.done(
        "/redactie/edities/12/teksten",
        subject="<script>alert(1)</script>\r\nBcc: iedereen@voorbeeld.example",
        began=began_in_page(communicator),
    )
    page = communicator.get("/redactie/edities/12").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc:" in page


def preview(browser: StaffBrowser, query: str) -> str:
    return browser.get(f"/redactie/edities/12/voorbeeld?{query}").text


def test_the_preview_shows_what_each_segment_gets(communicator: StaffBrowser) -> None:
    police, mayors = (
        preview(communicator, "doelgroep=politie"),
        preview(communicator, "doelgroep=burgemeesters"),
    )
    assert "Leerhuis over signalen" in police
    assert "Leerhuis over signalen" not in mayors
    assert "Monitor voor gemeenten" in mayors


def test_the_preview_is_plain_text_where_that_was_picked(communicator: StaffBrowser) -> None:
    answer = communicator.get("/redactie/edities/12/voorbeeld?vorm=tekst")
    assert answer.mimetype == "text/plain"
    assert "Monitor voor gemeenten" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_the_preview_says_so_when_a_reader_gets_nothing(communicator: StaffBrowser, office: Office) -> None:
    communicator.done("/redactie/edities/12/eruit", item_id=office.news)
    assert "er staat geen bericht voor hen in" in preview(communicator, "doelgroep=burgemeesters")
    assert "er staat geen bericht voor hen in" in communicator.text(
        "/redactie/edities/12?doelgroep=burgemeesters"
    )


def test_an_unknown_segment_is_not_found(communicator: StaffBrowser) -> None:
    assert communicator.get("/redactie/edities/12/voorbeeld?doelgroep=bestaat-niet").status_code == 404


def test_the_checks_name_what_to_look_at(communicator: StaffBrowser) -> None:
    communicator.done("/redactie/edities/12/teksten", subject="x" * 80, began=began_in_page(communicator))
    page = communicator.text("/redactie/edities/12")
    assert "Het onderwerp is 80 tekens lang" in page
    assert "kB" in page


def test_a_proof_goes_to_whoever_asks(communicator: StaffBrowser, stored: Stored, office: Office) -> None:
    page = communicator.done("/redactie/edities/12/proef?doelgroep=politie")
    assert f"De proef is onderweg naar {office.communicator}" in page
    with stored() as session:
        sent = session.scalars(select(Delivery).where(Delivery.address == office.communicator)).all()
        assert any("[Proef · Politie · Nederlands]" in one.letter.subject for one in sent)


def test_a_head_signs_off_what_was_seen_and_a_change_voids_it(head: StaffBrowser, office: Office) -> None:
    page = head.get("/redactie/edities/12").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert "NOORD ✓ · ZUID nog niet" in head.done("/redactie/edities/12/akkoord", seen=seen[1])
    assert "NOORD vervallen" in head.done("/redactie/edities/12/eruit", item_id=office.event)
    stale = head.done("/redactie/edities/12/akkoord", seen=seen[1])
    assert "De editie is veranderd sinds u deze pagina opende." in stale


def test_only_heads_sign_off(communicator: StaffBrowser) -> None:
    assert communicator.post("/redactie/edities/12/akkoord", seen="x").status_code == 403


@pytest.mark.parametrize(
    "page", ["volgorde", "eruit", "erbij", "teksten", "vasthouden", "versturen", "annuleren"]
)
def test_administrators_look_but_do_not_touch(client: FlaskClient, office: Office, page: str) -> None:
    browser = StaffBrowser(client, office.administrator)
    assert "In deze editie" in browser.text("/redactie/edities/12")
    assert browser.post(f"/redactie/edities/12/{page}", item_id=office.news).status_code == 403


def test_holding_asks_for_a_reason_and_shows_it_to_all(communicator: StaffBrowser) -> None:
    assert communicator.post("/redactie/edities/12/vasthouden", reason=" ").status_code == 422
    page = communicator.done("/redactie/edities/12/vasthouden", reason="Wacht op de burgemeester")
    assert "Deze editie wordt vastgehouden Wacht op de burgemeester" in page
    assert "Vastgehouden" in communicator.text("/redactie/edities")


def test_a_held_edition_goes_on_at_a_new_moment(communicator: StaffBrowser) -> None:
    communicator.done("/redactie/edities/12/vasthouden", reason="Even wachten")
    page = communicator.done("/redactie/edities/12/hervatten", sends_at="2026-11-27T09:00")
    assert "Gaat vrijdag 27 november om 09.00 uur naar 4 lezers" in page


@pytest.mark.parametrize(
    ("sends_at", "says"),
    [
        ("2026-11-01T09:00", "Dit moment is al voorbij."),
        ("2027-03-28T02:30", "Deze tijd bestaat niet op die dag"),
        ("2027-10-31T02:30", "De klok gaat die nacht terug: deze tijd komt twee keer."),
        ("morgen", "Hervat"),
    ],
)
def test_a_moment_that_is_none_is_asked_again(communicator: StaffBrowser, sends_at: str, says: str) -> None:
    communicator.done("/redactie/edities/12/vasthouden", reason="Even wachten")
    answer = communicator.post("/redactie/edities/12/hervatten", sends_at=sends_at)
    assert answer.status_code == 422
    assert says in words(answer.text)


def test_of_two_moments_with_the_same_time_one_is_picked(communicator: StaffBrowser, stored: Stored) -> None:
    communicator.done("/redactie/edities/12/vasthouden", reason="Even wachten")
    communicator.done("/redactie/edities/12/hervatten", sends_at="2027-10-31T02:30", fold="1")
    with stored() as session:
        edition = session.scalars(select(Edition).where(Edition.number == 12)).one()
        assert edition.sends_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_one_that_is_too_late_asks_for_a_new_moment(communicator: StaffBrowser, clock: Clock) -> None:
    communicator.done("/redactie/edities/12/vasthouden", reason="Even wachten")
    clock.now = SENDS_AT + timedelta(hours=7)
    communicator.sign_in()
    assert "Dat is voorbij: kies een nieuw moment" in communicator.text("/redactie/edities/12/hervatten")
    page = communicator.done("/redactie/edities/12/hervatten", sends_at="")
    assert "Het moment van versturen is al voorbij." in page


def test_sending_says_to_how_many_readers_before_it_does(communicator: StaffBrowser, stored: Stored) -> None:
    page = communicator.text("/redactie/edities/12/versturen")
    assert "De editie gaat meteen naar 4 lezers." in page
    assert "Verstuur nu naar 4 lezers" in page
    page = communicator.done("/redactie/edities/12/versturen")
    assert "De editie is vrijgegeven." in page
    assert "Bedoeld 4" in page.replace("Bedoeld  ", "Bedoeld ")
    with stored() as session:
        assert len(session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))).all()) == 4


def test_sending_twice_sends_once(communicator: StaffBrowser, stored: Stored) -> None:
    communicator.done("/redactie/edities/12/versturen")
    assert "Er gaat niets dubbel uit." in communicator.done("/redactie/edities/12/versturen")
    with stored() as session:
        assert len(session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))).all()) == 4


def test_readers_for_whom_nothing_is_in_are_counted_before_sending(
    communicator: StaffBrowser, office: Office
) -> None:
    communicator.done("/redactie/edities/12/eruit", item_id=office.news)
    page = communicator.text("/redactie/edities/12/versturen")
    assert "naar 3 lezers" in page
    assert "Voor 1 lezer staat er niets in" in page


def test_cancelling_asks_first_and_then_it_is_done(communicator: StaffBrowser) -> None:
    assert "Dit kunt u niet ongedaan maken." in communicator.text("/redactie/edities/12/annuleren")
    assert "De editie is geannuleerd." in communicator.done("/redactie/edities/12/annuleren")
    page = communicator.done("/redactie/edities/12/versturen")
    assert "de editie staat op “geannuleerd”" in page


def test_an_edition_that_collects_shows_what_it_would_be(communicator: StaffBrowser) -> None:
    page = communicator.text("/redactie/edities/13")
    assert "Zoals het er nu uitziet" in page
    assert "Net binnengekomen" in page


def test_copy_can_be_closed_early(communicator: StaffBrowser) -> None:
    assert "De kopij nu sluiten?" in communicator.text("/redactie/edities/13/samenstellen")
    communicator.done("/redactie/edities/13/samenstellen")
    assert "In deze editie" in communicator.text("/redactie/edities/13")
    assert "Editie 14" in communicator.text("/redactie/edities")


def test_the_page_says_which_rule_holds_and_who_agreed(
    communicator: StaffBrowser, client: FlaskClient, office: Office, stored: Stored
) -> None:
    page = communicator.text("/redactie/edities/12")
    assert "De editie gaat vanzelf uit op de geplande tijd, tenzij iemand die vasthoudt." in page
    assert "NOORD is nog niet akkoord" in page
    with stored() as session:
        session.scalars(select(Calendar)).one().release_rule = ReleaseRule.BOTH
    communicator.post("/redactie/uitloggen")
    head = StaffBrowser(client, office.head)
    head.done("/redactie/edities/12/akkoord", seen=head.hidden("/redactie/edities/12", "seen")["seen"])
    page = head.text("/redactie/edities/12")
    assert "De editie gaat pas uit als het hoofd van elke organisatie akkoord is." in page
    assert "NOORD is akkoord Hanneke Noord" in page
    assert "ZUID is nog niet akkoord" in page


def test_sending_early_names_whose_agreement_is_missing(communicator: StaffBrowser, stored: Stored) -> None:
    page = communicator.text("/redactie/edities/12/versturen")
    assert "Nog niet akkoord: NOORD en ZUID. Hun akkoord is niet nodig" in page
    assert "Dat zou pas woensdag 25 november om 10.00 uur zijn." in page
    assert "Verstuur nu naar 4 lezers" in page
    with stored() as session:
        session.scalars(select(Calendar)).one().release_rule = ReleaseRule.BOTH
    page = communicator.text("/redactie/edities/12/versturen")
    assert "Nog niet akkoord: NOORD en ZUID. Zonder hun akkoord gaat de editie niet uit." in page
    assert "Verstuur nu naar" not in page
    told = communicator.done("/redactie/edities/12/versturen")
    assert "Nog niet akkoord: NOORD en ZUID. Zonder hun akkoord gaat de editie niet uit." in told


def marks_of_steps(browser: StaffBrowser) -> dict[str, tuple[str, str]]:
    """Per step of an edition's path: how it is marked, and what it says."""
    page = browser.get("/redactie/edities/12").text
    found = re.findall(r'<li class="(\w+)"[^>]*>\s*<strong>([^<]+)</strong>\s*<span>([^<]*)</span>', page)
    return {name: (mark, text) for mark, name, text in found}


def test_agreement_gets_a_tick_only_if_it_was_given(communicator: StaffBrowser) -> None:
    communicator.done("/redactie/edities/12/versturen")
    assert marks_of_steps(communicator)["Akkoord"] == ("passed", "NOORD niet · ZUID niet")
    page = communicator.text("/redactie/edities/12")
    assert "NOORD was niet akkoord" in page


def test_agreement_that_was_given_gets_its_tick(
    communicator: StaffBrowser, client: FlaskClient, office: Office
) -> None:
    browser = communicator
    for email in (office.head, office.other_head):
        browser.post("/redactie/uitloggen")
        browser = StaffBrowser(client, email)
        browser.done(
            "/redactie/edities/12/akkoord", seen=browser.hidden("/redactie/edities/12", "seen")["seen"]
        )
    browser.done("/redactie/edities/12/versturen")
    assert marks_of_steps(browser)["Akkoord"] == ("done", "NOORD ✓ · ZUID ✓")


def test_a_closing_time_to_come_is_not_shown_as_past(communicator: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        edition = session.scalars(select(Edition).where(Edition.number == 12)).one()
        edition.closes_at, edition.state = SENDS_AT - timedelta(hours=3), EditionState.CANCELLED
    assert marks_of_steps(communicator)["Kopij"][1] == "zou sluiten wo 25 nov, 07.00 uur"


def test_copy_that_was_closed_early_closed_when_it_did(communicator: StaffBrowser, stored: Stored) -> None:
    communicator.done("/redactie/edities/13/samenstellen")
    with stored() as session:
        edition = session.scalars(select(Edition).where(Edition.number == 13)).one()
        assert (edition.state, edition.closes_at) == ("composed", NOW)


def test_the_page_says_how_many_items_readers_get_and_who_gets_next_to_nothing_while_something_waits(
    communicator: StaffBrowser,
) -> None:
    page = communicator.text("/redactie/edities/12")
    assert (
        "Wie Lezers Minst Midden Meest Alle lezers 4 1 2 2 Politie 3 2 2 2 Burgemeesters 1 1 1 1 Bijna niets "
        "Burgemeesters: 1 lezer krijgt hooguit 1 bericht. Dit wacht nog en mogen zij zien: “Net binnengekomen”."
    ) in page


def test_the_page_says_how_many_readers_get_an_item_on_one_line(
    communicator: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        session.scalars(select(Edition).where(Edition.number == 12)).one().item_limit = 1
    page = communicator.text("/redactie/edities/12")
    assert "Leerhuis over signalen ZUID Politie · 3 lezers (3 met één regel)" in page
    assert "Politie 3 2 2 2 (1 heel)" in page


def test_the_page_shows_how_this_edition_and_those_before_it_are_divided(
    communicator: StaffBrowser, stored: Stored, office: Office
) -> None:
    with stored() as session:
        before = Edition(
            number=11, state=EditionState.SENT, composed_at=NOW, closes_at=NOW, sends_at=NOW, zone="UTC"
        )
        before.placements = [Placement(item_id=office.event, position=0, reason=Reason.TURN)]
        session.add(before)
    page = communicator.text("/redactie/edities/12")
    assert "Editie Als balk NOORD ZUID Uitgelicht Deze editie 1 1 NOORD Editie 11 0 1 ZUID" in page
