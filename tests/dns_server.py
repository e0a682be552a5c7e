"""A real name server on 127.0.0.1 that answers from zones as they are written in files."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.zone

_BYTES = 4096
_MOST_ALIASES = 5


@dataclass
class NameServer:
    """Answers from `zones`, over UDP; those of `signed` zones bear the mark of a resolver that checked signatures.

    Names at and below `silent` ones get no answer but that the server failed.
    """

    port: int
    zones: dict[dns.name.Name, dns.zone.Zone]
    signed: set[dns.name.Name]
    silent: set[dns.name.Name] = field(default_factory=set)

    def answer(self, request: bytes) -> bytes:
        """The reply to one question."""
        query = dns.message.from_wire(request)
        response = dns.message.make_response(query)
        question = query.question[0]
        if any(question.name.is_subdomain(one) for one in self.silent):
            response.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(response, question.name, question.rdtype, _MOST_ALIASES)
        return response.to_wire()

    def _fill(
        self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType, more: int
    ) -> None:
        origin = max((one for one in self.zones if name.is_subdomain(one)), key=len, default=None)
        if origin is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
            return
        if origin in self.signed:
            response.flags |= dns.flags.AD
        zone = self.zones[origin]
        if zone.get_node(name) is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
            return
        alias = zone.get_rrset(name, dns.rdatatype.CNAME)
        if alias is not None and kind != dns.rdatatype.CNAME and more:
            response.answer.append(alias)
            self._fill(response, alias[0].target, kind, more - 1)
        elif (found := zone.get_rrset(name, kind)) is not None:
            response.answer.append(found)


@contextmanager
def running_name_server(
    zones: Mapping[str, str], *, signed: tuple[str, ...] = (), silent: tuple[str, ...] = ()
) -> Iterator[NameServer]:
    """A server of these zones: their records by the name of each."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        read = {
            dns.name.from_text(name): dns.zone.from_text(text, name, relativize=False, check_origin=False)
            for name, text in zones.items()
        }
        names = ({dns.name.from_text(one) for one in several} for several in (signed, silent))
        server = NameServer(listening.getsockname()[1], read, *names)
        thread = threading.Thread(target=_serve, args=(listening, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.sendto(b"", listening.getsockname())
            thread.join()


def _serve(listening: socket.socket, server: NameServer) -> None:
    while True:
        request, client = listening.recvfrom(_BYTES)
        if not request:
            return
        listening.sendto(server.answer(request), client)
