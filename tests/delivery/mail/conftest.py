"""What the tests of mail on the wire share: a certificate."""

import ssl
from pathlib import Path

import pytest


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
