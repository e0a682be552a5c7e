"""Who the client is behind a proxy: what the proxy says is believed, what anybody else says is not."""

import logging
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Literal

Trusted = IPv4Network | IPv6Network | Literal["unix"]
Address = IPv4Address | IPv6Address
_log = logging.getLogger(__name__)


class TrustedProxies:
    """WSGI: takes X-Forwarded-For and X-Forwarded-Proto from proxies in `trusted`, and drops them from all others.

    Where a proxy stands in front and none is trusted, all the world is one client: that is logged once.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], trusted: Sequence[Trusted]) -> None:
        self._app, self._trusted = app, trusted
        self._warns = not trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request as that of the client behind the proxies."""
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        peer = environ.get("REMOTE_ADDR", "")
        if forwarded and self._warns:
            self._warns = False
            _log.warning(
                "a request came through a proxy (X-Forwarded-For), but TRUSTED_PROXIES is not set: "
                "all clients count as one"
            )
        if is_trusted(peer, self._trusted):
            environ["REMOTE_ADDR"] = client_behind(peer, forwarded.split(","), self._trusted)
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._app(environ, start_response)


def client_behind(peer: str, forwarded: Sequence[str], trusted: Sequence[Trusted]) -> str:
    """The nearest address that is no proxy of ours: what is further left anybody may have written."""
    client = peer
    for named in reversed(forwarded):
        address = _address(named)
        if address is None:
            break
        client = str(address)
        if not is_trusted(client, trusted):
            break
    return client


def is_trusted(peer: str, trusted: Sequence[Trusted]) -> bool:
    """Whether `peer` is a proxy of ours; one on a Unix socket has no address."""
    address = _address(peer)
    if address is None:
        return not peer and "unix" in trusted
    return any(one != "unix" and address in one for one in trusted)


def _address(named: str) -> Address | None:
    """An address as proxies write it, with or without a port; None if it is none."""
    bare = named.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
