"""Looks at servers and disk from outside, as the service does; nothing is sent."""

import shutil
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from newsletter_service.health.rules import Disk, Server
from newsletter_service.smtp.certificates import fault_of, validity_of
from newsletter_service.smtp.connection import (
    ConnectFailed,
    SmtpServer,
    TransportMisconfigured,
    open_connection,
)

_HTTPS = 443
_SECONDS = 10.0


def smtp(server: SmtpServer) -> Server:
    """Connects with TLS and password as the settings say."""
    name = f"{server.host}:{server.port}"
    try:
        connection = open_connection(server)
    except TransportMisconfigured as error:
        return Server(name, str(error))
    except ConnectFailed as failed:
        return Server(name, str(failed.reply))
    validity = connection.validity
    connection.protocol.quit()
    connection.flush()
    connection.close()
    return Server(name, validity=validity)


def web(base_url: str) -> Server | None:
    """Looks at the certificate of the site, if it is to have one; None where it cannot be reached from here."""
    address = urlsplit(base_url)
    if address.scheme != "https" or address.hostname is None:
        return Server("")
    context, where = ssl.create_default_context(), (address.hostname, address.port or _HTTPS)
    try:
        with (
            socket.create_connection(where, _SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=address.hostname) as secure,
        ):
            return Server(address.hostname, validity=validity_of(secure))
    except OSError as error:
        fault = fault_of(error)
        return Server(address.hostname, fault) if fault else None


def disks(folders: Iterable[Path]) -> list[Disk]:
    """Looks at the file systems that folders lie on."""
    return [Disk(usage.free, usage.total) for usage in map(shutil.disk_usage, folders)]
