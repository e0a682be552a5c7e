"""Accounts, and who did what."""

import unicodedata
from dataclasses import replace
from typing import Literal

import pytest
from flask import Flask
from flask_security.utils import hash_password, verify_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.errors import Conflict, Invalid, NotFound
from newsletter_service.publisher.models import Organisation
from newsletter_service.settings import Settings
from newsletter_service.staff.access import passwords
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import actor_of, record
from tests.conftest import NOW
from tests.factories import make_organisation

PASSWORD = "café met een lange naam"
HEAD = NewUser("Hanneke@Noord.Example ", " Hanneke  Noord", PASSWORD, [Role.HEAD], "noord")

OUTSIDE = {
    "SECRET_KEY": "a-secret-that-only-tests-know-0123456789",
    "BASE_URL": "https://nieuwsbrief.example",
    "MAIL_FROM": "redactie@nieuwsbrief.example",
}


@pytest.fixture
def north(session: Session) -> Organisation:
    return make_organisation(session)


def test_an_account_knows_its_roles_and_organisation(session: Session, north: Organisation) -> None:
    user = add_user(session, replace(HEAD, roles=[Role.HEAD, Role.COMMUNICATOR]))
    assert (user.email, user.name, user.language) == ("hanneke@noord.example", "Hanneke Noord", "nl")
    assert user.active
    actor = actor_of(user)
    assert (set(actor.roles), actor.organisation_id) == ({Role.HEAD, Role.COMMUNICATOR}, north.id)


def test_roles_are_shared_between_accounts(session: Session, north: Organisation) -> None:
    add_user(session, HEAD)
    add_user(session, replace(HEAD, email="kees@noord.example"))
    assert session.scalar(select(func.count()).select_from(RoleRow)) == 1


def test_passwords_are_kept_as_argon2_hashes_only(session: Session, north: Organisation) -> None:
    user = add_user(session, HEAD)
    assert user.password is not None
    assert "$argon2id$" in user.password
    assert PASSWORD not in user.password
    assert user.password != add_user(session, replace(HEAD, email="kees@noord.example")).password


def test_outside_these_tests_a_password_costs_what_owasp_asks_for(settings: Settings) -> None:
    app = create_app(replace(settings, password_cost=Settings.from_env(OUTSIDE).password_cost))
    with app.app_context():
        assert "$m=19456,t=2,p=1$" in hash_password(PASSWORD)
        db.engine.dispose()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_password_with_an_accent_fits_however_it_was_typed(
    app: Flask, session: Session, north: Organisation, form: Literal["NFC", "NFD"]
) -> None:
    typed = add_user(session, replace(HEAD, password=unicodedata.normalize(form, PASSWORD))).password
    assert typed is not None
    assert verify_password(unicodedata.normalize("NFKC", PASSWORD), typed)
    assert passwords.matches(unicodedata.normalize("NFC", PASSWORD), typed)
    assert passwords.matches(unicodedata.normalize("NFD", PASSWORD), typed)


def test_a_password_that_was_kept_in_the_form_of_before_still_fits(app: Flask) -> None:
    with app.app_context():
        kept = hash_password(unicodedata.normalize("NFKD", PASSWORD))
        assert passwords.matches(unicodedata.normalize("NFC", PASSWORD), kept)
        assert not passwords.matches(PASSWORD + "!", kept)


@pytest.mark.parametrize(
    ("new", "error", "message"),
    [
        (replace(HEAD, password="elf tekens."), Invalid, "at least 12"),
        (replace(HEAD, organisation=None), Invalid, "needs an organisation"),
        (replace(HEAD, organisation="oost"), NotFound, "there are: noord"),
        (replace(HEAD, email="hanneke"), Invalid, "not a mail address"),
        (replace(HEAD, email="a@noord.example\r\nBcc: b@noord.example"), Invalid, "not a mail address"),
        (replace(HEAD, name="   "), Invalid, "name is empty"),
        (replace(HEAD, name="Han\x00neke"), Invalid, "cannot be shown"),
    ],
)
def test_an_account_that_cannot_be_made_says_why_and_leaves_nothing(
    session: Session, north: Organisation, new: NewUser, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        add_user(session, new)
    assert session.scalars(select(User)).all() == []


def test_an_address_has_one_account_however_it_is_written(session: Session, north: Organisation) -> None:
    add_user(session, HEAD)
    with pytest.raises(Conflict):
        add_user(session, replace(HEAD, email="HANNEKE@noord.example"))


def test_the_audit_trail_says_who_did_what_when_and_to_what(session: Session, north: Organisation) -> None:
    user = add_user(session, HEAD)
    user_id = user.id
    record(session, user, "item.queued", "item", 7, NOW, title="Een bericht")
    record(session, None, "edition.release", "edition", 12, NOW)
    session.commit()
    with Session(db.engine) as another:
        by_hand, by_itself = another.scalars(select(AuditEntry).order_by(AuditEntry.id))
        assert (by_hand.at, by_hand.actor_id, by_hand.action) == (NOW, user_id, "item.queued")
        assert (by_hand.subject_type, by_hand.subject_id, by_hand.detail) == (
            "item",
            7,
            {"title": "Een bericht"},
        )
        assert (by_itself.actor, by_itself.detail) == (None, {})
