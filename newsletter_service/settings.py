"""Settings of one running copy of the service, read from the environment once and then frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "only-for-the-demonstration-on-this-machine"  # noqa: S105  # it protects nothing

SmtpSecurity = Literal["none", "starttls", "tls"]
OnUncertain = Literal["resend", "hold"]
LogFormat = Literal["text", "json"]
TrustedProxy = IPv4Network | IPv6Network | Literal["unix"]


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
    metrics_token: str = ""
    log_format: LogFormat = "text"
    password_cost: PasswordCost = OWASP
    trusted_proxies: tuple[TrustedProxy, ...] = ()
    demo: bool = False
    instance_dir: Path = ROOT / "instance"
    templates_dir: Path = ROOT / "templates"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings from environment variables; raises SettingsError naming every problem at once."""
        reader = _Reader(os.environ if environ is None else environ)
        settings = _read(reader)
        if settings is None or reader.problems:
            raise SettingsError(reader.problems)
        return settings


class _Reader:
    """Takes values out of the environment and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def required(self, name: str, what: str, demo_value: str | None) -> str:
        value = self.text(name) or demo_value or ""
        if not value:
            self.problems.append(f"{name} is not set: {what}.")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        raw = self.text(name, str(default))
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.problems.append(f"{name} is {raw!r}: give a number from {low:g} to {high:g}.")
            return default
        return value


def _read(env: _Reader) -> Settings | None:
    demo = env.text("DEMO") in {"1", "true", "yes"}
    secret = env.required(
        "SECRET_KEY", "give a random text of at least 32 characters", DEMO_SECRET if demo else None
    )
    base_url = env.required(
        "BASE_URL",
        "give the address readers see, such as https://nieuwsbrief.example",
        "http://127.0.0.1:8000" if demo else None,
    ).rstrip("/")
    mail_from = env.required(
        "MAIL_FROM",
        "give the sender's address, such as redactie@nieuwsbrief.example",
        "redactie@veiligverbonden.example" if demo else None,
    )
    _check_secret(env, secret, demo)
    _check_base_url(env, base_url, demo)
    domain = _domain_of(env, "MAIL_FROM", mail_from)
    reply_to = env.text("REPLY_TO")
    _domain_of(env, "REPLY_TO", reply_to)
    security = env.text("SMTP_SECURITY", "none")
    if security not in ("none", "starttls", "tls"):
        env.problems.append(f"SMTP_SECURITY is {security!r}: give none, starttls or tls.")
    if env.text("SMTP_USERNAME") and security == "none":
        env.problems.append(
            "SMTP_USERNAME needs SMTP_SECURITY starttls or tls: a password never travels in the clear."
        )
    port = int(env.number("SMTP_PORT", 1025 if demo else 25, 1, 65535))
    connections = int(env.number("SMTP_CONNECTIONS", 4, 1, 1000))
    rate = env.number("SMTP_RATE", 0, 0, 1_000_000)
    domain_rate = env.number("SMTP_DOMAIN_RATE", 0, 0, 1_000_000)
    domain_connections = int(env.number("SMTP_DOMAIN_CONNECTIONS", 0, 0, 1000))
    letters_per_connection = int(env.number("SMTP_LETTERS_PER_CONNECTION", 1000, 0, 1_000_000))
    on_uncertain = env.text("SMTP_ON_UNCERTAIN", "resend")
    if on_uncertain not in ("resend", "hold"):
        env.problems.append(f"SMTP_ON_UNCERTAIN is {on_uncertain!r}: give resend or hold.")
    metrics_token = env.text("METRICS_TOKEN")
    if metrics_token and len(metrics_token) < 16:
        env.problems.append("METRICS_TOKEN is too short: give a random text of at least 16 characters.")
    log_format = env.text("LOG_FORMAT", "text")
    if log_format not in ("text", "json"):
        env.problems.append(f"LOG_FORMAT is {log_format!r}: give text or json.")
    proxies = _proxies(env)
    host = _smtp_host(env, demo)
    instance_dir = Path(env.text("INSTANCE_DIR", str(_default_instance_dir(demo)))).resolve()
    if env.problems:
        return None
    return Settings(
        secret_key=secret,
        base_url=base_url,
        mail_from=mail_from,
        reply_to=reply_to or mail_from,
        bounce_domain=env.text("BOUNCE_DOMAIN", domain),
        database_url=_database_url(env.text("DATABASE_URL"), instance_dir),
        smtp_host=host,
        smtp_port=port,
        smtp_security=security,  # type: ignore[arg-type]  # checked above
        smtp_username=env.text("SMTP_USERNAME"),
        smtp_password=env.text("SMTP_PASSWORD"),
        smtp_connections=connections,
        smtp_rate=rate,
        smtp_domain_rate=domain_rate,
        smtp_domain_connections=domain_connections,
        smtp_letters_per_connection=letters_per_connection,
        smtp_on_uncertain=on_uncertain,  # type: ignore[arg-type]  # checked above
        smtp_ca_file=env.text("SMTP_CA_FILE"),
        metrics_token=metrics_token,
        log_format=log_format,  # type: ignore[arg-type]  # checked above
        trusted_proxies=tuple(proxies),
        demo=demo,
        instance_dir=instance_dir,
    )


def _default_instance_dir(demo: bool) -> Path:
    """The demonstration keeps to a folder of its own: what it invents never lies where real readers would."""
    return ROOT / "instance" / "demo" if demo else ROOT / "instance"


def _proxies(env: _Reader) -> list[TrustedProxy]:
    found: list[TrustedProxy] = []
    for name in env.text("TRUSTED_PROXIES").replace(",", " ").split():
        try:
            found.append("unix" if name == "unix" else ip_network(name))
        except ValueError:
            env.problems.append(
                f"TRUSTED_PROXIES names {name!r}: give addresses or networks, such as 127.0.0.1 10.0.0.0/8, or unix."
            )
    return found


def _smtp_host(env: _Reader, demo: bool) -> str:
    host = env.text("SMTP_HOST", "127.0.0.1")
    if demo and not _is_loopback(host):
        env.problems.append(
            "DEMO sends to its own mail catcher only: SMTP_HOST must be 127.0.0.1 or localhost."
        )
    return host


def _check_secret(env: _Reader, secret: str, demo: bool) -> None:
    if secret == DEMO_SECRET and not demo:
        env.problems.append("SECRET_KEY is the one of the demonstration: give one of your own.")
    elif secret and not demo and len(secret) < 32:
        env.problems.append("SECRET_KEY is too short: give a random text of at least 32 characters.")


def _check_base_url(env: _Reader, base_url: str, demo: bool) -> None:
    if not base_url:
        return
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        env.problems.append(
            f"BASE_URL is {base_url!r}: give a full address, such as https://nieuwsbrief.example."
        )
    elif demo and not _is_loopback(parts.hostname):
        env.problems.append("DEMO runs on this machine only: BASE_URL must lie on 127.0.0.1 or localhost.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _domain_of(env: _Reader, name: str, address: str) -> str:
    local, at, domain = address.rpartition("@")
    if address and (not at or not local or not domain or any(c.isspace() or c in '<>",' for c in address)):
        env.problems.append(f"{name} is {address!r}: give one bare mail address.")
    return domain


def _database_url(raw: str, instance_dir: Path) -> str:
    if not raw:
        return f"sqlite:///{instance_dir / 'newsletter.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if raw.startswith(prefix):
            return "postgresql+psycopg://" + raw.removeprefix(prefix)
    return raw
