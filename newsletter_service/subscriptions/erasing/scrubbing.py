"""Taking who was erased out of the database's files, where deleted rows stay for a while."""

from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from newsletter_service.db import db, reading, unit_of_work
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.service import record

ERASED = "subscriber.erase"
SCRUBBED = "database.scrub"
"""Its subject is the audit entry of the last erasure that it came after."""


def scrub(now: datetime) -> bool:
    """Rewrite the files if somebody was erased since they last were; False where that takes another try."""
    with reading() as session:
        entry = _last_unscrubbed(session)
    if entry is None:
        return True
    if not _rewrite_files(db.engine):
        return False
    with unit_of_work() as session:
        record(session, None, SCRUBBED, "audit_entry", entry, now)
    return True


def _last_unscrubbed(session: Session) -> int | None:
    """The audit entry of the last erasure after which the files were not rewritten; None where they hold nobody."""
    scrubbed = select(func.max(AuditEntry.subject_id)).where(AuditEntry.action == SCRUBBED)
    erased = session.scalar(select(func.max(AuditEntry.id)).where(AuditEntry.action == ERASED))
    return erased if erased and erased > (session.scalar(scrubbed) or 0) else None


def _rewrite_files(engine: Engine) -> bool:
    """Rewrite what the database keeps of deleted rows; False where others were reading, so that it takes another try.

    SQLite copies what is there into a file without gaps and empties the log beside it. PostgreSQL frees the rows;
    its own log, and backups of either, keep them for as long as they are kept themselves.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return True
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # SQLite rewrites outside of transactions only
        connection.exec_driver_sql("VACUUM")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        connection.exec_driver_sql("BEGIN")
    return not busy
