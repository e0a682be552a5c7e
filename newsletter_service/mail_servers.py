"""Which mail servers the service uses, as the environment names them: for letters, and for bounces."""

import ssl
from typing import Literal

from newsletter_service.environment import Environment
from newsletter_service.hosts import is_here
from newsletter_service.imap import ImapSecurity, ImapServer

SmtpSecurity = Literal["none", "starttls", "tls"]


def read_smtp_host(env: Environment, demo: bool) -> str:
    """Returns the server that letters are handed to; the demonstration has one on this machine only."""
    host = env.host("SMTP_HOST", "127.0.0.1")
    if demo and not is_here(host):
        env.problems.append(
            "DEMO sends to its own mail catcher only: SMTP_HOST must be 127.0.0.1 or localhost."
        )
    return host


def read_smtp_security(env: Environment) -> tuple[SmtpSecurity, str, str]:
    """Returns how it is spoken to, and who signs in there: security, user name and password."""
    security: SmtpSecurity = env.choice("SMTP_SECURITY", "none", "starttls", "tls")
    username, password = env.text("SMTP_USERNAME"), env.text("SMTP_PASSWORD")
    if username and security == "none":
        env.problems.append(
            "SMTP_USERNAME needs SMTP_SECURITY starttls or tls: a password never travels in the clear."
        )
    if bool(username) != bool(password):
        given, missing = (
            ("SMTP_USERNAME", "SMTP_PASSWORD") if username else ("SMTP_PASSWORD", "SMTP_USERNAME")
        )
        env.problems.append(f"{given} needs {missing}: give both, or neither.")
    if not (username + password).isascii():
        env.problems.append("SMTP_USERNAME and SMTP_PASSWORD must be ASCII.")
    return security, username, password


def read_ca_file(env: Environment) -> str:
    """Returns the file with the certificates that are trusted instead of the system's, "" if none is given."""
    file = env.text("SMTP_CA_FILE")
    try:
        if file:
            ssl.create_default_context(cafile=file)
    except OSError as error:
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        env.problems.append(f"SMTP_CA_FILE is {file!r}, which cannot be used: {why}.")
    return file


def read_bounce_mailbox(env: Environment, demo: bool) -> ImapServer | None:
    """Returns the mailbox that bounces come to, if there is one."""
    host = env.host("BOUNCE_IMAP_HOST")
    if not host:
        _refuse_settings_of_no_mailbox(env)
        return None
    security: ImapSecurity = env.choice("BOUNCE_IMAP_SECURITY", "tls", "starttls", "none")
    if security == "none" and not is_here(host):
        env.problems.append(
            "BOUNCE_IMAP_SECURITY none is for a server on this machine: a password never travels in the clear."
        )
    if demo and not is_here(host):
        env.problems.append(
            "DEMO reads no mailbox elsewhere: BOUNCE_IMAP_HOST must be 127.0.0.1 or localhost."
        )
    return ImapServer(
        host,
        env.whole("BOUNCE_IMAP_PORT", 993 if security == "tls" else 143, 1, 65535),
        security,
        env.required("BOUNCE_IMAP_USERNAME", "give the account that reads the mailbox for bounces", None),
        env.required("BOUNCE_IMAP_PASSWORD", "give the password of that account", None),
        env.text("BOUNCE_IMAP_FOLDER", "INBOX"),
    )


def _refuse_settings_of_no_mailbox(env: Environment) -> None:
    for name in ("PORT", "SECURITY", "USERNAME", "PASSWORD", "FOLDER"):
        if env.text(f"BOUNCE_IMAP_{name}"):
            env.problems.append(f"BOUNCE_IMAP_{name} needs BOUNCE_IMAP_HOST: give that server too.")
