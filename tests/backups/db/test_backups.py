"""What is backed up comes back, elsewhere and in its own place, and keeps still."""

import os
import stat
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from newsletter_service.backups import service
from newsletter_service.backups.files import Busy, workroom
from newsletter_service.backups.rules import BadBackup, NightlyBackup
from newsletter_service.backups.sealing import BadSeal, Opener, Seal
from newsletter_service.backups.service import NotEmpty, make_backup, restore, verify
from newsletter_service.backups.tools import DumpFailed
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import stands_still
from newsletter_service.continuity.witness import Witness
from newsletter_service.core import create_core
from newsletter_service.db import db
from newsletter_service.delivery.models import Worker
from newsletter_service.editorial.models import Image
from newsletter_service.migrations import init_migrations
from newsletter_service.schema import newest_number, number_of
from newsletter_service.settings import Settings
from newsletter_service.subscriptions.models import Subscriber
from tests.backups.db.conftest import PICTURE, House
from tests.conftest import NOW
from tests.continuity.marks import row_of

PLAIN, NOBODY = Seal(), Opener()


def leave_as_it_is(_engine: Engine) -> None:
    """The backup is of this version."""


def upgrader(settings: Settings) -> Callable[[Engine], None]:
    def bring_up_to_date(engine: Engine) -> None:
        url = engine.url.render_as_string(hide_password=False)
        app = create_core(replace(settings, database_url=url))
        init_migrations(app)
        with app.app_context():
            upgrade()
            db.engine.dispose()

    return bring_up_to_date


def backed_up(house: House, seal: Seal = PLAIN, *, with_keys: bool = False) -> Path:
    path = house.folder / "backup"
    make_backup(house.source, path, seal, NOW, with_keys=with_keys)
    return path


def put_into(
    engine: Engine, house: House, path: Path, opener: Opener = NOBODY, *, replace: bool = False
) -> service.Restored:
    return restore(engine, path, opener, house.source.instance_dir, leave_as_it_is, NOW, replace=replace)


def left_over(house: House) -> list[str]:
    names = [*house.folder.iterdir(), *house.source.instance_dir.iterdir()]
    return [file.name for file in names if file.name.startswith((".backup", "backup-"))]


def test_a_backup_comes_back_elsewhere_with_all_its_rows_and_keeps_still(
    house: House, another: Engine
) -> None:
    path = backed_up(house)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    manifest = put_into(another, house, path).manifest
    assert (manifest.counts["subscriber"], manifest.counts["delivery"]) == (1, 5)
    with Session(another) as session:
        assert session.scalars(select(Subscriber.address)).all() == ["lezer@gemeente.example"]
        assert session.scalars(select(Image.content)).all() == [PICTURE]
        assert session.scalars(select(Worker)).all() == []
    assert stands_still(another, Witness(house.source.instance_dir), NOW)
    kept = row_of(another)
    assert (kept.still_why, kept.known_at, kept.last_delivery_id) == (Why.RESTORED, NOW, 5)
    assert not stands_still(house.source.engine, Witness(house.source.instance_dir), NOW)
    assert left_over(house) == []


def test_a_database_that_is_not_empty_is_replaced_only_when_that_is_said(house: House) -> None:
    path, engine = backed_up(house), house.source.engine
    with engine.begin() as connection:
        connection.execute(text("UPDATE subscriber SET address = 'anders@gemeente.example'"))
    with pytest.raises(NotEmpty):
        put_into(engine, house, path)
    engine.dispose()
    put_into(engine, house, path, replace=True)
    with Session(engine) as session:
        assert session.scalars(select(Subscriber.address)).all() == ["lezer@gemeente.example"]
    assert row_of(engine).still_why is Why.RESTORED


def test_an_older_backup_is_brought_up_to_date(
    house: House, another: Engine, app: Flask, settings: Settings
) -> None:
    init_migrations(app)
    with app.app_context():
        downgrade(revision="0027")
        db.engine.dispose()
    path = backed_up(house)
    instance = house.source.instance_dir
    done = restore(another, path, NOBODY, instance, upgrader(settings), NOW, replace=False)
    assert done.manifest.schema == "0027"
    assert number_of(another) == newest_number()
    assert row_of(another).still_why is Why.RESTORED


