"""While something is wrong: the line above every page of staff, and the page that says what to do."""

from playwright.sync_api import expect
from sqlalchemy import delete

from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.health.service import Noted, note_runs
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import check_in_every_look

WRONG = (
    (TroubleKind.SMTP_REFUSES, "mail.nieuwsbrief-van-een-lange-naam.example:587", {"words": "TimeoutError"}),
    (TroubleKind.EDITION_LATE, "2", {"due_at": "2026-11-23T09:00:00+00:00"}),
    (TroubleKind.JOB_FAILS, "read-bounces", {"error": "ImapError"}),
)


def test_it_is_said_and_leads_to_what_to_do_in_every_look(site: Site, browse: Open) -> None:
    with site.stored() as session:
        for kind, subject, detail in WRONG:
            session.add(Trouble(kind=kind, subject=subject, detail=detail, began_at=site.clock()))
        failing = Noted("read-bounces", 60, site.clock(), site.clock(), site.clock(), "ImapError")
        note_runs(session, [failing], site.clock())
    try:
        with browse() as page:
            sign_in(page, "beheer")
            for path in ("/redactie/", "/redactie/kopij/nieuw"):
                page.goto(path)
                check_in_every_look(page)
            page.set_viewport_size({"width": 360, "height": 900})
            page.get_by_role("link", name="Bekijk wat u kunt doen").click()
            expect(page.get_by_role("heading", name="De mailserver neemt geen brieven aan")).to_be_visible()
            expect(page.get_by_text("de server antwoordt niet op tijd")).to_be_visible()
            check_in_every_look(page)
    finally:
        with site.stored() as session:
            session.execute(delete(Trouble))
