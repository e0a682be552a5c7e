"""`newsletter backup FILE` and `newsletter restore FILE`"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsletter_service.backups import service
from newsletter_service.backups.rules import Manifest, what_will_not_work
from newsletter_service.backups.sealing import Opener, Seal, identities_in, passphrase_in, recipient
from newsletter_service.clock import utc_now
from newsletter_service.db import open_engine
from newsletter_service.errors import NewsletterError
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.keys.suppression_key import key_in
from newsletter_service.safekeeping.upgrading import upgrader
from newsletter_service.schema import upgrade_needed
from newsletter_service.settings import Settings
from newsletter_service.staff.service import record_command
from newsletter_service.startup import start, start_without_key

_FILE = click.Path(path_type=Path, dir_okay=False)
_MOMENT = "%Y-%m-%d %H:%M:%S UTC"
_passphrase_file = click.option(
    "--passphrase-file", type=_FILE, help="The passphrase is the first line of this file."
)
_identity = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A file of age-keygen, for what was encrypted to its recipient; - for standard input.",
)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--recipient", "recipients", multiple=True, help="Encrypt to this recipient of age, age1….")
@_passphrase_file
@click.option("--unencrypted", is_flag=True, help="Do not encrypt: whoever reads the file knows all readers.")
@click.option(
    "--keys",
    default="none",
    show_default=True,
    help="Where the keys go: none, together, or a file of their own.",
)
@click.option("--verify", is_flag=True, help="Write nothing; say whether FILE is whole, and what is in it.")
@_identity
def backup(
    file: Path,
    recipients: tuple[str, ...],
    passphrase_file: Path | None,
    unencrypted: bool,
    keys: str,
    verify: bool,
    identity: Path | None,
) -> None:
    """Write the database, and the keys where that is wanted, to FILE while the service works."""
    with _in_one_line():
        if verify:
            _verify(file, _opener(identity, passphrase_file))
            return
        seal = _seal(recipients, passphrase_file, unencrypted=unencrypted)
        with _source(start()) as source:
            manifest = service.make_backup(source, file, seal, utc_now(), with_keys=keys == "together")
            if keys not in ("none", "together"):
                service.write_keys(source, Path(keys), seal)
            _note_command(source.engine, "backup")
    click.echo(_told(manifest))
    if keys == "none":
        click.echo("The keys are not in it: keep the file suppression_key, and SECRET_KEY, elsewhere.")


@click.command("restore")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="All that is in the database now may go.")
@_identity
@_passphrase_file
@click.option("--keys", type=_FILE, help="The file of its own that the keys are in.")
def restore(
    file: Path, replace: bool, identity: Path | None, passphrase_file: Path | None, keys: Path | None
) -> None:
    """Put the backup FILE into an empty database, which keeps still until somebody lets it go on."""
    settings, opener = start_without_key(), _opener(identity, passphrase_file)
    with _in_one_line(), _engine_of(settings) as engine:
        given = service.read_keys(keys, opener, settings.instance_dir) if keys else None
        done = service.restore(
            engine, file, opener, settings.instance_dir, upgrader(settings), utc_now(), replace=replace
        )
        _put_keys(done.keys or given, settings)
        _note_command(engine, "restore")
    click.echo(f"Restored. {_told(done.manifest)}")
    for lack in _lacks(done.manifest, settings):
        click.echo(f"! {lack}", err=True)
    click.echo("The service keeps still now, whatever is started: see `newsletter still show`.")


def _note_command(engine: Engine, command: str) -> None:
    """Write down in the audit trail that somebody at the terminal ran it; an older database has none yet."""
    if not upgrade_needed(engine):
        with Session(engine) as session:
            record_command(session, command, utc_now())
            session.commit()


def _put_keys(keys: service.Keys | None, settings: Settings) -> None:
    if keys is not None:
        told = service.put_keys(keys, settings.instance_dir)
        click.echo(
            f"The suppression key is in its place. The secret keys are in {told}: set them, and delete it."
        )


def _lacks(manifest: Manifest, settings: Settings) -> tuple[str, ...]:
    key = settings.suppression_key or key_in(settings.instance_dir)
    secret_keys = [fingerprint(one) for one in settings.keys.every]
    return what_will_not_work(manifest, fingerprint(key) if key else "", secret_keys)


def _verify(file: Path, opener: Opener) -> None:
    manifest = service.verify(file, opener, start_without_key().instance_dir)
    click.echo(f"The file is whole. {_told(manifest)}")


def _told(manifest: Manifest) -> str:
    rows = ", ".join(f"{manifest.counts.get(name, 0)} {words}" for name, words in _COUNTED.items())
    keys = "with the keys" if manifest.with_keys else "without the keys"
    made = f"{manifest.made_at:{_MOMENT}}, version {manifest.version}, tables {manifest.schema}"
    return f"Backup of {manifest.dialect} of {made}: {rows}; {keys}."


_COUNTED = {"subscriber": "subscribers", "edition": "editions", "delivery": "deliveries", "image": "pictures"}


def _seal(recipients: tuple[str, ...], passphrase_file: Path | None, *, unencrypted: bool) -> Seal:
    if sum((bool(recipients), passphrase_file is not None, unencrypted)) != 1:
        raise click.UsageError("Give one of --recipient, --passphrase-file and --unencrypted.")
    for one in recipients:
        recipient(one)
    return Seal(recipients, passphrase_in(passphrase_file) if passphrase_file else "")


def _opener(identity: Path | None, passphrase_file: Path | None) -> Opener:
    with _in_one_line():
        return Opener(
            identities_in(identity) if identity else (),
            passphrase_in(passphrase_file) if passphrase_file else "",
        )


@contextmanager
def _source(settings: Settings) -> Iterator[service.Source]:
    with _engine_of(settings) as engine:
        yield service.Source(engine, settings.keys, settings.suppression_key, settings.instance_dir)


@contextmanager
def _engine_of(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _in_one_line() -> Iterator[None]:
    """What goes wrong is said in one line; a signal to end is obeyed with everything tidied up."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(_number: int, _frame: Any) -> None:
    sys.exit(128 + signal.SIGTERM)
