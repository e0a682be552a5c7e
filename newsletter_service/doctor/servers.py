"""Connects to the mail servers as the service does, and says what came of it; no letter goes out."""

import socket
from ipaddress import ip_address

from newsletter_service.doctor.facts import ServerFacts
from newsletter_service.hosts import is_here
from newsletter_service.imap import ImapError, ImapLoginFailed, ImapServer, opened
from newsletter_service.smtp.certificates import fault_of
from newsletter_service.smtp.connection import (
    ConnectFailed,
    SmtpServer,
    TransportMisconfigured,
    open_connection,
)
from newsletter_service.smtp.replies import Phase

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def smtp(server: SmtpServer) -> ServerFacts:
    """Connects with TLS and password as the settings say."""
    name, plain, here = f"{server.host}:{server.port}", server.security == "none", is_here(server.host)
    try:
        connection = open_connection(server)
    except TransportMisconfigured as error:
        return ServerFacts(name, str(error), lacks_starttls=True)
    except ConnectFailed as failed:
        return ServerFacts(name, str(failed.reply), failed.reply.phase, fault_of(failed))
    validity = connection.validity
    connection.close()
    return ServerFacts(name, plain=plain, on_this_machine=here, validity=validity)


def mailbox(server: ImapServer) -> ServerFacts:
    """Opens the mailbox that bounces come to, and reads nothing of it."""
    name = f"{server.host}:{server.port}"
    try:
        with opened(server) as box:
            box.unread(1)
    except ImapError as error:
        phase = Phase.AUTH if isinstance(error, ImapLoginFailed) else Phase.CONNECT
        return ServerFacts(name, str(error), phase, fault_of(error))
    return ServerFacts(name)


def sending_addresses(host: str) -> tuple[str, ...]:
    """Returns the public addresses that letters leave from, as far as this machine knows: its own, or those of a relay.

    A relay may send from others, and a machine behind a router does not know its own: then there are none.
    """
    found = _own_addresses() if is_here(host) else _addresses_of(host)
    return tuple(one for one in dict.fromkeys(found) if ip_address(one).is_global)


def _addresses_of(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError:
        return []


def _own_addresses() -> list[str]:
    """The addresses that packets to elsewhere would bear; none is sent."""
    found = []
    for family, elsewhere in _ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((elsewhere, 25))
            except OSError:
                continue
            found.append(str(probe.getsockname()[0]))
    return found
