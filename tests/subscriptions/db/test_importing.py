from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.delivery.service import add_letter, open_mailing
from newsletter_service.delivery.suppressions import is_suppressed, keep_off
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.services import Services
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.commands import subscriber_commands
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import COMMAND
from newsletter_service.subscriptions.consent.service import forget_person
from newsletter_service.subscriptions.importing.rows import AT_ONCE, Bringing, waiting_rows
from newsletter_service.subscriptions.importing.rules import Answers, Proof
from newsletter_service.subscriptions.importing.service import OffersChanged, import_subscribers, read
from newsletter_service.subscriptions.lists.service import hand_in
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.service import confirm
from newsletter_service.subscriptions.signing_up.service import sign_up
from newsletter_service.subscriptions.verification.rules import ClaimState
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_suppression, make_topic
from tests.recipients import Recipient, add_deliveries
from tests.staff_browser import make_staff

HEADER = "address,name,language,segments,topics,status,confirmed_at"
WRITTEN = (
    "\ufeffE-mailadres;Naam;Organisatie;Taal;Doelgroepen;Thema's;Status;Aangemeld op;Bevestigd op;Afgemeld op;"
    "Stil tot;Gecontroleerd voor;Sleutel van het adres;Reden;Sinds"
)
NOTE = "Deelnemerslijst netwerkdag 3 juni, met vinkje voor de nieuwsbrief"


@pytest.fixture(autouse=True)
def offers(session: Session, newsletter: None) -> None:
    make_segment(session, "politie")
    make_topic(session, "jeugd")
    session.commit()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "lezers.csv"


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(
        subscriber_commands, [str(a) for a in arguments], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_readers_come_in_confirmed_with_the_proof_of_their_consent(
    app: Flask, session: Session, sheet: Path
) -> None:
    sheet.write_text(
        f"{HEADER}\nAnna@Politie.example,Anna de Vries,en,politie,jeugd,active,2026-03-01T11:00:00+01:00\n"
        "bea@gemeente.example,,,,,,\n"
    )
    assert run(app, "import", sheet, "--consent", f"  {NOTE} ") == (
        0,
        "2 added, 0 known already, 0 want no mail, 0 not active.\n",
    )
    anna, bea = session.scalars(select(Subscriber).order_by(Subscriber.address)).all()
    assert (anna.address, anna.domain, anna.name, anna.language) == (
        "anna@politie.example",
        "politie.example",
        "Anna de Vries",
        "en",
    )
    assert [membership.segment.slug for membership in anna.memberships] == ["politie"]
    assert anna.memberships[0].state == ClaimState.WAITING
    assert [topic.slug for topic in anna.topics] == ["jeugd"]
    assert anna.confirmed_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert (bea.status, bea.language, bea.confirmed_at) == ("active", "nl", NOW)
    proof = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.step, row.source, row.note, row.at) for row in proof] == [
        ("imported", sheet.name, NOTE, anna.confirmed_at),
        ("imported", sheet.name, NOTE, NOW),
    ]
    assert session.scalars(select(func.count()).select_from(Delivery)).one() == 0


def test_an_import_brings_nobody_back_and_changes_nobody(
    app: Flask, session: Session, sheet: Path, mail_context: Services
) -> None:
    make_subscriber(session, "bekend@gemeente.example", now=NOW, name="Bekend")
    make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
    make_suppression(session, "nooit@gemeente.example", now=NOW, reason="asked")
    session.commit()
    sheet.write_text(
        "address,name,status\nbekend@gemeente.example,Anders,\nweg@gemeente.example,,active\n"
        "nooit@gemeente.example,,\nelders-weg@gemeente.example,,left\nwacht@gemeente.example,,pending\n"
        "nieuw@gemeente.example,,\n"
    )
    assert run(app, "import", sheet, "--consent", NOTE) == (
        0,
        "1 added, 2 known already, 1 want no mail, 2 not active.\n",
    )
    states = [
        tuple(row)
        for row in session.execute(select(Subscriber.address, Subscriber.status).order_by(Subscriber.id))
    ]
    assert states == [
        ("bekend@gemeente.example", "active"),
        ("weg@gemeente.example", "left"),
        ("nieuw@gemeente.example", "active"),
    ]
    assert "Bekend" in session.scalars(select(Subscriber.name)).all()


def test_many_wrong_lines_are_counted_rather_than_listed(app: Flask, sheet: Path) -> None:
    sheet.write_text("address\n" + "fout\n" * 30)
    assert run(app, "import", sheet, "--consent", NOTE)[1].endswith("and 10 more\n")


