"""The page with the domains that prove membership of a segment."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.audience.models import SegmentDomain
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Membership, Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff
from tests.subscriptions.web.conftest import Stored

PAGE = "/redactie/doelgroepen"


@pytest.fixture
def ada(client: FlaskClient, stored: Stored) -> StaffBrowser:
    """An administrator; the police have one domain, which proves for two readers, below it or not."""
    with stored() as session:
        make_newsletter(session)
        police = make_segment(session, "politie", ("politie.example",))
        make_subscriber(session, "anna@politie.example", now=NOW, segments=(police,))
        make_subscriber(session, "bob@zuid.politie.example", now=NOW, segments=(police,))
        make_subscriber(session, "cor@gemeente.example", now=NOW, segments=(police,), approved=(police,))
        make_staff(session, Role.ADMINISTRATOR, name="Ada Beheer")
        make_staff(session, Role.COMMUNICATOR, name="Samira Haddad")
    return StaffBrowser(client, "ada.beheer@redactie.example")


def domains(stored: Stored) -> set[tuple[str, bool]]:
    with stored() as session:
        return {(one.domain, one.subdomains) for one in session.scalars(select(SegmentDomain))}


def verified(stored: Stored) -> set[str]:
    with stored() as session:
        found = session.scalars(select(Membership).where(Membership.state == "verified"))
        return {claim.subscriber.address.partition("@")[0] for claim in found}


def test_a_domain_is_listed_with_or_without_those_below_it(ada: StaffBrowser, stored: Stored) -> None:
    ada.post(PAGE, segment="politie", domain="  Iemand@Meldkamer.Example ")
    assert domains(stored) == {("politie.example", True), ("meldkamer.example", False)}
    page = ada.get(PAGE).text
    assert "meldkamer.example" in page
    assert "alleen dit domein" in page


def test_a_domain_that_covers_less_than_before_lets_those_claims_wait_again(
    ada: StaffBrowser, stored: Stored
) -> None:
    assert verified(stored) == {"anna", "bob", "cor"}
    ada.post(PAGE, segment="politie", domain="politie.example")
    assert verified(stored) == {"anna", "cor"}


def test_a_domain_taken_off_the_list_reopens_what_it_proved_and_nothing_else(
    ada: StaffBrowser, stored: Stored
) -> None:
    answer = ada.post(f"{PAGE}/weg", doelgroep="politie", domein="politie.example")
    assert verified(stored) == {"cor"}
    assert "2 functies worden opnieuw gecontroleerd." in ada.get(answer.headers["Location"]).text
    with stored() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "segment"))
        assert (entry.action, entry.detail["domain"], entry.detail["reopened"]) == (
            "segment.domain_unlisted",
            "politie.example",
            2,
        )
        reopened = session.scalars(select(Consent).where(Consent.step == "reopened")).all()
        assert {(one.actor, one.source, one.detail["segment"]) for one in reopened if one.detail} == {
            ("staff", "claims", "politie")
        }
        readers = session.scalars(
            select(Subscriber).where(Subscriber.address.endswith("politie.example"))
        ).all()
        assert {(one.subscriber_id, one.address_hmac) for one in reopened} == {
            (reader.id, reader.address_hmac) for reader in readers
        }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Dit is geen domein"),
        ("twee woorden", "Dit is geen domein"),
        ("nl", "iedereen een eigen naam nemen"),
        ("co.uk", "iedereen een eigen naam nemen"),
        ("example", "iedereen een eigen naam nemen"),
        ("gmail.com", "iedereen een adres krijgen"),
        ("ZIGGO.nl", "iedereen een adres krijgen"),
        ("mail.hotmail.com", "iedereen een adres krijgen"),
        ("zeelandnet.nl", "iedereen een adres krijgen"),
    ],
)
def test_what_proves_nothing_is_refused_with_the_reason(
    ada: StaffBrowser, stored: Stored, typed: str, said: str
) -> None:
    answer = ada.post(PAGE, segment="politie", domain=typed, subdomains="y")
    assert answer.status_code == 422
    assert said in answer.text
    assert domains(stored) == {("politie.example", True)}


def test_how_long_a_check_holds_is_a_setting(ada: StaffBrowser, stored: Stored) -> None:
    assert ada.post(f"{PAGE}/termijn", days="10").status_code == 422
    ada.post(f"{PAGE}/termijn", days="730")
    assert 'value="730"' in ada.get(PAGE).text


def test_only_administrators_change_domains(ada: StaffBrowser, client: FlaskClient, stored: Stored) -> None:
    samira = StaffBrowser(client, "samira.haddad@redactie.example")
    assert samira.get(PAGE).status_code == 403
    for address, form in (
        ("", {"segment": "politie", "domain": "x.example"}),
        ("/weg", {}),
        ("/termijn", {}),
    ):
        assert samira.post(f"{PAGE}{address}", **form).status_code == 403
    assert domains(stored) == {("politie.example", True)}
