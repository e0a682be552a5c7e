from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

import pytest

from newsletter_service.settings import Settings, SettingsError
from newsletter_service.web.server.proxies import TrustedProxies

OURS = (ip_network("10.0.0.0/8"), ip_network("192.0.2.7"), ip_network("2001:db8::/32"))


def seen(peer: str, forwarded: str = "", scheme: str = "", trusted: Any = OURS) -> tuple[str, str]:
    """The client's address and the scheme, as the pages see them."""
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        found.update(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {"HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": scheme}
    TrustedProxies(app, trusted)(environ, None)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db9::1]:4711", "2001:db9::1"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
        ("10.0.0.1", "nonsense, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.50", "198.51.100.1", "203.0.113.50"),
        ("192.0.2.8", "198.51.100.1", "192.0.2.8"),
        ("2001:db8::1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_client_is_the_nearest_that_is_no_proxy_of_ours(peer: str, forwarded: str, client: str) -> None:
    assert seen(peer, forwarded)[0] == client


def test_https_is_believed_of_our_proxies_only() -> None:
    assert seen("10.0.0.1", scheme="https")[1] == "https"
    assert seen("10.0.0.1", scheme="http, https")[1] == "https"
    assert seen("10.0.0.1", scheme="gopher")[1] == "http"
    assert seen("203.0.113.50", scheme="https")[1] == "http"


def test_a_proxy_on_a_unix_socket_is_trusted_if_that_was_said() -> None:
    assert seen("", "198.51.100.1", trusted=("unix",))[0] == "198.51.100.1"


def test_the_setting_takes_addresses_networks_and_unix() -> None:
    needed = {"SECRET_KEY": "0" * 32, "BASE_URL": "https://a.example", "MAIL_FROM": "a@b.example"}
    named = Settings.from_env({**needed, "TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8 unix"}).trusted_proxies
    assert named == (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), "unix")
    assert Settings.from_env(needed).trusted_proxies == ()
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES names 'nginx'"):
        Settings.from_env({**needed, "TRUSTED_PROXIES": "nginx"})


def test_a_proxy_that_is_not_trusted_is_logged_once_and_without_an_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guarded = TrustedProxies(lambda _environ, _start: [], ())
    for forwarded in ("", "203.0.113.9", "203.0.113.10"):
        guarded({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, None)
    (line,) = caplog.messages
    assert "TRUSTED_PROXIES is not set" in line
    assert "203.0.113" not in line
    assert "10.0.0.1" not in line


def test_a_stranger_who_claims_to_be_a_proxy_is_not_logged_where_proxies_are_trusted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert seen("203.0.113.50", "198.51.100.1") == ("203.0.113.50", "http")
    assert caplog.messages == []
