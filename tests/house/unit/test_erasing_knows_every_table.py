"""A table that bears a reader fails here until erasing knows it."""

from sqlalchemy import String, Table
from sqlalchemy.types import TypeEngine

from newsletter_service.app import create_app
from newsletter_service.db import Base
from newsletter_service.delivery.models import Delivery
from newsletter_service.subscriptions.models import Subscriber

EVERY_TABLE_IS_KNOWN_BY = create_app

ERASED_BY_HAND = {
    "delivery": "emptied of its person; notices go altogether (delivery.service.forget_recipient, erase_notices)",
    "letter": "goes with its delivery where it is a notice; those of mailings are the same for many",
    "subscriber": "the row itself",
    "form_request": "goes with the person it names (erasing.service)",
    "consent_request": "goes with the person it names (erasing.service)",
    "consent": "keeps the hash, the versions and the dates, and no person (consent.service.forget_person)",
    "shown_text": "what everybody read",
    "exclusion": "a number that leads nowhere once the subscriber is gone, so that the statement adds up",
    "suppression": "the hash that stays",
    "used_link": "what leads to who is erased (used_links.service.forget_used_of); the rest is a key that nobody has",
    "act_request": "a number that leads nowhere and the hash that stays; its reason bears neither address nor name",
    "audit_entry": "a number that leads nowhere and the hash that stays; neither address nor name (staff.service)",
}
OF_NO_READER = {
    *(
        "audit_seal",
        "four_eyes",
        "delivery_total",
        "retention_term",
        "budget_use",
        "calendar",
        "recess",
        "continuity",
        "document",
        "correction",
        "correction_sign_off",
        "domain_backoff",
        "edition",
        "image",
        "item",
        "job_run",
        "trouble",
    ),
    *(
        "item_segment",
        "item_topic",
        "item_version",
        "key_fingerprint",
        "letter_item",
        "conversation",
        "joint_agreement",
        "mailing",
        "newsletter",
        "own_words",
    ),
    *("organisation", "placement", "segment", "segment_domain", "sign_off", "staff_role", "staff_session"),
    "reader_kind",
    *("password_request", "staff_passkey", "staff_recovery_code"),
    *("setup_code", "subscriber_list"),
    *("staff_user", "staff_user_role", "topic", "used_form", "worker"),
}
OF_NO_PERSON = {"state", "lease_holder", "reply_status"}
"""What a delivery says in words, and of nobody."""


def goes_with_its_subscriber(table: Table) -> bool:
    return any(
        key.column.table.name == Subscriber.__tablename__ and key.ondelete == "CASCADE"
        for key in table.foreign_keys
    )


def is_text(kind: TypeEngine[object]) -> bool:
    return isinstance(kind, String)


def test_erasing_knows_what_becomes_of_every_table() -> None:
    unknown = [
        name
        for name, table in Base.metadata.tables.items()
        if name not in ERASED_BY_HAND and name not in OF_NO_READER and not goes_with_its_subscriber(table)
    ]
    assert unknown == [], (
        "does it bear a reader? then give it a foreign key with ON DELETE CASCADE or teach erasing to know it"
    )


def test_no_table_of_no_reader_refers_to_one() -> None:
    for name in OF_NO_READER & Base.metadata.tables.keys():
        table = Base.metadata.tables[name]
        assert not {"subscriber_id", "address", "subscriber_key"} & set(table.c.keys()), name
        assert not any(key.column.table.name == "subscriber" for key in table.foreign_keys), name


def test_erasing_empties_every_text_of_a_delivery() -> None:
    texts = {column.name for column in Delivery.__table__.c if is_text(column.type)}
    assert texts - OF_NO_PERSON == {"address", "domain", "name", "reply_text", "subscriber_key"}
