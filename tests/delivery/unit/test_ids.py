import re

from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.delivery.rules import bounced_delivery, envelope_sender, message_id
from newsletter_service.keys.secret_keys import SecretKeys

SECRET = "a-secret"
NUMBERS = st.integers(1, 10**18 - 1)


@given(NUMBERS)
def test_a_message_id_is_the_same_on_every_attempt_and_tells_deliveries_apart(number: int) -> None:
    made = message_id(number, SECRET, "nieuwsbrief.example")
    assert re.fullmatch(rf"<{number}\.[0-9a-f]{{20}}@nieuwsbrief\.example>", made)
    assert made == message_id(number, SECRET, "nieuwsbrief.example")
    assert made != message_id(number + 1, SECRET, "nieuwsbrief.example")
    assert made != message_id(number, "another", "nieuwsbrief.example")


@given(NUMBERS)
def test_a_bounce_finds_its_way_back_to_the_delivery(number: int) -> None:
    sender = envelope_sender(number, SECRET, "bounces.example")
    assert len(sender.partition("@")[0]) <= 64
    assert bounced_delivery(sender, SecretKeys(SECRET)) == number


def test_a_forged_or_foreign_envelope_sender_names_no_delivery() -> None:
    sender = envelope_sender(7, SECRET, "bounces.example")
    forged = [
        sender.replace("b+7-", "b+8-"),
        sender.replace("b+7-", "b+07-"),
        envelope_sender(7, "another", "bounces.example"),
        "b+7-@bounces.example",
        "lezer@gemeente.example",
        "",
    ]
    seal_of_the_message_id = message_id(7, SECRET, "bounces.example")[3:23]
    forged.append(f"b+7-{seal_of_the_message_id}@bounces.example")
    assert {bounced_delivery(address, SecretKeys(SECRET, ("a-former-secret",))) for address in forged} == {
        None
    }


def test_a_bounce_of_a_letter_from_under_a_former_key_finds_its_way_back_too() -> None:
    sender = envelope_sender(7, "a-former-secret", "bounces.example")
    assert bounced_delivery(sender, SecretKeys(SECRET, ("one-between", "a-former-secret"))) == 7
