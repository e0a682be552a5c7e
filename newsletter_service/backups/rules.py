"""What a backup says of itself, whether it can be put back here, and which are kept. Pure decisions."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from newsletter_service.errors import Invalid

FORMAT = 1
NIGHTLY_FROM = time(3)
"""When nightly backups are due, by the newsletter's clock."""
KeysIn = Literal["none", "together"]
_NAME = re.compile(r"newsletter-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")
_STAMP = "%Y%m%dT%H%M%SZ"


class BadBackup(Invalid):
    """The file is no backup of ours, or not a whole one, or cannot be put back here; the message says which."""


@dataclass(frozen=True)
class NightlyBackup:
    """Where backups of each night go, to whom they are encrypted (age; none: to nobody), and for how many days kept."""

    folder: Path
    recipients: tuple[str, ...]
    days: int
    keys: KeysIn


@dataclass(frozen=True)
class Member:
    """A file within a backup: how long it is, and its SHA-256 (hex)."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    `keys` are fingerprints: of the suppression key, and of all secret keys, the current one first; `with_keys` is
    whether the keys themselves are in it.
    """

    made_at: datetime
    version: str
    schema: str
    dialect: str
    counts: Mapping[str, int]
    members: Mapping[str, Member]
    suppression_key: str
    secret_keys: tuple[str, ...]
    with_keys: bool

    def to_json(self) -> str:
        """The manifest as it is written down."""
        told = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(told, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, written: bytes) -> "Manifest":
        """What was written down; raises BadBackup."""
        try:
            told: dict[str, Any] = json.loads(written)
            if told.pop("format") != FORMAT:
                raise BadBackup(
                    "this backup is of a kind that this version does not know: install a newer one"
                )
            told["made_at"] = datetime.fromisoformat(told["made_at"])
            told["members"] = {name: Member(**one) for name, one in told["members"].items()}
            return cls(**told | {"secret_keys": tuple(told["secret_keys"])})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBackup("its manifest cannot be read: this is no backup, or not a whole one") from error


def refuse(manifest: Manifest, dialect: str, newest_schema: str) -> None:
    """Raises BadBackup where a backup cannot be put into a database of this kind by this version."""
    if manifest.dialect != dialect:
        raise BadBackup(
            f"this is a backup of {manifest.dialect}, and DATABASE_URL is {dialect}: restore it into "
            f"{manifest.dialect}, then use `newsletter move`"
        )
    if manifest.schema > newest_schema:
        raise BadBackup(
            f"this backup is of a newer version (its tables are at {manifest.schema}, this version knows "
            f"{newest_schema}): install that one"
        )


def what_will_not_work(
    manifest: Manifest, suppression_key: str, secret_keys: Sequence[str]
) -> tuple[str, ...]:
    """Returns what a restored service lacks, by the fingerprints of the keys that are there; one sentence each."""
    lacks = []
    if manifest.suppression_key != suppression_key:
        lacks.append(
            "The suppression key of this backup is not here: no process starts without it. Put the file "
            "suppression_key of that service into the instance folder. If it is lost, nobody can tell any more who "
            "said “never”: who left or was erased may be mailed again."
        )
    missing = [key for key in manifest.secret_keys if key not in secret_keys]
    if missing and manifest.secret_keys[0] in missing:
        lacks.append(
            "SECRET_KEY of this backup is not here: put it into SECRET_KEY or SECRET_KEY_FALLBACKS. Without it links "
            "in letters that are out lead to the page that mails a new one, bounces of those letters are not "
            "recognised, letters that are tried again get other Message-IDs, and staff have to sign in again."
        )
    elif missing:
        lacks.append(
            f"{len(missing)} of SECRET_KEY_FALLBACKS of this backup are not here: links in letters of their time lead "
            "to the page that mails a new one."
        )
    return tuple(lacks)


def name_of(now: datetime, *, encrypted: bool) -> str:
    """The name of a nightly backup."""
    return f"newsletter-{now.astimezone(UTC):{_STAMP}}.tar.gz{'.age' if encrypted else ''}"


def made_at(name: str) -> datetime | None:
    """When a nightly backup was made, by its name; None for any other file."""
    match = _NAME.fullmatch(name)
    return datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC) if match else None


def is_due(names: Iterable[str], now: datetime, zone: str) -> bool:
    """Whether tonight's backup is still to be made."""
    local = now.astimezone(ZoneInfo(zone))
    return local.time() >= NIGHTLY_FROM and local.date() not in _days(names, zone)


def _days(names: Iterable[str], zone: str) -> set[date]:
    """The days, by the clock of `zone`, on which a backup was made when it was due."""
    moments = (moment.astimezone(ZoneInfo(zone)) for name in names if (moment := made_at(name)) is not None)
    return {moment.date() for moment in moments if moment.time() >= NIGHTLY_FROM}


def outlived(names: Iterable[str], days: int, now: datetime) -> list[str]:
    """The nightly backups that are older than so many days; never the newest one."""
    found = sorted(name for name in names if made_at(name) is not None)
    before = now - timedelta(days=days)
    return [name for name in found[:-1] if (made_at(name) or now) < before]
