"""A page asks before a move only where the move can be made; else it says how the edition stands and leads back."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState, EditionStatus
from newsletter_service.editions.service import set_status
from tests.conftest import NOW
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
EDITION = "/redactie/edities/12"
QUERY = {"/opnieuw": "?toestand=failed", "/tel-als-verstuurd": "?toestand=uncertain"}
TYPED = {
    "/vasthouden": {"reason": "Wacht op de burgemeester"},
    "/correctie": {"subject": "Correctie", "text": "Zo."},
}

COLLECTING, COMPOSED, SENDING, SENT, CANCELLED, EMPTY, HELD, STOPPED = (
    "collecting",
    "composed",
    "sending",
    "sent",
    "cancelled",
    "empty",
    "held",
    "stopped half-way",
)
STATES = {
    COLLECTING: EditionStatus(EditionState.COLLECTING),
    COMPOSED: EditionStatus(EditionState.COMPOSED),
    SENDING: EditionStatus(EditionState.SENDING),
    SENT: EditionStatus(EditionState.SENT),
    CANCELLED: EditionStatus(EditionState.CANCELLED),
    EMPTY: EditionStatus(EditionState.COMPOSED),
    HELD: EditionStatus(EditionState.HELD, EditionState.COMPOSED),
    STOPPED: EditionStatus(EditionState.HELD, EditionState.SENDING),
}
RELEASED = (SENDING, SENT, STOPPED)
ASKED_IN = {
    "/samenstellen": (COLLECTING, COMPOSED, EMPTY, HELD),
    "/vasthouden": (COMPOSED, EMPTY, SENDING),
    "/hervatten": (HELD, STOPPED),
    "/versturen": (COMPOSED, HELD),
    "/annuleren": (COLLECTING, COMPOSED, EMPTY, SENDING, HELD, STOPPED),
    "/opnieuw": RELEASED,
    "/tel-als-verstuurd": RELEASED,
    "/correctie": RELEASED,
    "/correctie/versturen": (),
    "/correctie/weggooien": (),
}
WHY = {
    ("/samenstellen", SENT): "Dit kan niet meer: de editie staat op “verstuurd”.",
    ("/samenstellen", STOPPED): "Deze editie is al vrijgegeven en wordt nu vastgehouden",
    ("/vasthouden", COLLECTING): "Dit kan nog niet: deze editie verzamelt nog kopij.",
    ("/vasthouden", HELD): "Deze editie wordt al vastgehouden.",
    ("/hervatten", COMPOSED): "Deze editie wordt niet vastgehouden.",
    ("/versturen", COLLECTING): "Dit kan nog niet: deze editie verzamelt nog kopij.",
    ("/versturen", EMPTY): "Er staat nog geen bericht in deze editie.",
    ("/versturen", SENT): "Deze editie is al verstuurd. Er gaat niets dubbel uit.",
    ("/annuleren", CANCELLED): "Dit kan niet meer: de editie staat op “geannuleerd”.",
    ("/opnieuw", COMPOSED): "Deze editie is nog niet verstuurd.",
    ("/tel-als-verstuurd", COLLECTING): "Deze editie is nog niet verstuurd.",
    ("/correctie", COMPOSED): "Nog niemand kreeg deze editie.",
    ("/correctie/versturen", SENT): "Deze correctie is al verstuurd of weggegooid.",
}


def brought_to(state: str, browser: StaffBrowser, office: Office, stored: Stored) -> None:
    for item in (office.news, office.event) if state == EMPTY else ():
        browser.done(f"{EDITION}/eruit", item_id=item)
    if state in RELEASED:
        browser.done(f"{EDITION}/versturen")
    with stored() as session:
        for row, became in zip(
            session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))),
            (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN, DeliveryState.READY),
            strict=False,
        ):
            row.state, row.settled_at = became, NOW if became is not DeliveryState.READY else None
        edition = session.scalars(select(Edition).where(Edition.number == 12)).one()
        set_status(edition, STATES[state])
        edition.sent_at = NOW if state == SENT else None


def test_all_pages_that_ask_are_in_the_table(app: Flask) -> None:
    prefix = "/redactie/edities/<int:number>/"
    taken = [(rule.rule, rule.methods or set()) for rule in app.url_map.iter_rules()]
    asking = {path for path, methods in taken if "GET" in methods and path.startswith(prefix)}
    doing = {path for path, methods in taken if "POST" in methods}
    assert {path.removeprefix(prefix.removesuffix("/")) for path in asking & doing} == set(ASKED_IN)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("page", ASKED_IN)
def test_what_is_asked_can_be_done_and_what_cannot_be_done_is_not_asked(
    page: str, state: str, communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    brought_to(state, communicator, office, stored)
    path = f"{EDITION}{page}{QUERY.get(page, '')}"
    answer = communicator.get(path)
    if state not in ASKED_IN[page]:
        assert answer.status_code == 303
        assert answer.headers["Location"] == EDITION
        assert WHY.get((page, state), "") in communicator.text(EDITION)
        return
    assert answer.status_code == 200
    assert re.search(r'<button type="submit" class="(main|danger)"', answer.text)
    began = {"began": value_in(answer.text, "began")} if page == "/correctie" else {}
    done = communicator.client.post(
        path,
        data={"csrf_token": communicator.token, **TYPED.get(page, {}), **began},
        follow_redirects=True,
    )
    assert done.status_code == 200
    assert 'class="notice error"' not in done.text, words(done.text)


def test_a_correction_that_waits_is_not_put_to_the_heads_again(
    communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    brought_to(SENT, communicator, office, stored)
    correction = f"{EDITION}/correctie"
    communicator.done(correction, **TYPED["/correctie"], **communicator.hidden(correction, "began"))
    for page in ("versturen", "weggooien"):
        assert communicator.get(f"{correction}/{page}").status_code == 200
    communicator.done(f"{correction}/versturen", **communicator.hidden(f"{correction}/versturen", "seen"))
    assert "Deze correctie is al voorgelegd." in communicator.text(f"{correction}/versturen")
    assert communicator.get(f"{correction}/weggooien").status_code == 200