def test_an_import_without_saying_where_consent_was_given_is_refused(app: Flask, sheet: Path) -> None:
    sheet.write_text("address\nanna@gemeente.example\n")
    assert run(app, "import", sheet)[0] == 2
    assert run(app, "import", sheet, "--consent", "  ")[0] == 2
    assert run(app, "import", sheet, "--consent", "x" * 1001)[0] == 2
    assert run(app, "import", sheet, "--consent", NOTE, "--ask-by-mail", "de netwerkdag")[0] == 2
    assert run(app, "import", sheet, "--ask-by-mail", "de netwerkdag", "--consent-place", "x")[0] == 2


def test_a_file_that_is_no_text_is_refused_with_a_way_out(app: Flask, sheet: Path) -> None:
    sheet.write_bytes(b"address\nj\x81rg@gemeente.example\n")
    status, output = run(app, "import", sheet, "--consent", NOTE)
    assert status == 1
    assert "CSV UTF-8" in output


def test_what_is_exported_can_be_imported_elsewhere(app: Flask, session: Session, sheet: Path) -> None:
    status, exported = run(app, "export")
    assert (status, exported) == (0, WRITTEN + "\n")
    sheet.write_text(
        "\ufeffaddress;name;segments;topics;status\r\n"
        "=anna@politie.example;'=HYPERLINK(1);politie;jeugd;active\r\n",
        encoding="utf-8",
    )
    run(app, "import", sheet, "--consent", NOTE)
    left = make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
    session.commit()
    _, exported = run(app, "export")
    assert exported.splitlines() == [
        WRITTEN,
        "'=anna@politie.example;'=HYPERLINK(1);;Nederlands;politie;jeugd;actief;"
        "23-11-2026 10:00:00;23-11-2026 10:00:00;;;;;;",
        f"{left.address};;;Nederlands;;;afgemeld;23-11-2026 10:00:00;;;;;;;",
    ]


def forget_everybody(session: Session) -> None:
    """What another copy of the service knows: the same key, and nobody."""
    for subscriber in session.scalars(select(Subscriber)):
        forget_person(session, subscriber, COMMAND, "test", NOW)
    for table in (Subscriber, Suppression):
        session.execute(delete(table))
    session.commit()


def test_who_is_listed_as_having_left_stays_away_from_later_lists_and_from_copies(
    app: Flask, session: Session, sheet: Path, mail_context: Services
) -> None:
    sheet.write_text("ADDRESS,NAME,STATUS\neva@gemeente.example,Eva,left\nfin@gemeente.example,Fin,active\n")
    run(app, "import", sheet, "--consent", NOTE)
    later = "address,name\neva@gemeente.example,Eva\n"
    sheet.write_text(later)
    assert "1 left before" in run(app, "import", sheet, "--consent", NOTE)[1]
    make_suppression(session, "nooit@gemeente.example", now=NOW, reason="asked")
    session.commit()
    _, exported = run(app, "export")
    assert "eva@" not in exported
    assert "nooit@" not in exported

    forget_everybody(session)
    sheet.write_text(exported)
    assert run(app, "import", sheet, "--consent", NOTE)[1].startswith("1 added")
    sheet.write_text(later + "nooit@gemeente.example,\n")
    assert run(app, "import", sheet, "--consent", NOTE)[1] == (
        "0 added, 0 known already, 1 want no mail, 0 not active, 1 left before.\n"
    )
    assert session.scalars(select(Subscriber.address)).all() == ["fin@gemeente.example"]
    assert is_suppressed(session, address_hmac("nooit@gemeente.example", mail_context.suppression_key))
    session.commit()
    assert run(app, "export")[1] == exported


def test_what_is_on_its_way_to_who_said_never_elsewhere_is_cancelled_by_the_list(
    app: Flask, session: Session, sheet: Path, mail_context: Services
) -> None:
    reader = make_subscriber(session, "nooit@gemeente.example", now=NOW)
    mailing = open_mailing(session, NOW)
    letter = add_letter(session, mailing, PreparedLetter("nl", "Nieuws", b"", 0), NOW)
    add_deliveries(session, mailing, letter, [Recipient(reader.id, "k" * 12, reader.address, "")], NOW)
    key = f"{fingerprint(mail_context.suppression_key)}:{reader.address_hmac}"
    session.commit()
    sheet.write_text(f"E-mailadres;Status;Sleutel van het adres;Reden\n;niet meer mailen;{key};asked\n")
    assert run(app, "import", sheet, "--consent", NOTE)[0] == 0
    assert session.scalars(select(Delivery.state)).one() == "cancelled"


