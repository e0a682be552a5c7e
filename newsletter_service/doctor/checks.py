"""Looks at one thing after the other: sees, has the rules judge, and goes on whatever it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from newsletter_service.clock import utc_now
from newsletter_service.doctor import dane, machine, rules, servers
from newsletter_service.doctor.dns.answers import Dns
from newsletter_service.doctor.dns.facts import Names, Questions
from newsletter_service.doctor.dns.rules import judge
from newsletter_service.doctor.facts import DatabaseFacts
from newsletter_service.doctor.findings import Area, Finding, Level
from newsletter_service.environment import misspelt
from newsletter_service.health import probes
from newsletter_service.hosts import is_address, is_here
from newsletter_service.mail_settings import smtp_server
from newsletter_service.settings import Settings, SettingsError, known_names
from newsletter_service.subscriptions.domains.rules import registered_domain


@dataclass
class Check:
    """What is looked at: an environment, addresses that letters are known to leave from, and whom to ask for names."""

    environ: Mapping[str, str]
    senders: tuple[str, ...]
    dns: Dns
    _seen: DatabaseFacts | None = field(default=None, init=False)

    @cached_property
    def problems(self) -> list[str]:
        """What keeps the settings from working."""
        return [] if isinstance(self._read, Settings) else self._read.problems

    def look(self, area: Area) -> Iterator[Finding]:
        """Yields what is wrong there; nothing where settings would be needed that cannot work."""
        if area is Area.SETTINGS:
            yield from rules.of_settings(self.problems, misspelt(self.environ, known_names()))
        if isinstance(self._read, Settings):
            yield from _LOOKS[area](self, self._read)

    @cached_property
    def _read(self) -> Settings | SettingsError:
        try:
            return Settings.from_env(self.environ)
        except SettingsError as error:
            return error

    def of_settings(self, settings: Settings) -> Iterator[Finding]:
        """Whether what works is wise, too."""
        host = _host_of(settings.base_url)
        yield from rules.of_base_url(settings.base_url, on_this_machine=is_here(host))

    def of_files(self, settings: Settings) -> Iterator[Finding]:
        """Whose the files are."""
        yield from rules.of_files(machine.files(settings))

    def of_database(self, settings: Settings) -> Iterator[Finding]:
        """Whether the database can be worked with."""
        yield from rules.of_database(self._database(settings))

    def of_clock(self, settings: Settings) -> Iterator[Finding]:
        """Whether the clock is right, as far as that shows without asking the network."""
        yield from rules.of_clock(machine.clock(), self._database(settings))

    def of_smtp(self, settings: Settings) -> Iterator[Finding]:
        """Whether letters can be handed in."""
        yield from rules.of_smtp(servers.smtp(smtp_server(settings)), utc_now())

    def of_mailbox(self, settings: Settings) -> Iterator[Finding]:
        """Whether what comes back can be read."""
        server = settings.bounce_mailbox
        yield from rules.of_mailbox(None if server is None else servers.mailbox(server))

    def of_site(self, settings: Settings) -> Iterator[Finding]:
        """Whether browsers accept the certificate of the site."""
        yield from rules.of_site(probes.web(settings.base_url), utc_now())

    def of_dns(self, settings: Settings) -> Iterator[Finding]:
        """What the world thinks of our domains; a demonstration has none."""
        if settings.demo:
            return
        names = _names(settings, self.senders or servers.sending_addresses(settings.smtp_host))
        facts = Questions(self.dns, names).facts()
        yield from judge(facts, names)
        hosts = {host.name: host for domain in facts.domains for host in domain.mail_hosts or ()}
        yield from dane.of_hosts(host for host in hosts.values() if host.is_public)
        if not names.senders:
            yield Finding(Area.DNS, "sender_unknown", Level.NOTE)

    def _database(self, settings: Settings) -> DatabaseFacts:
        if self._seen is None:
            self._seen = machine.database(settings)
        return self._seen


_LOOKS: dict[Area, Callable[[Check, Settings], Iterator[Finding]]] = {
    Area.SETTINGS: Check.of_settings,
    Area.FILES: Check.of_files,
    Area.DATABASE: Check.of_database,
    Area.CLOCK: Check.of_clock,
    Area.SMTP: Check.of_smtp,
    Area.MAILBOX: Check.of_mailbox,
    Area.SITE: Check.of_site,
    Area.DNS: Check.of_dns,
}


def _names(settings: Settings, senders: tuple[str, ...]) -> Names:
    mail, bounce = settings.mail_from.rpartition("@")[2].lower(), settings.bounce_domain.lower()
    web = _host_of(settings.base_url)
    return Names(
        mail=mail,
        mail_root=registered_domain(mail),
        bounce=bounce,
        bounce_root=registered_domain(bounce),
        web="" if is_address(web) or is_here(web) else web,
        web_root=registered_domain(web),
        selector=settings.dkim_selector,
        senders=senders,
    )


def _host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
