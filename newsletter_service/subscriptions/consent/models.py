"""The consent ledger's table, and the triggers that keep it as it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, String, Table, event
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.documents.models import ShownText
from newsletter_service.subscriptions.consent.rules import Actor, Step


class Consent(Base):
    """One step of a reader's consent, as proof; the database lets nobody change or delete it.

    There are two exceptions. A row may lose the person: then `address_hmac`, `step`, `at` and the versions of what was
    read stay, and nothing else. And who never confirmed may be forgotten as a whole: there is nothing to prove.

    `address_hmac` is the hash of the address as it was then; `subscriber_id` is empty where no reader is known by it.
    `source` is a consent.rules.Place or the name of a file, `note` the proof that a list came with or a reason given,
    `detail` what was chosen or changed. The hashes are those of documents.models.ShownText, which has the words.
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    address_hmac: Mapped[str] = mapped_column(String(64), index=True)
    step: Mapped[Step] = mapped_column(one_of(Step, 20))
    actor: Mapped[Actor | None] = mapped_column(one_of(Actor, 12))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    source: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    wording_version: Mapped[str] = mapped_column(String(20), default="")
    wording_hash: Mapped[str] = mapped_column(String(64), default="")
    privacy_version: Mapped[str] = mapped_column(String(20), default="")
    privacy_hash: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    wording: Mapped[ShownText | None] = relationship(
        primaryjoin=lambda: foreign(Consent.wording_hash) == ShownText.hash, viewonly=True
    )


PROOF = (
    "id",
    "address_hmac",
    "step",
    "wording_version",
    "wording_hash",
    "privacy_version",
    "privacy_hash",
    "at",
)
"""The columns that stay when a row loses the person."""
WITHOUT_PERSON: dict[str, Any] = {
    "subscriber_id": None,
    "actor": None,
    "staff_id": None,
    "source": "",
    "note": "",
    "detail": None,
}
_KEEPS_PERSON = " OR ".join(
    f"NEW.{column} IS NOT NULL" if value is None else f"NEW.{column} <> ''"
    for column, value in WITHOUT_PERSON.items()
)
_CHANGES_PROOF = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in PROOF)
_NEVER_CONFIRMED = "SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id AND confirmed_at IS NULL"
_SAYS = "rows of consent stay as they are"

_TRIGGERS = {
    "sqlite": (
        f"""
        CREATE TRIGGER consent_stays_as_it_is BEFORE UPDATE ON consent
        WHEN {_KEEPS_PERSON} OR {_CHANGES_PROOF}
        BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END
        """,
        f"""
        CREATE TRIGGER consent_stays BEFORE DELETE ON consent WHEN NOT EXISTS ({_NEVER_CONFIRMED})
        BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END
        """,
    ),
    "postgresql": (
        f"""
        CREATE OR REPLACE FUNCTION consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF EXISTS ({_NEVER_CONFIRMED}) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{_SAYS}';
        END $$
        """,
        f"""
        CREATE TRIGGER consent_stays_as_it_is BEFORE UPDATE ON consent
        FOR EACH ROW WHEN ({_KEEPS_PERSON} OR {_CHANGES_PROOF}) EXECUTE FUNCTION consent_stays()
        """,
        "CREATE TRIGGER consent_stays BEFORE DELETE ON consent FOR EACH ROW EXECUTE FUNCTION consent_stays()",
        "CREATE TRIGGER consent_stays_whole BEFORE TRUNCATE ON consent EXECUTE FUNCTION consent_stays()",
    ),
}


@event.listens_for(Consent.__table__, "after_create")
def _guard(_table: Table, connection: Connection, **_options: object) -> None:
    """Make the triggers with the table."""
    for statement in _TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
