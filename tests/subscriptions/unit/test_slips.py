"""One letter off: a domain that many have is asked about, anything else is taken as it was typed."""

import pytest

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.slips.rules import COMMON, likely_meant

LISTED = (ListedDomain("politie-maasdelta.example"), ListedDomain("om.example", subdomains=True))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@gemeent.nl", "anna@gemeente.nl"),
        ("anna@gemeentee.nl", "anna@gemeente.nl"),
        ("anna@hotmial.com", "anna@hotmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@politie-masdelta.example", "anna@politie-maasdelta.example"),
        ("anna@politie-maasdelta.exmaple", "anna@politie-maasdelta.example"),
        ("anna+1@om.exampel", "anna+1@om.example"),
    ],
)
def test_one_letter_off_is_a_likely_slip(typed: str, meant: str) -> None:
    assert likely_meant(Address(typed), LISTED) == Address(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "anna@gemeente.nl",
        "anna@politie-maasdelta.example",
        "anna@afdeling.om.example",
        "anna@rotterdam.nl",
        "anna@gemiente.be",
        "anna@am.nl",
    ],
)
def test_what_is_no_slip_is_not_asked_about(typed: str) -> None:
    assert likely_meant(Address(typed), LISTED) is None


def test_no_common_domain_is_a_slip_of_another() -> None:
    assert [name for name in COMMON if likely_meant(Address(f"anna@{name}"), ()) is not None] == []
