"""Certificates for servers of the tests, as their authority signs them: also those that nobody should accept."""

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from newsletter_service.clock import utc_now

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Authority:
    """Who signs; `file` is what has to be trusted for that."""

    name: x509.Name
    key: EllipticCurvePrivateKey
    file: Path

    def context(
        self, folder: Path, *, host: str = HOST, begins: timedelta = -timedelta(days=30), ends: timedelta
    ) -> ssl.SSLContext:
        """What a server for `host` needs, with a certificate that holds from and until so long from now."""
        key, now = generate_private_key(SECP256R1()), utc_now()
        unsigned = _for(_name(host), self.name, key, now + begins, now + ends)
        named = x509.SubjectAlternativeName([_general_name(host)])
        signed = unsigned.add_extension(named, critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        file = folder / "server.pem"
        file.write_bytes(_pem(key) + signed.sign(self.key, SHA256()).public_bytes(Encoding.PEM))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context


def make_authority(folder: Path) -> Authority:
    """An authority of its own, with a certificate to trust in a file."""
    key, now = generate_private_key(SECP256R1()), utc_now()
    name = _name("Een proefuitgever")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    unsigned = (
        _for(name, name, key, now - timedelta(days=90), now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    file = folder / "authority.pem"
    file.write_bytes(unsigned.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return Authority(name, key, file)


def _for(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
