"""What is wrong with settings, files, database, clock and servers, judged on what was seen. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from newsletter_service.doctor.facts import ClockFacts, DatabaseFacts, FileFacts, ServerFacts
from newsletter_service.doctor.findings import Area, Finding, Level, Place, Put
from newsletter_service.environment import Misspelt
from newsletter_service.health.rules import Server, is_about_to_end
from newsletter_service.smtp.certificates import Fault
from newsletter_service.smtp.replies import Phase

_CLOCK_MAY_DIFFER = timedelta(seconds=2)
_CLOCK_IS_WRONG = timedelta(seconds=30)
_FAULTS = {
    Fault.EXPIRED: "tls_expired",
    Fault.NOT_YET_VALID: "tls_not_yet_valid",
    Fault.WRONG_HOST: "tls_wrong_host",
    Fault.UNKNOWN_AUTHORITY: "tls_unknown_authority",
    Fault.REFUSED: "tls_refused",
}


def of_settings(problems: Iterable[str], names: Iterable[Misspelt]) -> Iterator[Finding]:
    """Settings that cannot work, and names that look like one."""
    for line in problems:
        yield Finding(Area.SETTINGS, "setting", Level.ERROR, line.partition(" ")[0], {"line": line})
    for name in names:
        put = Put(Place.SETTINGS, f"{name.meant}=…") if name.meant else None
        code = "misspelt" if name.meant else "unknown_name"
        yield Finding(Area.SETTINGS, code, Level.WARNING, name.given, {"meant": name.meant}, put)


def of_base_url(base_url: str, *, on_this_machine: bool) -> Iterator[Finding]:
    """Whether readers come over TLS."""
    if base_url.startswith("http://") and not on_this_machine:
        put = Put(Place.SETTINGS, f"BASE_URL=https://{base_url.removeprefix('http://')}")
        yield Finding(Area.SETTINGS, "no_https", Level.ERROR, "BASE_URL", {}, put)


def of_files(files: Iterable[FileFacts]) -> Iterator[Finding]:
    """Whether files belong to the account that runs this, and to nobody else."""
    for file in files:
        path, mode = str(file.path), "700" if file.is_folder else "600"
        if not file.there:
            put = Put(Place.SHELL, f"install -d -m 700 {path}")
            yield Finding(Area.FILES, "no_folder", Level.ERROR, path, {}, put)
            continue
        if file.open_to_others:
            put = Put(Place.SHELL, f"chmod {mode} {path}")
            yield Finding(Area.FILES, "open_to_others", Level.ERROR, path, {}, put)
        if not file.writable:
            yield Finding(Area.FILES, "not_writable", Level.ERROR, path, {"owner": file.owner})
        elif not file.ours:
            yield Finding(Area.FILES, "not_ours", Level.WARNING, path, {"owner": file.owner})


def of_database(seen: DatabaseFacts) -> Iterator[Finding]:
    """Whether the database answers, has our tables, and goes with our key."""
    values = {"found": seen.found, "wanted": seen.wanted, "words": seen.away}
    upgrade = Put(Place.SHELL, "newsletter db upgrade")
    if seen.away:
        yield Finding(Area.DATABASE, "away", Level.ERROR, "", values)
    elif not seen.found:
        yield Finding(Area.DATABASE, "empty", Level.ERROR, "", values, upgrade)
    elif seen.found < seen.wanted:
        yield Finding(Area.DATABASE, "older", Level.ERROR, "", values, upgrade)
    elif seen.found > seen.wanted:
        yield Finding(Area.DATABASE, "newer", Level.ERROR, "", values)
    elif not seen.key_fits:
        yield Finding(Area.DATABASE, "wrong_key", Level.ERROR, "", values)


def of_clock(clock: ClockFacts, seen: DatabaseFacts) -> Iterator[Finding]:
    """Whether the clock goes with the database's, with what was written before, and is kept by somebody."""
    ahead = seen.clock_ahead or timedelta()
    if abs(ahead) > _CLOCK_MAY_DIFFER:
        level = Level.ERROR if abs(ahead) > _CLOCK_IS_WRONG else Level.WARNING
        yield Finding(Area.CLOCK, "differs", level, "", {"seconds": round(abs(ahead).total_seconds())})
    if seen.newest is not None and seen.newest > clock.now + _CLOCK_IS_WRONG:
        yield Finding(
            Area.CLOCK, "behind", Level.ERROR, "", {"newest": seen.newest.isoformat(" ", "minutes")}
        )
    if clock.kept is False:
        put = Put(Place.SHELL, "timedatectl set-ntp true")
        yield Finding(Area.CLOCK, "not_kept", Level.WARNING, "", {}, put)


def of_smtp(server: ServerFacts, now: datetime) -> Iterator[Finding]:
    """Whether letters can be handed in."""
    yield from _trouble(server, Area.SMTP)
    if server.plain and not server.on_this_machine:
        put = Put(Place.SETTINGS, "SMTP_SECURITY=starttls")
        yield Finding(Area.SMTP, "plain", Level.WARNING, server.server, {}, put)
    if server.validity is not None and is_about_to_end(server.validity, now):
        values = {"ends": server.validity.ends.date().isoformat()}
        yield Finding(Area.SMTP, "certificate_ends", Level.WARNING, server.server, values)


def of_site(site: Server | None, now: datetime) -> Iterator[Finding]:
    """Whether browsers accept the site's certificate."""
    if site is None:
        yield Finding(Area.SITE, "site_unseen", Level.NOTE, "BASE_URL")
    elif site.trouble:
        values = {"words": site.trouble}
        yield Finding(Area.SITE, _FAULTS[Fault(site.trouble)], Level.ERROR, site.name, values)
    elif site.validity is not None and is_about_to_end(site.validity, now):
        values = {"ends": site.validity.ends.date().isoformat()}
        yield Finding(Area.SITE, "certificate_ends", Level.WARNING, site.name, values)


def of_mailbox(server: ServerFacts | None) -> Iterator[Finding]:
    """Whether what comes back can be read."""
    if server is None:
        put = Put(Place.SETTINGS, "BOUNCE_IMAP_HOST=…")
        yield Finding(Area.MAILBOX, "no_mailbox", Level.NOTE, "", {}, put)
    else:
        yield from _trouble(server, Area.MAILBOX)


def _trouble(server: ServerFacts, area: Area) -> Iterator[Finding]:
    values = {"words": server.trouble}
    if server.fault is not None:
        yield Finding(area, _FAULTS[server.fault], Level.ERROR, server.server, values)
    elif server.lacks_starttls:
        yield Finding(area, "no_starttls", Level.ERROR, server.server, values)
    elif server.trouble and server.phase is Phase.AUTH:
        yield Finding(area, "password", Level.ERROR, server.server, values)
    elif server.trouble:
        yield Finding(area, "unreachable", Level.ERROR, server.server, values)