def test_a_backup_is_opened_only_by_whom_it_is_encrypted_to(house: House, another: Engine) -> None:
    identity = pyrage.x25519.Identity.generate()
    path = backed_up(house, Seal((str(identity.to_public()),)))
    assert b"lezer@gemeente.example" not in path.read_bytes()
    with pytest.raises(BadSeal, match="give --identity"):
        put_into(another, house, path)
    with pytest.raises(BadBackup, match="cannot be decrypted"):
        put_into(another, house, path, Opener((str(pyrage.x25519.Identity.generate()),)))
    put_into(another, house, path, Opener((str(identity),)))


def test_a_passphrase_opens_what_it_closed(house: House, another: Engine) -> None:
    path = backed_up(house, Seal(passphrase="vier gewone woorden samen"), with_keys=True)
    instance = house.source.instance_dir
    with pytest.raises(BadSeal, match="give --passphrase-file"):
        verify(path, NOBODY, instance)
    with pytest.raises(BadBackup, match="cannot be decrypted"):
        verify(path, Opener(passphrase="vier andere woorden samen"), instance)
    keys = put_into(another, house, path, Opener(passphrase="vier gewone woorden samen")).keys
    assert keys is not None
    assert keys.suppression_key == house.source.suppression_key
    assert keys.secret_keys == house.source.keys.every


def test_a_backup_that_lost_or_changed_a_piece_is_refused_before_anything_is_touched(
    house: House, another: Engine
) -> None:
    whole = backed_up(house).read_bytes()
    instance = house.source.instance_dir
    for at in (40, len(whole) // 2, len(whole) - 20):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            path = house.folder / "damaged"
            path.write_bytes(damaged)
            with pytest.raises(BadBackup):
                verify(path, NOBODY, instance)
            with pytest.raises(BadBackup):
                put_into(another, house, path)
    assert number_of(another) == ""


def test_what_was_put_into_a_backup_by_others_goes_nowhere(house: House) -> None:
    path, evil = backed_up(house), house.folder / "evil"
    with tarfile.open(path) as whole, tarfile.open(evil, "w:gz") as made:
        for number, entry in enumerate(whole.getmembers()):
            content = whole.extractfile(entry)
            entry.name = entry.name if number == 0 else "../" + entry.name
            made.addfile(entry, content)
    with pytest.raises(BadBackup, match="it lacks database"):
        verify(evil, NOBODY, house.source.instance_dir)


def test_a_disk_that_is_full_leaves_the_backup_before_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backed_up(house)
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DumpFailed, match="No space left on device"):
        backed_up(house)
    assert path.read_bytes() == before
    assert left_over(house) == []


def test_what_a_killed_backup_left_is_tidied_up_by_the_next(house: House) -> None:
    (house.source.instance_dir / "backup-abc").mkdir()
    (house.source.instance_dir / "backup-abc" / "database.sqlite3").write_text("half")
    (house.folder / ".backup.0a1b2c3d.part").write_text("half")
    backed_up(house)
    assert left_over(house) == []


def test_one_backup_is_made_at_a_time_on_a_machine(house: House) -> None:
    with workroom(house.source.instance_dir), pytest.raises(Busy):
        backed_up(house)


def test_each_night_one_backup_is_made_and_old_ones_go(house: House) -> None:
    nights = house.folder / "nights"
    plan = NightlyBackup(nights, (), 14, "none")
    with pytest.raises(DumpFailed, match="No such file or directory"):
        service.back_up_tonight(house.source, plan, "Europe/Amsterdam", NOW)
    nights.mkdir()
    (nights / "newsletter-20260101T020000Z.tar.gz").write_text("of long ago")
    done = service.back_up_tonight(house.source, plan, "Europe/Amsterdam", NOW)
    assert done.startswith("backed up to newsletter-20261123T090000Z.tar.gz (")
    assert done.endswith("removed 1 old ones")
    assert service.back_up_tonight(house.source, plan, "Europe/Amsterdam", NOW) == ""
    (made,) = nights.iterdir()
    assert verify(made, NOBODY, house.source.instance_dir).counts["delivery"] == 5
