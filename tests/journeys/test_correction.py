"""A mistake in an edition that went out: its correction reaches exactly those who have the edition."""

import re

from newsletter_service.letters.preview import html_of, text_of
from tests.journeys.office import Office, editions_in, fill_both_queues, fresh
from tests.smtp_server import RecordingServer

PAGE = "/redactie/edities/1"
SUBJECT = "Correctie: de carrousel begint later"
TEXT = "De carrousel begint niet om 13.30 uur, maar om **15.00 uur**."


def seen(office: Office, path: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]*)"', office.editor.get(path).text)
    assert found is not None
    return found[1]


def correct(office: Office) -> str:
    """Write the correction, look at it, and let it go; what the page then says."""
    form, ask = f"{PAGE}/correctie", f"{PAGE}/correctie/versturen"
    office.editor.done(form, subject=SUBJECT, text=TEXT, seen=seen(office, form))
    assert "15.00 uur" in office.editor.text(f"{form}/voorbeeld?vorm=tekst")
    return office.editor.done(ask, seen=seen(office, ask))


def release(office: Office) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")


def test_a_correction_reaches_exactly_those_who_have_the_edition(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = "550 5.1.1 no such user"
    smtp.after_data[readers["haven"]] = "drop"
    release(office)
    (mail,) = editions_in(smtp.to(readers["ovv"]))
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    assert fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    smtp.answers.clear()
    smtp.after_data.clear()
    smtp.received.clear()

    assert "De correctie gaat nu de deur uit." in correct(office)
    office.tick()
    got = [mail for mail in editions_in(smtp.received) if mail.message["Subject"] == SUBJECT]
    expected = set(readers.values()) - {readers["om"], readers["ovv"]}
    assert sorted(mail.recipient for mail in got) == sorted(expected)
    page = office.editor.text(PAGE)
    assert f"Verstuurde correctie {SUBJECT}" in page
    assert "Bedoeld 6 = Verstuurd 6 + Mislukt 0" in page


def test_a_correction_is_a_letter_like_an_edition_in_the_readers_language(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    release(office)
    smtp.received.clear()
    correct(office)
    office.tick()
    (mail,) = editions_in(smtp.to(readers["english"]))
    assert "This is a correction of number 1" in " ".join(text_of(mail.content).split())
    assert "<strong" in html_of(mail.content)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    assert fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_whoever_leaves_while_a_correction_is_held_does_not_get_it(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    release(office)
    (mail,) = editions_in(smtp.to(readers["om"]))
    smtp.received.clear()
    page = correct(office)
    assert "Houd de correctie vast" in page
    office.editor.done(f"{PAGE}/correctie/vasthouden", correctie=1)
    office.tick()
    assert editions_in(smtp.received) == []
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"})
    office.editor.done(f"{PAGE}/correctie/hervatten", correctie=1)
    office.tick()
    recipients = {mail.recipient for mail in editions_in(smtp.received)}
    assert recipients == set(readers.values()) - {readers["om"]}
