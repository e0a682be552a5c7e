"""What the tests of mail on the wire share: a certificate."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.required import missing


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {cert} -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,digitalSignature,keyCertSign"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