def test_who_signs_up_and_confirms_after_having_left_elsewhere_is_a_reader_on_copies_too(
    app: Flask, session: Session, sheet: Path
) -> None:
    sheet.write_text("address,status\neva@gemeente.example,left\n")
    run(app, "import", sheet, "--consent", NOTE)
    make_subscriber(session, "eva@gemeente.example", now=NOW)
    session.commit()
    _, exported = run(app, "export")
    forget_everybody(session)
    sheet.write_text(exported)
    assert run(app, "import", sheet, "--consent", NOTE)[1].startswith("1 added")


def test_keys_of_addresses_that_cannot_be_recognised_here_are_refused(app: Flask, sheet: Path) -> None:
    key = f"{'0' * 16}:{'a' * 64}"
    sheet.write_text(f"E-mailadres;Status;Sleutel van het adres;Reden\n;afgemeld;{key};left\n")
    status, output = run(app, "import", sheet, "--consent", NOTE)
    assert status == 1
    assert "line 2: has the hash of an address from a service with another SUPPRESSION_KEY" in output


def test_who_waits_to_be_confirmed_is_confirmed_by_the_proof(
    app: Flask, session: Session, sheet: Path
) -> None:
    waiting = make_subscriber(session, "wacht@gemeente.example", now=NOW, status="pending")
    waiting.confirmed_at = None
    session.commit()
    sheet.write_text("address,name,segments\nwacht@gemeente.example,Wim,politie\n")
    assert run(app, "import", sheet, "--consent", NOTE)[1].startswith("0 added, 1 confirmed, ")
    session.refresh(waiting)
    assert (waiting.status, waiting.name) == ("active", "Wim")
    assert waiting.confirmed_at == NOW
    assert [membership.segment.slug for membership in waiting.memberships] == ["politie"]
    proof = session.scalars(select(Consent).where(Consent.subscriber_id == waiting.id)).one()
    assert (proof.step, proof.source, proof.note) == ("imported", sheet.name, NOTE)


def test_who_still_waits_is_named_with_the_reason(
    app: Flask, session: Session, sheet: Path, mail_context: Services
) -> None:
    names = ("terug@gemeente.example", "nooit@gemeente.example", "eerder@gemeente.example")
    for name in names:
        make_subscriber(session, name, now=NOW, status="pending").confirmed_at = None
    session.scalars(select(Subscriber).where(Subscriber.address == names[0])).one().confirmed_at = NOW
    make_suppression(session, names[1], now=NOW, reason="asked")
    keep_off(session, address_hmac(names[2], mail_context.suppression_key), Suppressed.IMPORTS, "left", NOW)
    session.commit()
    sheet.write_text("\n".join(["address", *names]))
    _, output = run(app, "import", sheet, "--consent", NOTE)
    assert output == (
        "line 2: waits to be confirmed and still does: this reader had left here; only they themselves can come back\n"
        "line 3: waits to be confirmed and still does: this address wants no mail\n"
        "line 4: waits to be confirmed and still does: an earlier list names this reader as having left\n"
        "0 added, 3 known already, 0 want no mail, 0 not active.\n"
    )
    assert set(session.scalars(select(Subscriber.status))) == {"pending"}


def test_every_field_of_a_reader_comes_back_on_a_copy(app: Flask, session: Session, sheet: Path) -> None:
    police = make_segment(session, "meldkamer", ("meldkamer.example",))
    topic = make_topic(session, "haven")
    for address, approved in (("ada@meldkamer.example", ()), ("bob@gemeente.example", (police,))):
        reader = make_subscriber(
            session,
            address,
            now=NOW,
            name="Áda",
            language="en",
            segments=(police,),
            approved=approved,
            topics=(topic,),
        )
        reader.organisation = "Gemeente Drie"
        reader.asked_at, reader.confirmed_at = NOW - timedelta(days=9), NOW - timedelta(days=8)
        reader.paused_until = NOW + timedelta(days=30)
    session.commit()
    _, exported = run(app, "export")
    forget_everybody(session)
    sheet.write_text(exported)
    assert run(app, "import", sheet, "--consent", NOTE)[0] == 0
    assert run(app, "export")[1] == exported
    evidence = {row.source: row.evidence for row in session.scalars(select(Membership))}
    assert evidence == {"meldkamer.example": "domain", "redactie": "import"}


