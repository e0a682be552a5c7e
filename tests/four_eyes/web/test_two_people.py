"""One person asks on the page where it is done, another accepts; each page says who is awaited."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import SegmentDomain
from newsletter_service.editions.models import Calendar
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.staff.four_eyes.models import FourEyes
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
RELEASE = {"release_rule": "automatic", "correction_minutes": "30"}
Desks = tuple[StaffBrowser, StaffBrowser]


@pytest.fixture
def desks(stored: Stored, app: Flask) -> Desks:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_segment(session)
        session.add(Calendar(first_day=NOW.date(), send_time=time(9), closing_time=time(12)))
        for number in range(3):
            make_subscriber(session, f"l{number}@gemeente.example", now=NOW)
        for name in ("Beer Beheer", "Ans Beheer"):
            make_staff(session, Role.ADMINISTRATOR, Role.COMMUNICATOR, name=name)
    return desk(app, "beer"), desk(app, "ans")


def desk(app: Flask, who: str) -> StaffBrowser:
    client = app.test_client()
    client.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"}
    return StaffBrowser(client, f"{who}.beheer@redactie.example")


def need(stored: Stored, act: Act) -> None:
    with stored() as session:
        session.add(FourEyes(act=act, needed=True))


def accept(desk: StaffBrowser, number: int = 1) -> str:
    page = f"/redactie/verzoeken/{number}"
    return desk.done(f"{page}/goedkeuren", **desk.hidden(page, "gezien"))


def test_what_needs_a_second_person_is_ticked_by_administrators_and_stands_in_the_trail(
    desks: Desks, stored: Stored
) -> None:
    beer, _ans = desks
    assert "Bewaard." in beer.done("/redactie/vier-ogen", **RELEASE, act_export="y", act_domains="y")
    page = beer.get("/redactie/vier-ogen").text
    assert len(re.findall(r'<input checked id="act_', page)) == 2
    beer.done("/redactie/vier-ogen", **RELEASE, act_export="y")
    trail = beer.text("/redactie/logboek?soort=instellingen")
    assert "Beer Beheer stelde een tweede collega verplicht: alle lezers meenemen als bestand." in trail
    assert "weer zonder tweede collega toe: de domeinen van een doelgroep veranderen." in trail


def test_when_editions_and_corrections_may_go_out_is_set_on_the_same_page(
    desks: Desks, stored: Stored
) -> None:
    beer, _ans = desks
    assert "Een editie gaat vanzelf uit." in beer.text("/redactie/kalender")
    beer.done("/redactie/vier-ogen", release_rule="both", correction_minutes="45")
    with stored() as session:
        row = session.scalars(select(Calendar)).one()
        assert (row.release_rule, row.correction_minutes) == (ReleaseRule.BOTH, 45)
    assert "pas uit als het hoofd van elke organisatie akkoord is" in beer.text("/redactie/kalender")
    trail = beer.text("/redactie/logboek?soort=instellingen")
    assert "uit mag: “Pas als het hoofd van elke organisatie akkoord is” in plaats van “Vanzelf" in trail
    assert "een correctie 45 minuten op de andere hoofden wachten; dat waren er 30." in trail
    beer.done("/redactie/vier-ogen", release_rule="both", correction_minutes="45")
    with stored() as session:
        actions = select(AuditEntry.id).where(AuditEntry.action.like("setting.%"))
        assert len(session.scalars(actions).all()) == 2


@pytest.mark.parametrize("wrong", [{"release_rule": "nooit"}, {"correction_minutes": "4"}])
def test_a_rule_that_can_not_be_is_asked_again_and_nothing_is_set(
    desks: Desks, stored: Stored, wrong: dict[str, str]
) -> None:
    beer, _ans = desks
    assert beer.post("/redactie/vier-ogen", **RELEASE | wrong, act_export="y").status_code == 422
    with stored() as session:
        assert session.scalars(select(FourEyes)).all() == []


def test_a_domain_is_listed_once_a_colleague_has_seen_and_accepted_it(desks: Desks, stored: Stored) -> None:
    beer, ans = desks
    need(stored, Act.DOMAINS)
    said = beer.done("/redactie/doelgroepen", segment="politie", domain="politie.example", subdomains="y")
    assert "We hebben het gevraagd aan Ans Beheer." in said
    assert "Beer Beheer vroeg dit op" in said
    assert "Het wacht op goedkeuring van Ans Beheer." in said
    own = beer.get("/redactie/verzoeken/1").text
    assert "Keur goed" not in own
    assert "Trek in" in own
    assert beer.post("/redactie/verzoeken/1/goedkeuren", gezien="x").status_code == 403
    assert "politie.example, met alles eronder, komt op de lijst van Politie." in ans.text(
        "/redactie/verzoeken/1"
    )
    assert "Goedgekeurd." in accept(ans)
    with stored() as session:
        assert [row.domain for row in session.scalars(select(SegmentDomain))] == ["politie.example"]
    assert "Er is niets gedaan" in ans.done("/redactie/verzoeken/1/afwijzen")


def test_everybody_is_taken_along_once_after_a_colleague_accepted_it(desks: Desks, stored: Stored) -> None:
    beer, ans = desks
    need(stored, Act.EXPORT)
    path = "/redactie/lezers/lijsten/uitlezen"
    assert "We hebben het gevraagd aan Ans Beheer." in beer.done(path)
    accept(ans)
    assert beer.post(path).mimetype == "text/csv"
    assert beer.post(path).status_code == 303
    with stored() as session:
        exports = select(AuditEntry).where(AuditEntry.action == "subscribers.export")
        assert len(session.scalars(exports).all()) == 1


def test_what_is_granted_to_one_is_no_answer_to_another_who_asked_the_same(
    desks: Desks, stored: Stored
) -> None:
    beer, ans = desks
    need(stored, Act.EXPORT)
    path = "/redactie/lezers/lijsten/uitlezen"
    beer.done(path)
    ans.done(path)
    accept(beer, 2)
    assert beer.post(path).status_code == 303
    assert ans.post(path).mimetype == "text/csv"


def test_the_first_reader_of_a_day_is_erased_by_one_and_the_second_by_two(
    desks: Desks, stored: Stored
) -> None:
    beer, ans = desks
    need(stored, Act.ERASE)
    assert "De lezer is gewist." in beer.done("/redactie/lezers/1/wissen", reason="vroeg erom per brief")
    said = beer.done("/redactie/lezers/2/wissen", reason="vroeg erom per brief")
    assert "Het wacht op goedkeuring van Ans Beheer." in said
    with stored() as session:
        assert session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all() == [2, 3]
    assert "Alles over lezer 2 wordt gewist. Reden: vroeg erom per brief" in ans.text("/redactie/verzoeken/1")
    accept(ans)
    with stored() as session:
        assert session.scalars(select(Subscriber.id)).all() == [3]


def test_requests_are_listed_and_what_is_not_there_is_not_found(desks: Desks, stored: Stored) -> None:
    beer, ans = desks
    assert "Er wacht niets." in beer.text("/redactie/verzoeken")
    need(stored, Act.EXPORT)
    beer.done("/redactie/lezers/lijsten/uitlezen")
    assert "Beer Beheer: alle lezers meenemen als bestand" in ans.text("/redactie/verzoeken")
    assert "Ingetrokken." in beer.done("/redactie/verzoeken/1/intrekken")
    assert "Ingetrokken, Beer Beheer" in ans.text("/redactie/verzoeken")
    assert ans.get("/redactie/verzoeken/99").status_code == 404


def test_where_there_is_nobody_else_that_is_said(app: Flask, stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_staff(session, Role.ADMINISTRATOR, Role.COMMUNICATOR, name="Beer Beheer")
    need(stored, Act.EXPORT)
    assert "er is niemand anders die dit mag" in desk(app, "beer").done("/redactie/lezers/lijsten/uitlezen")
