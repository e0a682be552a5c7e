"""Encryption of backups in age's format (age-encryption.org/v1), which the `age` program reads and writes as well."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from newsletter_service.backups.rules import BadBackup
from newsletter_service.errors import Invalid

_HEADER = b"age-encryption.org/v1\n"
_BY_PASSPHRASE = b"-> scrypt "
_MOST_IN_MEMORY = 512 * 1024 * 1024
"""What is sealed by a passphrase is held in memory, a few times."""
_STANDARD_INPUT = Path("-")


class BadSeal(Invalid):
    """A recipient, identity or passphrase cannot be used; the message says which."""


@dataclass(frozen=True)
class Seal:
    """Whom a backup is encrypted to: recipients, or who knows the passphrase; nobody if there are neither."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.recipients or self.passphrase)

    def close(self, plain: BinaryIO, sealed: BinaryIO) -> None:
        """Encrypts a file from its beginning; raises BadSeal, OSError."""
        plain.seek(0)
        if self.passphrase:
            sealed.write(pyrage.passphrase.encrypt(_whole(plain), self.passphrase))
            return
        try:
            pyrage.encrypt_io(plain, sealed, [recipient(one) for one in self.recipients])
        except pyrage.EncryptError as error:  # what writing raised is told in its words only
            raise OSError(str(error)) from error


@dataclass(frozen=True)
class Opener:
    """What opens sealed backups: the lines of an identity file (as age-keygen writes it), or a passphrase."""

    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)

    def open(self, sealed: BinaryIO, plain: BinaryIO) -> None:
        """Decrypts a file from its beginning; raises BadSeal, BadBackup."""
        by_passphrase = _asks_for_passphrase(sealed)
        sealed.seek(0)
        try:
            if by_passphrase:
                plain.write(pyrage.passphrase.decrypt(_whole(sealed), self._given_passphrase()))
            else:
                pyrage.decrypt_io(sealed, plain, self._given_identities())
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise BadBackup(f"it cannot be decrypted: {error}") from error
        plain.seek(0)

    def _given_passphrase(self) -> str:
        if not self.passphrase:
            raise BadSeal("this backup is encrypted by a passphrase: give --passphrase-file")
        return self.passphrase

    def _given_identities(self) -> list[Any]:
        if not self.identities:
            raise BadSeal("this backup is encrypted to a recipient: give --identity")
        try:
            return [pyrage.x25519.Identity.from_str(one) for one in self.identities]
        except pyrage.IdentityError as error:
            raise BadSeal(f"the identity cannot be used: {error}") from error


def recipient(text: str) -> Any:
    """The recipient that `text` names; raises BadSeal."""
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        # Another line of age-keygen than that of the recipient is the secret key, which no log may bear.
        named = repr(text) if text.startswith("age1") else "this"
        raise BadSeal(f"{named} is no age recipient: give one such as age-keygen prints, age1…") from error


def identities_in(file: Path) -> tuple[str, ...]:
    """The identities in a file that age-keygen wrote, or in such a text on standard input ("-"); raises BadSeal."""
    try:
        text = sys.stdin.read() if file == _STANDARD_INPUT else file.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise BadSeal(f"the identity file {file} cannot be read") from error
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def passphrase_in(file: Path) -> str:
    """The first line of a file; raises BadSeal."""
    try:
        first = file.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeError) as error:
        raise BadSeal(f"the passphrase file {file} cannot be read") from error
    if len(first) < 12:
        raise BadSeal(f"the passphrase in {file} is too short: give at least 12 characters")
    return first


def is_sealed(file: BinaryIO) -> bool:
    """Whether a file is encrypted; it is left at its beginning."""
    file.seek(0)
    found = file.read(len(_HEADER)) == _HEADER
    file.seek(0)
    return found


def _asks_for_passphrase(file: BinaryIO) -> bool:
    """Whether an encrypted file asks for a passphrase."""
    file.seek(len(_HEADER))
    return file.read(len(_BY_PASSPHRASE)) == _BY_PASSPHRASE


def _whole(file: BinaryIO) -> bytes:
    content = file.read(_MOST_IN_MEMORY + 1)
    if len(content) > _MOST_IN_MEMORY:
        raise BadSeal("it is too large for a passphrase (512 MB at most): encrypt it to a recipient instead")
    return content
