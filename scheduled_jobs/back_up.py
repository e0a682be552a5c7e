"""Each night a backup is made, where a folder for it is given; old ones go."""

from newsletter_service.backups.service import Source, back_up_tonight
from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.db import db
from newsletter_service.services import services


def run() -> str:
    """Make the backup of this night, unless it is there."""
    wired = services()
    if wired.nightly_backup is None:
        return ""
    source = Source(db.engine, wired.keys, wired.suppression_key, wired.instance_dir)
    return back_up_tonight(source, wired.nightly_backup, DEFAULT_ZONE, wired.clock())
