import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.subscriptions.addresses import AddressProblem, BadAddress, parse_address, readable
from newsletter_service.subscriptions.rules import BadName, clean_name


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("lezer@gemeente.example", "lezer@gemeente.example"),
        ("  Lezer@Gemeente.EXAMPLE ", "lezer@gemeente.example"),
        ("lezer@büro.example", "lezer@xn--bro-hoa.example"),
        ("lezer+nieuws@gemeente.example", "lezer+nieuws@gemeente.example"),
        ("o'brien@gemeente.example", "o'brien@gemeente.example"),
        ("lezer@Straße.example", "lezer@xn--strae-oqa.example"),
        ("\u200blezer@gemeente\u00ad.example\ufeff", "lezer@gemeente.example"),
        ("\u202alezer@gemeente.example\u202c\u00a0", "lezer@gemeente.example"),
        ("mailto:lezer@gemeente.example?subject=Hoi", "lezer@gemeente.example"),
        ("<mailto:lezer@gemeente.example>", "lezer@gemeente.example"),
        ("'lezer@gemeente.example'", "lezer@gemeente.example"),
        ("“lezer@gemeente.example”;", "lezer@gemeente.example"),
        ("lezer@gemeente.example.", "lezer@gemeente.example"),
        ("lezer@twee\u2011woorden.example", "lezer@twee-woorden.example"),
        ("lezer＠gemeente.example", "lezer@gemeente.example"),
        ("Lezer <lezer@gemeente.example>", "lezer@gemeente.example"),
        ('"Vos, Vera" <lezer@gemeente.example>;', "lezer@gemeente.example"),
        ("lezer@gemeente.example <lezer@gemeente.example>", "lezer@gemeente.example"),
        ("lezer@gemeente.example (Vera Vos)", "lezer@gemeente.example"),
        ("Vera Vos (lezer@gemeente.example)", "lezer@gemeente.example"),
        ("Vera Vos <lezer@gemeente.example> van Gemeente Drie", "lezer@gemeente.example"),
        ("[lezer@gemeente.example](mailto:lezer@gemeente.example)", "lezer@gemeente.example"),
        ("E-mail: lezer@gemeente.example", "lezer@gemeente.example"),
        ("lezer@gemeente.example!", "lezer@gemeente.example"),
        ("lezer@twee\u2013woorden.example", "lezer@twee-woorden.example"),
    ],
)
def test_an_address_has_one_normal_form(raw: str, normal: str) -> None:
    assert parse_address(raw).text == normal


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", AddressProblem.MISSING),
        ("   ", AddressProblem.MISSING),
        ("lezer", AddressProblem.NO_AT),
        ("le zer", AddressProblem.NO_AT),
        ("lezer@", AddressProblem.MALFORMED),
        ("@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@gemeente", AddressProblem.DOMAIN_INCOMPLETE),
        ("lezer@@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@gemeente.example, nog@een.example", AddressProblem.SEVERAL),
        ("lezer@gemeente.example\r\nBcc: x@y.example", AddressProblem.SEVERAL),
        ("Lezer <lezer@gemeente.example>; Nog <nog@een.example>", AddressProblem.SEVERAL),
        ("lezer@[127.0.0.1]", AddressProblem.MALFORMED),
        ("lezer@gemeente.test", AddressProblem.MALFORMED),
        ("lezer@gemeente.local", AddressProblem.MALFORMED),
        ("lezer@localhost", AddressProblem.DOMAIN_INCOMPLETE),
        ('"le zer"@gemeente.example', AddressProblem.BLANK),
        ("lezer\x00@gemeente.example", AddressProblem.MALFORMED),
        ("lezer@" + ".".join(["g" * 60] * 5) + ".example", AddressProblem.MALFORMED),
        ("le zer@gemeente.example", AddressProblem.BLANK),
        ("x" * 1001, AddressProblem.TOO_LONG),
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
        ("Anna\tde\nVries\u2028", "Anna de Vries"),
        ("Sjoerd\u00adsma\ufeff", "Sjoerdsma"),
        ("\u202aAnna\u202c", "Anna"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f469\u200d\U0001f692 Anna\u200d", "\U0001f469\u200d\U0001f692 Anna"),
        ("Drs.de Vries", "Drs.de Vries"),
        ("Mr. A.B. van St.Jan", "Mr. A.B. van St.Jan"),
    ],
)
def test_a_name_keeps_what_belongs_to_it(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize("raw", ["Anna\x00", "Anna\x1b[1m", "Anna\ue000", "Anna\ud800"])
def test_a_name_with_characters_that_could_do_harm_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        clean_name(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "https://kwaad.example",
        "kwaad.amsterdam",
        "kwaad.nu",
        "kwaad\u2024nl",
        "kwaad\u3002nl",
        "www.kwaad",
        "kwaad.nl",
        "Win op (Kwaad.COM)",
        "bit.ly/3abcd",
        "a.kwaad/x",
        "a@b.example",
    ],
)
def test_a_name_that_a_mail_program_makes_a_link_of_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="web_address"):
        clean_name(raw)


@pytest.mark.parametrize("raw", ["a" * 121, "e\u0301" * 121, "a" + "\u0301" * 100_000])
def test_a_name_without_end_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="length"):
        clean_name(raw)


def test_a_domain_is_shown_as_its_owner_writes_it() -> None:
    assert readable(parse_address("lezer@büro.example").text) == "lezer@büro.example"
    assert readable("lezer@gemeente.example") == "lezer@gemeente.example"
    assert readable("lezer@xn--onzin-.example") == "lezer@xn--onzin-.example"


def parsed(raw: str) -> str:
    """The address, or what is wrong with it."""
    try:
        return parse_address(raw).text
    except BadAddress as error:
        return error.problem


PLAIN = r"[a-zA-Z0-9_+\-]{1,9}(\.[a-zA-Z0-9_+\-]{1,9}){0,2}@[a-zA-Z0-9\-]{1,9}(\.[a-zA-Z0-9\-]{1,9}){1,3}"


@given(
    st.from_regex(PLAIN, fullmatch=True) | st.sampled_from(["a@b.test", "a@xn--a.example", "a@-b.example"])
)
def test_what_looks_plain_is_read_as_with_more_care(raw: str) -> None:
    assert parsed(raw) == parsed(f" {raw}")


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_a_name_in_plain_letters_is_cleaned_as_any_other(name: str) -> None:
    try:
        cleaned = clean_name(f"{name} é")
    except BadName:
        return
    assert cleaned.removesuffix("é").strip() == clean_name(name)
