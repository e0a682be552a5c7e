import pytest

from newsletter_service.subscriptions.addresses import parse_address
from newsletter_service.subscriptions.domains.rules import parse_domain


@pytest.mark.parametrize("typed", ["straße.example", "BÜCHER.Example.", "Gemeente.Example", "日本。example"])
def test_a_domain_is_listed_as_addresses_in_it_are_stored(typed: str) -> None:
    """Two ways to fold a letter would list a domain that is somebody else's."""
    assert parse_domain(typed) == parse_address(f"a@{typed}").domain
