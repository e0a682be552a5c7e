"""Holds TLSA records against the certificate that a mail server shows to whoever delivers there."""

import select
import smtplib
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256, sha512
from time import monotonic

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate
from OpenSSL import SSL

from newsletter_service.doctor.dns.facts import Host
from newsletter_service.doctor.findings import Area, Finding, Level, Place, Put

MAIL_PORT = 25
_SECONDS = 5.0
"""For each step with one address; a whole host takes no longer than its number of addresses times three of these."""
_READY = 220
_USED_BY_MAIL = ("2", "3")
_HASHES = {"1": sha256, "2": sha512}


class NotShown(Exception):
    """A server does not let itself be asked for its certificate; the message says why."""


def of_hosts(hosts: Iterable[Host], port: int = MAIL_PORT) -> Iterator[Finding]:
    """Yields which servers show a certificate that their own records refuse: senders that look at them deliver nothing.

    Only signed records count, so others are not held against anything.
    """
    for host in hosts:
        records = [one for one in host.tlsa.values if one.split()[0] in _USED_BY_MAIL]
        if not (host.tlsa.secure and records):
            continue
        try:
            chain = shown_by(host, port)
        except NotShown as error:
            yield Finding(Area.DNS, "dane_unseen", Level.NOTE, host.name, {"why": str(error)})
            continue
        if not any(fits(one, chain) for one in records):
            right = f"3 1 1 {_told(chain[0], '1', '1')}"
            put = Put(Place.DNS, f"_{MAIL_PORT}._tcp.{host.name}. IN TLSA {right}")
            yield Finding(Area.DNS, "dane_mismatch", Level.ERROR, host.name, put=put)


def fits(record: str, chain: Sequence[Certificate]) -> bool:
    """Whether a TLSA record (RFC 6698) is about this chain, whose first certificate is the server's own."""
    usage, selector, matching, *data = record.split()
    wanted, meant = "".join(data).lower(), chain[:1] if usage == "3" else chain[1:]
    return bool(wanted) and any(_told(one, selector, matching) == wanted for one in meant)


def _told(certificate: Certificate, selector: str, matching: str) -> str:
    """What a record says of a certificate: of all of it or its key, as it is or hashed."""
    whole = certificate.public_bytes(Encoding.DER)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    about = {"0": whole, "1": key}.get(selector, b"")
    if matching == "0":
        return about.hex()
    return _HASHES[matching](about).hexdigest() if matching in _HASHES else ""


def shown_by(host: Host, port: int = MAIL_PORT) -> tuple[Certificate, ...]:
    """Returns the chain of certificates that a server shows after STARTTLS, where it first answers. NotShown."""
    why = "no address"
    for address in host.addresses:
        try:
            with closing(smtplib.SMTP(address, port, socket.gethostname(), timeout=_SECONDS)) as server:
                return _after_starttls(server, host.name)
        except (OSError, smtplib.SMTPException, SSL.Error) as error:
            why = str(error) or type(error).__name__
    raise NotShown(why)


def _after_starttls(server: smtplib.SMTP, name: str) -> tuple[Certificate, ...]:
    server.ehlo_or_helo_if_needed()
    code, words = server.docmd("STARTTLS")
    if code != _READY or server.sock is None:
        raise smtplib.SMTPResponseException(code, words)
    tls = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), server.sock)  # verifies nothing: the records do
    tls.set_tlsext_host_name(name.encode("ascii"))
    tls.set_connect_state()
    _shake_hands(tls, server.sock)
    chain = tls.get_peer_cert_chain(as_cryptography=True)
    if not chain:
        raise smtplib.SMTPServerDisconnected("no certificate")
    return tuple(chain)


def _shake_hands(tls: SSL.Connection, sock: socket.socket) -> None:
    """A socket with a time limit does not wait by itself: OpenSSL says each time what it waits for."""
    until = monotonic() + _SECONDS
    while True:
        try:
            return tls.do_handshake()
        except SSL.WantReadError:
            left = until - monotonic()
            if left <= 0 or not select.select([sock], [], [], left)[0]:
                raise TimeoutError("no answer to the handshake") from None
