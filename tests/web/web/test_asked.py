"""Whatever numbers and words an address holds, a page answers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.staff.rules import Role
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
TOO_LARGE = ("2147483648", "9223372036854775808", "9" * 200)


@pytest.fixture
def head(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


@pytest.mark.parametrize("number", TOO_LARGE)
@pytest.mark.parametrize(
    "path", ["/redactie/lezers/{}", "/redactie/kopij/{}", "/redactie/edities/{}", "/archief/{}"]
)
def test_a_number_that_no_row_may_have_is_an_address_that_does_not_exist(
    head: StaffBrowser, path: str, number: str
) -> None:
    assert head.get(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [*(f"doelgroep={number}" for number in TOO_LARGE), "thema=-1", "zoek=a%00b", "domein=%00", "na=%00"],
)
def test_readers_are_looked_for_whatever_is_asked(head: StaffBrowser, query: str) -> None:
    assert head.get(f"/redactie/lezers?{query}").status_code == 200
