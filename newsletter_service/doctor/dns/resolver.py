"""Asks real name servers, by dnspython."""

from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.rdata
import dns.rdatatype
import dns.rdtypes.txtbase
import dns.resolver

from newsletter_service.doctor.dns.answers import Answer, State

_SECONDS = 5.0
_EDNS_BYTES = 1232


class BadNameServer(ValueError):
    """No resolver can be made; the message says why."""


class Resolver:
    """Asks the system's name servers, or one at `address`; an answer is asked for once."""

    def __init__(self, address: str = "", port: int = 53) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not address)
            if address:
                self._resolver.nameservers = [address]
        except (dns.exception.DNSException, ValueError, OSError) as error:
            raise BadNameServer(str(error)) from error
        self._resolver.port = port
        self._resolver.lifetime = _SECONDS
        self._resolver.use_edns(0, dns.flags.DO, _EDNS_BYTES)
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._known: dict[tuple[str, str], Answer] = {}

    def ask(self, name: str, kind: str) -> Answer:
        """Returns what is known of the records of `kind` at `name`."""
        asked = (name.lower().rstrip("."), kind)
        if asked not in self._known:
            self._known[asked] = self._asked(*asked)
        return self._known[asked]

    def _asked(self, name: str, kind: str) -> Answer:
        try:
            found = self._resolver.resolve(f"{name}.", kind, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return Answer(State.NONE)
        except (dns.exception.DNSException, ValueError, OSError):
            return Answer(State.FAILED)
        values = tuple(_text(one) for one in found.rrset or ())
        secure = bool(found.response.flags & dns.flags.AD)
        return Answer(State.FOUND if values else State.NONE, values, secure)


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return _joined(record.strings)
    return record.to_text().lower().rstrip(".")


def _joined(strings: Sequence[bytes]) -> str:
    return b"".join(strings).decode("utf-8", "replace")