def test_what_a_list_adds_is_what_signing_up_and_confirming_does(
    app: Flask, session: Session, sheet: Path, mail_context: Services
) -> None:
    segment = session.scalars(select(Segment)).one()
    topic = session.scalars(select(Topic)).one()
    choices = Choices("Anna", "nl", frozenset({segment.id}), frozenset({topic.id}), "Gemeente Drie")
    sign_up(session, mail_context, Address("anna@gemeente.example"), choices, "nl", NOW)
    confirm(session, mail_context, session.scalars(select(Subscriber)).one(), "nl", NOW)
    session.commit()
    sheet.write_text(
        "email;naam;organisatie;doelgroep;thema\nbea@gemeente.example;Anna;Gemeente Drie;politie;jeugd\n"
    )
    run(app, "import", sheet, "--consent", NOTE)
    anna, bea = (facts(one) for one in session.scalars(select(Subscriber).order_by(Subscriber.id)))
    assert {name for name in anna if anna[name] != bea[name]} == OF_ONE_READER


OF_ONE_READER = {"id", "address", "address_hmac", "link_key", "search"}


def facts(reader: Subscriber) -> dict[str, object]:
    """A row, with the rows that hang on it."""
    own = {column.key: getattr(reader, column.key) for column in Subscriber.__table__.c}
    claims = [
        {
            column.key: getattr(one, column.key)
            for column in Membership.__table__.c
            if column.key != "subscriber_id"
        }
        for one in reader.memberships
    ]
    return own | {"claims": claims, "topics": [topic.slug for topic in reader.topics]}


def test_imports_and_exports_stand_in_the_audit_trail(app: Flask, session: Session, sheet: Path) -> None:
    sheet.write_text("address\nanna@gemeente.example\n")
    run(app, "import", sheet, "--consent", NOTE)
    run(app, "export")
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["subscribers.import", "subscribers.export"]
    assert entries[0].detail == {"added": 1, "confirmed": 0, "consent": NOTE}


def test_words_that_a_list_brings_come_in_without_nul(app: Flask, session: Session, sheet: Path) -> None:
    sheet.write_text("address,verified,source_url\nanna@b.example,politie (le\0den),https://a.example/\0x\n")
    assert run(app, "import", sheet, "--consent", NOTE)[0] == 0
    reader = session.scalars(select(Subscriber)).one()
    assert [claim.source for claim in reader.memberships] == ["leden"]
    step = session.scalars(select(Consent).where(Consent.step == "imported")).one()
    assert (step.detail or {})["place"] == "https://a.example/x"


def test_a_list_is_kept_whatever_its_file_is_called(session: Session) -> None:
    sam = make_staff(session, Role.COMMUNICATOR)
    assert hand_in(session, "key", "le\0den.csv", sam, NOW).file_name == "leden.csv"


def test_a_list_is_read_again_where_what_it_was_read_by_has_changed(
    session: Session, mail_context: Services
) -> None:
    bringing = Bringing(Answers(Proof(NOTE)), mail_context.suppression_key, NOW, COMMAND)
    with waiting_rows() as rows:
        sheet = read(session, lambda: StringIO("address,segments\nanna@b.example,politie\n"), bringing, rows)
        make_segment(session, "meldkamer", ("b.example",))
        with pytest.raises(OffersChanged):
            import_subscribers(session, sheet, rows, bringing)
        assert session.scalars(select(Subscriber)).all() == []


def test_a_list_longer_than_what_is_written_at_once_comes_in_whole(
    app: Flask, session: Session, sheet: Path
) -> None:
    many = 2 * AT_ONCE + 1
    sheet.write_text("\n".join(["address,topics", *(f"lezer{n}@b.example,jeugd" for n in range(many))]))
    assert run(app, "import", sheet, "--consent", NOTE)[1].startswith(f"{many} added")
    count = func.count()
    assert session.scalar(select(count).select_from(Subscriber)) == many
    assert session.scalar(select(count).select_from(subscriber_topic)) == many
    by_steps = select(count).select_from(Consent).join(Subscriber, Consent.subscriber_id == Subscriber.id)
    assert session.scalar(by_steps.where(Consent.address_hmac == Subscriber.address_hmac)) == many


def test_a_command_asks_by_mail_where_nothing_proves_consent(
    app: Flask, session: Session, sheet: Path
) -> None:
    sheet.write_text("address\nanna@gemeente.example\nbea@gemeente.example\n")
    tried = run(app, "import", sheet, "--ask-by-mail", "de netwerkdag", "--dry-run")[1]
    assert tried.startswith(
        "0 would be added, 2 would be asked by mail until 2026-11-23 09:05 UTC, 0 known already"
    )
    assert session.scalars(select(ConsentRequest)).all() == []
    session.rollback()
    assert run(app, "import", sheet, "--ask-by-mail", "de netwerkdag")[1] == tried.replace("would be ", "")
    assert {one.known_from for one in session.scalars(select(ConsentRequest))} == {"de netwerkdag"}
