import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.subscriptions.addresses import AddressProblem, BadAddress, parse_address, readable
from newsletter_service.subscriptions.rules import clean_name


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("lezer@gemeente.example", "lezer@gemeente.example"),
        ("  Lezer@Gemeente.EXAMPLE ", "lezer@gemeente.example"),
        ("lezer@büro.example", "lezer@xn--bro-hoa.example"),
        ("lezer+nieuws@gemeente.example", "lezer+nieuws@gemeente.example"),
        ("o'brien@gemeente.example", "o'brien@gemeente.example"),
        ("lezer@Straße.example", "lezer@xn--strae-oqa.example"),
    ],
)
def test_an_address_has_one_normal_form(raw: str, normal: str) -> None:
    assert parse_address(raw).text == normal


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", AddressProblem.MISSING),
        ("   ", AddressProblem.MISSING),
        ("lezer", AddressProblem.MALFORMED),
        ("lezer@", AddressProblem.MALFORMED),
        ("@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@gemeente", AddressProblem.MALFORMED),
        ("lezer@@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@gemeente.example, nog@een.example", AddressProblem.MALFORMED),
        ("lezer@gemeente.example\r\nBcc: x@y.example", AddressProblem.MALFORMED),
        ("lezer@[127.0.0.1]", AddressProblem.MALFORMED),
        ("lezer@gemeente.test", AddressProblem.MALFORMED),
        ("lezer@gemeente.local", AddressProblem.MALFORMED),
        ("lezer@localhost", AddressProblem.MALFORMED),
        ('"le zer"@gemeente.example', AddressProblem.MALFORMED),
        ("lezer\u200b@gemeente.example", AddressProblem.MALFORMED),
        ("lezer\x00@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@" + ".".join(["g" * 60] * 5) + ".example", AddressProblem.MALFORMED),
        ("Lezer <lezer@gemeente.example>", AddressProblem.MALFORMED),
        ("le zer@gemeente.example", AddressProblem.MALFORMED),
        ("x" * 65 + "@gemeente.example", AddressProblem.MALFORMED),
        ("jörg@gemeente.example", AddressProblem.LOCAL_PART_NOT_ASCII),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(raw: str, problem: AddressProblem) -> None:
    with pytest.raises(BadAddress) as caught:
        parse_address(raw)
    assert caught.value.problem is problem


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_without_control_characters_or_refused(raw: str) -> None:
    try:
        address = parse_address(raw)
    except BadAddress:
        return
    assert address.text.isascii()
    assert address.text.isprintable()
    assert parse_address(address.text) == address


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Anna   de  Vries ", "Anna de Vries"),
        ("Noëlle van 't Hof-Çelik", "Noëlle van 't Hof-Çelik"),
        ("Noe\u0308lle\u00a0Bakker", "Noëlle Bakker"),
        ("", ""),
    ],
)
def test_a_name_keeps_what_belongs_to_it(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize(
    "raw", ["Anna\r\nBcc: x@y.example", "Anna\x00", "Anna\u202eeirV", "Anna\tVries", "Anna\n", "Anna\ue000"]
)
def test_a_name_with_characters_that_could_do_harm_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        clean_name(raw)


def test_a_name_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        clean_name("a" * 121)


def test_a_domain_is_shown_as_its_owner_writes_it() -> None:
    assert readable(parse_address("lezer@büro.example").text) == "lezer@büro.example"
    assert readable("lezer@gemeente.example") == "lezer@gemeente.example"
    assert readable("lezer@xn--onzin-.example") == "lezer@xn--onzin-.example"
