"""TLSA records are held against the certificate that a real server shows."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_pem_x509_certificate

from newsletter_service.doctor import dane
from newsletter_service.doctor.dns.answers import Answer, State
from newsletter_service.doctor.dns.facts import Host
from newsletter_service.doctor.findings import Finding
from newsletter_service.doctor.texts.sentences import sentence
from tests.certificates import Authority, make_authority
from tests.conftest import CLOSED_PORT
from tests.smtp_server import running_smtp_server

LONG = timedelta(days=60)
NAME = "mail.nieuwsbrief.example"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


def host(*records: str, secure: bool = True, addresses: tuple[str, ...] = ("127.0.0.1",)) -> Host:
    return Host(NAME, addresses, tlsa=Answer(State.FOUND, records, secure))


def key_of(certificate: Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_records_are_held_against_what_the_server_shows(authority: Authority, tmp_path: Path) -> None:
    with running_smtp_server(authority.context(tmp_path, ends=LONG)) as server:

        def found(*records: str, secure: bool = True) -> list[Finding]:
            return list(dane.of_hosts([host(*records, secure=secure)], server.port))

        (shown, *_above) = dane.shown_by(host(), server.port)
        right = f"3 0 1 {shown.fingerprint(SHA256()).hex()}"
        wrong = f"3 1 1 {'ab' * 32}"
        assert found(right) == found(wrong, right) == []
        (finding,) = found(wrong, f"1 0 1 {shown.fingerprint(SHA256()).hex()}")
        assert (finding.code, finding.subject) == ("dane_mismatch", NAME)
        assert NAME in sentence(finding, "nl")
        assert finding.put is not None
        assert found(finding.put.line.partition(" IN TLSA ")[2]) == []
        assert found(wrong, secure=False) == found() == []


def test_each_way_to_say_it_fits_the_certificate_that_it_is_about(
    authority: Authority, tmp_path: Path
) -> None:
    with running_smtp_server(authority.context(tmp_path, ends=LONG)) as server:
        (own,) = dane.shown_by(host(), server.port)[:1]
    above = load_pem_x509_certificate(authority.file.read_bytes())
    for usage, one in (("3", own), ("2", above)):
        whole, key = one.public_bytes(Encoding.DER).hex(), key_of(one).hex()
        said = (f"0 0 {whole}", f"1 0 {key}", f"0 1 {one.fingerprint(SHA256()).hex()}",
                f"0 2 {one.fingerprint(SHA512()).hex()}")  # fmt: skip
        for words in said:
            assert dane.fits(f"{usage} {words}", (own, above))
            assert dane.fits(f"{usage} {words[:20].upper()} {words[20:]}", (own, above))
            assert not dane.fits(f"{usage} {words}", (above, own))
            assert not dane.fits(f"{usage} {words[:-1]}{'0' if words[-1] != '0' else '1'}", (own, above))
    assert not dane.fits("3 1 9 ", (own, above))
    assert not dane.fits(f"3 7 0 {own.public_bytes(Encoding.DER).hex()}", (own, above))


@pytest.mark.parametrize(
    "addresses", [(), ("127.0.0.1",), ("192.0.2.1",), ("10.1.2.3",), ("203.0.114.1", "2001:db8::1")]
)
def test_only_servers_that_the_world_can_reach_are_asked(addresses: tuple[str, ...]) -> None:
    assert not host(addresses=addresses).is_public
    assert host(addresses=("203.0.114.1",)).is_public


def test_a_server_that_shows_no_certificate_is_said_and_its_other_addresses_are_tried(
    authority: Authority, tmp_path: Path
) -> None:
    record = f"3 1 1 {'ab' * 32}"
    (unseen,) = dane.of_hosts([host(record)], CLOSED_PORT)
    assert unseen.code == "dane_unseen"
    with running_smtp_server() as plain:
        (unseen,) = dane.of_hosts([host(record)], plain.port)
        assert unseen.code == "dane_unseen"
    with running_smtp_server(authority.context(tmp_path, ends=LONG)) as server:
        both = host(record, addresses=("127.0.0.77", "127.0.0.1"))
        assert [one.code for one in dane.of_hosts([both], server.port)] == ["dane_mismatch"]
