"""Who gets which notices: those whose roles bring them, as far as they do not do without."""

from sqlalchemy.orm import Session

from newsletter_service.staff.notices import who_get
from newsletter_service.staff.own.service import choose_notices, offered
from newsletter_service.staff.rules import NoticeKind, Role
from tests.conftest import NOW
from tests.staff_browser import make_staff


def test_a_notice_goes_to_those_whose_roles_bring_it_and_who_did_not_mute_it(session: Session) -> None:
    sam, bea = (
        make_staff(session, Role.COMMUNICATOR),
        make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer"),
    )
    assert who_get(session, NoticeKind.REFUSALS) == [sam, bea]
    assert who_get(session, NoticeKind.SIGN_INS) == [bea]
    choose_notices(session, sam, [NoticeKind.COMPOSED], NOW)
    assert who_get(session, NoticeKind.REFUSALS) == [bea]
    assert who_get(session, NoticeKind.COMPOSED) == [sam]
    bea.active = False
    session.flush()
    assert who_get(session, NoticeKind.SIGN_INS) == []


def test_one_is_asked_about_what_ones_roles_bring_and_keeps_what_was_muted_besides(session: Session) -> None:
    sam = make_staff(session, Role.COMMUNICATOR)
    assert offered(sam) == [NoticeKind.COMPOSED, NoticeKind.REFUSALS]
    sam.muted = [NoticeKind.SIGN_INS]
    choose_notices(session, sam, [], NOW)
    assert sam.muted == ["composed", "refusals", "sign_ins"]
