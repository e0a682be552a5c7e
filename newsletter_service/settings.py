"""Settings of one running copy of the service, read from the environment once and then frozen."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from newsletter_service import retention
from newsletter_service.backups.rules import KeysIn, NightlyBackup
from newsletter_service.budgets.rules import USUAL_LIMITS, FormLimits
from newsletter_service.environment import Environment
from newsletter_service.files.locations import CHECKOUT
from newsletter_service.hosts import is_here
from newsletter_service.identity_provider import IdentityProvider, read_identity_provider
from newsletter_service.imap import ImapServer
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.mail_servers import (
    SmtpSecurity,
    read_bounce_mailbox,
    read_ca_file,
    read_smtp_host,
    read_smtp_security,
)

DEMO_SECRET = "only-for-the-demonstration-on-this-machine"  # noqa: S105  # it protects nothing

OnUncertain = Literal["resend", "hold"]
LogFormat = Literal["text", "json"]
TrustedProxy = IPv4Network | IPv6Network | Literal["unix"]


_AGE_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_BAD_PORT = re.compile(r"(\[[^\]]*\]|[^:/?\[]*):(?!\d*([/?]|$))")


class PasswordCost(NamedTuple):
    """What argon2id spends on one password: memory in KiB, passes over it, and lanes beside each other."""

    memory: int
    passes: int
    lanes: int


OWASP = PasswordCost(memory=19456, passes=2, lanes=1)
"""25 ms of one processor; RFC 9106 asks for 180 of all, and a few guessers would leave nothing for others."""


class SettingsError(Exception):
    """The environment does not describe a working service; `problems` holds one clear line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """All that may differ between two running copies of the service."""

    secret_key: str
    base_url: str
    mail_from: str
    reply_to: str
    bounce_domain: str
    database_url: str
    instance_dir: Path
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: SmtpSecurity = "none"
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_connections: int = 4
    smtp_rate: float = 0.0
    smtp_domain_rate: float = 0.0
    smtp_domain_connections: int = 0
    smtp_letters_per_connection: int = 1000
    smtp_on_uncertain: OnUncertain = "resend"
    smtp_ca_file: str = ""
    bounce_mailbox: ImapServer | None = None
    metrics_token: str = ""
    log_format: LogFormat = "text"
    password_cost: PasswordCost = OWASP
    trusted_proxies: tuple[TrustedProxy, ...] = ()
    demo: bool = False
    secret_key_fallbacks: tuple[str, ...] = ()
    suppression_key: str = ""
    form_limits: FormLimits = USUAL_LIMITS
    dkim_selector: str = ""
    nightly_backup: NightlyBackup | None = None
    second_factor_required: bool = False
    identity_provider: IdentityProvider | None = None

    @property
    def keys(self) -> SecretKeys:
        """The secret key, and those that came before it."""
        return SecretKeys(self.secret_key, self.secret_key_fallbacks)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings from environment variables; raises SettingsError naming all problems together."""
        reader = Environment(os.environ if environ is None else environ)
        settings = _read(reader)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings


def known_names() -> frozenset[str]:
    """Returns the names of all settings that there are."""
    reader = Environment({})
    _read(reader)
    return frozenset(reader.names)


def _read(env: Environment) -> Settings:
    """Whatever the environment says, also where the reader had to note that it cannot work."""
    demo = env.text("DEMO") in {"1", "true", "yes"}
    secret_key, base_url, mail_from = _secret_key(env, demo), _base_url(env, demo), _mail_from(env, demo)
    instance_dir = _instance_dir(env, demo)
    security, username, password = read_smtp_security(env)
    return Settings(
        secret_key=secret_key,
        base_url=base_url,
        mail_from=mail_from,
        reply_to=env.address("REPLY_TO", env.text("REPLY_TO")) or mail_from,
        bounce_domain=env.domain("BOUNCE_DOMAIN", mail_from.rpartition("@")[2]),
        database_url=_database_url(env, instance_dir),
        instance_dir=instance_dir,
        smtp_host=read_smtp_host(env, demo),
        smtp_port=env.whole("SMTP_PORT", 1025 if demo else 25, 1, 65535),
        smtp_security=security,
        smtp_username=username,
        smtp_password=password,
        smtp_connections=env.whole("SMTP_CONNECTIONS", 4, 1, 1000),
        smtp_rate=env.number("SMTP_RATE", 0, 0, 1_000_000),
        smtp_domain_rate=env.number("SMTP_DOMAIN_RATE", 0, 0, 1_000_000),
        smtp_domain_connections=env.whole("SMTP_DOMAIN_CONNECTIONS", 0, 0, 1000),
        smtp_letters_per_connection=env.whole("SMTP_LETTERS_PER_CONNECTION", 1000, 0, 1_000_000),
        smtp_on_uncertain=env.choice("SMTP_ON_UNCERTAIN", "resend", "hold"),
        smtp_ca_file=read_ca_file(env),
        bounce_mailbox=read_bounce_mailbox(env, demo),
        metrics_token=_metrics_token(env),
        log_format=env.choice("LOG_FORMAT", "text", "json"),
        trusted_proxies=tuple(_proxies(env)),
        demo=demo,
        secret_key_fallbacks=tuple(
            _long_enough(env, "SECRET_KEY_FALLBACKS", key, demo) for key in env.listed("SECRET_KEY_FALLBACKS")
        ),
        suppression_key=_long_enough(
            env, "SUPPRESSION_KEY", env.text("SUPPRESSION_KEY", DEMO_SECRET if demo else ""), demo
        ),
        form_limits=_form_limits(env),
        dkim_selector=env.domain("DKIM_SELECTOR"),
        nightly_backup=_nightly_backup(env),
        identity_provider=read_identity_provider(env),
        second_factor_required=_second_factor_required(env, demo),
    )


def _nightly_backup(env: Environment) -> NightlyBackup | None:
    """Backups of each night, if they are wanted: encrypted, unless it is said that they are not to be."""
    folder = env.text("BACKUP_DIR")
    if not folder:
        for name in ("RECIPIENTS", "DAYS", "KEYS"):
            if env.text(f"BACKUP_{name}"):
                env.problems.append(f"BACKUP_{name} needs BACKUP_DIR: give that folder too.")
        return None
    recipients = env.listed("BACKUP_RECIPIENTS")
    if not recipients:
        env.problems.append("BACKUP_RECIPIENTS is not set: give recipients of age (age1…), or `unencrypted`.")
    for one in recipients:
        if one != "unencrypted" and not _AGE_RECIPIENT.fullmatch(one):
            # Another line of age-keygen than that of the recipient is the secret key, which no log may bear.
            named = repr(one) if one.startswith("age1") else "something else"
            env.problems.append(f"BACKUP_RECIPIENTS names {named}: give recipients of age, such as age1….")
    keys: KeysIn = env.choice("BACKUP_KEYS", "none", "together")
    return NightlyBackup(
        folder=Path(folder).resolve(),
        recipients=tuple(one for one in recipients if one != "unencrypted"),
        days=env.whole("BACKUP_DAYS", 14, 1, 3650),
        keys=keys,
    )


def _second_factor_required(env: Environment, demo: bool) -> bool:
    options = ("optional", "required") if demo else ("required", "optional")
    return env.choice("SECOND_FACTOR", *options) == "required"


def _form_limits(env: Environment) -> FormLimits:
    usual = USUAL_LIMITS
    return FormLimits(
        mailbox_daily=env.whole("FORM_MAILBOX_DAILY", usual.mailbox_daily, 1, retention.BUDGETS.days),
        domain_hourly=env.whole("FORM_DOMAIN_HOURLY", usual.domain_hourly, 1, 1_000_000),
        network_hourly=env.whole("FORM_NETWORK_HOURLY", usual.network_hourly, 1, 1_000_000),
        hourly=env.whole("FORM_HOURLY", usual.hourly, 1, 1_000_000),
        seconds=env.whole("FORM_SECONDS", usual.seconds, 0, 60),
    )


def _secret_key(env: Environment, demo: bool) -> str:
    key = env.required(
        "SECRET_KEY", "give a random text of at least 32 characters", DEMO_SECRET if demo else None
    )
    return _long_enough(env, "SECRET_KEY", key, demo)


def _long_enough(env: Environment, name: str, key: str, demo: bool) -> str:
    if key == DEMO_SECRET and not demo:
        env.problems.append(f"{name} is the one of the demonstration: give one of your own.")
    elif key and not demo and len(key) < 32:
        env.problems.append(f"{name} is too short: give a random text of at least 32 characters.")
    return key


def _base_url(env: Environment, demo: bool) -> str:
    url = env.required(
        "BASE_URL",
        "give the address readers see, such as https://nieuwsbrief.example",
        "http://127.0.0.1:8000" if demo else None,
    ).rstrip("/")
    host = _host_of(url)
    if url and not host:
        env.problems.append(f"BASE_URL is {url!r}: give a full address, such as https://nieuwsbrief.example.")
    elif demo and not is_here(host):
        env.problems.append("DEMO runs on this machine only: BASE_URL must lie on 127.0.0.1 or localhost.")
    return url


def _mail_from(env: Environment, demo: bool) -> str:
    address = env.required(
        "MAIL_FROM",
        "give the sender's address, such as redactie@nieuwsbrief.example",
        "redactie@veiligverbonden.example" if demo else None,
    )
    return env.address("MAIL_FROM", address)


def _instance_dir(env: Environment, demo: bool) -> Path:
    """Where data lie; the demonstration keeps what it invents apart from where real readers would be.

    Data never depend on the folder that somebody happens to type a command in: an installed service must be told.
    """
    near = (CHECKOUT or Path.cwd()) / "instance"
    default = str(near / "demo") if demo else str(near) if CHECKOUT else None
    return Path(
        env.required("INSTANCE_DIR", "give the folder for its data, such as /var/lib/newsletter", default)
    ).resolve()


def _metrics_token(env: Environment) -> str:
    token = env.text("METRICS_TOKEN")
    if token and len(token) < 16:
        env.problems.append("METRICS_TOKEN is too short: give a random text of at least 16 characters.")
    return token


def _proxies(env: Environment) -> list[TrustedProxy]:
    found: list[TrustedProxy] = []
    for name in env.listed("TRUSTED_PROXIES"):
        try:
            found.append("unix" if name == "unix" else ip_network(name))
        except ValueError:
            env.problems.append(
                f"TRUSTED_PROXIES names {name!r}: give addresses or networks, such as 127.0.0.1 10.0.0.0/8, or unix."
            )
    return found


def _host_of(url: str) -> str:
    """Returns the host in a full web address, "" if it is none."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:  # brackets without an address in them, a port that is no number
        return ""
    return (parts.hostname or "") if fits else ""


def _database_url(env: Environment, instance_dir: Path) -> str:
    """Where the database is; what is wrong with it is said without it, as a password may stand in it."""
    scheme, _, place = env.text("DATABASE_URL", "sqlite:///newsletter.sqlite3").partition("://")
    if scheme == "sqlite" and len(place) > 1 and place.startswith("/"):
        return f"sqlite:///{instance_dir / place[1:]}"
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        if _BAD_PORT.match(place.rpartition("@")[2]):
            env.problems.append("DATABASE_URL has a port that is no number.")
        return f"postgresql+psycopg://{place}"
    env.problems.append(
        "DATABASE_URL is not a database that we know: give a file of SQLite, such as "
        "sqlite:////var/lib/newsletter/newsletter.sqlite3, or postgresql://user:password@host/name."
    )
    return ""
