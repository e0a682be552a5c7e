from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.corrections.approval import awaiting
from newsletter_service.editions.corrections.service import fingerprint
from newsletter_service.editions.models import Calendar, Correction, CorrectionSignOff, Edition
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.rules import Role
from newsletter_service.today.service import Waiting
from tests.conftest import NOW
from tests.factories import make_item, make_newsletter, make_organisation
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
Desk = Callable[..., StaffBrowser]


@pytest.fixture
def desk(client: FlaskClient, stored: Stored) -> Desk:
    """A head of NOORD signed in at a desk whose calendar has this release rule, with a composed edition."""

    def made(rule: str = "automatic", state: str = "composed", role: Role = Role.HEAD) -> StaffBrowser:
        with stored() as session:
            make_newsletter(session)
            make_organisation(session, "noord", 1)
            make_organisation(session, "zuid", 2)
            session.add(
                Calendar(first_day=NOW.date(), send_time=time(9), closing_time=time(12), release_rule=rule)
            )
            session.add(
                Edition(
                    number=3,
                    state=state,
                    subject="Onderwerp 3",
                    closes_at=NOW - timedelta(hours=1),
                    sends_at=NOW + timedelta(days=2),
                    zone="Europe/Amsterdam",
                    hold_reason="late" if state == "held" else None,
                    held_from="composed" if state == "held" else None,
                )
            )
            email = make_staff(session, role, organisation="noord").email
        return StaffBrowser(client, email)

    return made


@pytest.mark.parametrize(
    ("rule", "words"),
    [("both", "Zonder uw akkoord gaat de editie niet uit"), ("automatic", "gaat vanzelf uit")],
)
def test_a_head_who_has_not_agreed_is_asked_to_and_told_what_follows(
    desk: Desk, rule: str, words: str
) -> None:
    page = desk(rule).text("/redactie/")
    assert "Uw akkoord op editie 3" in page
    assert words in page


def test_an_edition_that_is_held_waits_for_everybody(desk: Desk) -> None:
    assert "Editie 3 wordt vastgehouden" in desk(state="held").text("/redactie/")


def test_a_draft_waits_for_its_own_organisation_only(desk: Desk, stored: Stored) -> None:
    head = desk(state="collecting")
    with stored() as session:
        organisations = {one.slug: one for one in session.query(Organisation)}
        make_item(session, organisations["noord"], now=NOW, title="Van ons", state="draft")
        make_item(session, organisations["zuid"], now=NOW, title="Van hen", state="draft")
    page = head.text("/redactie/")
    assert "Van ons" in page
    assert "Van hen" not in page


def test_where_nothing_waits_the_page_says_so(desk: Desk) -> None:
    assert "Niets wacht op u." in desk(state="collecting").text("/redactie/")


def test_who_is_no_head_is_not_asked_to_agree(desk: Desk) -> None:
    page = desk("both", role=Role.COMMUNICATOR).text("/redactie/")
    assert "Uw akkoord" not in page
    assert "Niets wacht op u." in page


def test_a_correction_waits_for_the_heads_who_did_not_agree_to_it(desk: Desk, stored: Stored) -> None:
    head = desk("both", state="sent")
    with stored() as session:
        edition = session.scalars(select(Edition)).one()
        offered = Correction(
            edition_id=edition.id, user_id=1, subject="Correctie", text="Het is dinsdag.", offered_at=NOW
        )
        session.add(offered)
        session.flush()
        assert awaiting(session, 1) == awaiting(session, 2) == [edition]
        said = fingerprint(offered)
        offered.sign_offs.append(CorrectionSignOff(organisation_id=2, user_id=1, content_hash=said, at=NOW))
        session.flush()
        assert (awaiting(session, 1), awaiting(session, 2)) == ([edition], [])
    page = head.text("/redactie/")
    assert "Uw akkoord op de correctie bij editie 3 Zonder uw akkoord gaat de correctie niet uit." in page


def test_a_request_waits_for_who_may_accept_it_and_not_for_who_asked_or_has_another_role(
    desk: Desk, stored: Stored, app: Flask
) -> None:
    head = desk(state="collecting")
    with stored() as session:
        asker = make_staff(session, Role.COMMUNICATOR, name="Ans Redactie")
        domains, everybody = {"act": Act.DOMAINS}, {"act": Act.EXPORT}
        for number, about in enumerate((everybody, domains)):
            session.add(
                ActRequest(
                    **about, what={}, hash=str(number), state="open", asked_by_id=asker.id, asked_at=NOW
                )
            )
    page = head.text("/redactie/")
    assert "1 punt" in page
    assert "Ans Redactie vraagt om uw goedkeuring Alle lezers meenemen als bestand." in page
    other = app.test_client()
    other.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"}
    assert "Niets wacht op u." in StaffBrowser(other, "ans.redactie@redactie.example").text("/redactie/")


def test_claims_are_one_of_the_things_that_wait_however_many_they_are() -> None:
    assert Waiting(held=(), to_agree=(), alike=(), to_join=(), drafts=(), claims=270).total == 1
