"""What was asked for once happens once, however often the form is sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import func, select, update

from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.service import edition_numbered
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import EditionContent, MailIdentity, PreparedLetter
from newsletter_service.staff.models import User
from tests.editions.web.conftest import Office, Stored
from tests.staff_browser import StaffBrowser

TWICE = "Dit was al gedaan. Er is niets dubbel gebeurd."


def letters(stored: Stored, address: str) -> int:
    with stored() as session:
        mine = select(func.count()).select_from(Delivery).where(Delivery.address == address)
        return session.scalar(mine) or 0


def test_two_presses_for_a_proof_send_one_and_a_later_press_another(
    communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    page, before = "/redactie/edities/12", letters(stored, office.communicator)
    form = communicator.hidden(page, "sleutel")
    assert "De proef is onderweg" in communicator.done(f"{page}/proef?doelgroep=politie", **form)
    assert TWICE in communicator.done(f"{page}/proef?doelgroep=politie", **form)
    assert letters(stored, office.communicator) == before + 1
    communicator.done(f"{page}/proef?doelgroep=politie", **communicator.hidden(page, "sleutel"))
    assert letters(stored, office.communicator) == before + 2


@dataclass(frozen=True)
class Interrupted(LetterRenderer):
    """Renders as ever, but that somebody else writes in the middle of it, who waits for nobody."""

    write: Callable[[], None] = lambda: None

    def edition(self, content: EditionContent, sender: MailIdentity) -> PreparedLetter:
        self.write()
        return super().edition(content, sender)


def test_nobody_who_writes_waits_while_a_proof_is_made(
    app: Flask, communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    def write() -> None:
        with stored() as session:
            session.execute(update(User).values(name=User.name))

    page, parts = "/redactie/edities/12", app.extensions["newsletter"]
    form = communicator.hidden(page, "sleutel")
    app.extensions["newsletter"] = replace(parts, renderer=Interrupted(**vars(parts.renderer), write=write))
    assert "De proef is onderweg" in communicator.done(f"{page}/proef?doelgroep=politie", **form)


def test_holding_twice_is_no_quarrel_with_a_colleague(communicator: StaffBrowser, stored: Stored) -> None:
    page = "/redactie/edities/12/vasthouden"
    form = communicator.hidden(page, "sleutel")
    assert "wordt vastgehouden" in communicator.done(page, **form, reason="Een fout")
    said = communicator.done(page, **form, reason="Een fout")
    assert TWICE in said
    with stored() as session:
        assert edition_numbered(session, 12).hold_words == "Een fout"


def test_a_form_that_could_not_be_used_may_be_sent_again(communicator: StaffBrowser) -> None:
    page = "/redactie/edities/12/vasthouden"
    form = communicator.hidden(page, "sleutel")
    assert communicator.post(page, **form, reason="").status_code == 422
    assert TWICE not in communicator.done(page, **form, reason="Een fout")


def test_cancelling_takes_two_steps_and_one_press(communicator: StaffBrowser) -> None:
    page = "/redactie/edities/12/annuleren"
    form = communicator.hidden(page, "sleutel")
    assert "De editie is geannuleerd." in communicator.done(page, **form)
    assert TWICE in communicator.done(page, **form)
