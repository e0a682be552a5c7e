"""What is wrong with a server's certificate, and until when one holds."""

import ssl
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """Why a certificate is not accepted, in words that end a line of a log."""

    EXPIRED = "the server's certificate has expired"
    NOT_YET_VALID = "the server's certificate does not hold yet"
    WRONG_HOST = "the server's certificate is for another host"
    UNKNOWN_AUTHORITY = "the server's certificate is signed by an unknown authority"
    REFUSED = "the server's certificate is not accepted"


# OpenSSL's X509_V_ERR_...; 18 to 21 are those of a chain that ends nowhere that is trusted.
_FAULTS = {
    9: Fault.NOT_YET_VALID,
    10: Fault.EXPIRED,
    18: Fault.UNKNOWN_AUTHORITY,
    19: Fault.UNKNOWN_AUTHORITY,
    20: Fault.UNKNOWN_AUTHORITY,
    21: Fault.UNKNOWN_AUTHORITY,
    62: Fault.WRONG_HOST,
    64: Fault.WRONG_HOST,
}


class Validity(NamedTuple):
    """The time in which a certificate holds; aware, UTC."""

    begins: datetime
    ends: datetime


def fault_of(error: BaseException | None) -> Fault | None:
    """Returns why a certificate was not accepted, where that is what `error`, or what led to it, is about."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return _FAULTS.get(error.verify_code, Fault.REFUSED)
        error = error.__cause__
    return None


def validity_of(sock: ssl.SSLSocket) -> Validity:
    """Returns until when the certificate holds that the other side has shown, and that was verified."""
    shown = sock.getpeercert() or {}
    begins, ends = (str(shown[name]) for name in ("notBefore", "notAfter"))
    return Validity(_moment(begins), _moment(ends))


def _moment(written: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(written), UTC)
