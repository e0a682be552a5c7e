import pytest

from newsletter_service.subscriptions.on_behalf.rules import without_name


@pytest.mark.parametrize(
    ("name", "reason", "kept"),
    [
        ("Zonnebloem Kwartel", "Mevrouw kwartel belde", "Mevrouw … belde"),
        ("J.P. Kwartel", "J.P. Kwartel belde", "….…. … belde"),
        ("Jan.", "Jan. belde", "…. belde"),
        ("Bo Li", "Bo Li belde, de bode", "… … belde, de bode"),
        ("Renée Çelik", "Renee Celik belde", "… … belde"),
        ("Renée", "Rene\u0301e belde", "… belde"),
        ("Anne-Marie Smit", "Marie Smit belde", "… … belde"),
        ("Jan Jansen", "De zoon van jansen", "De zoon van …"),
        ("", "Belde zelf", "Belde zelf"),
    ],
)
def test_a_reason_keeps_no_word_of_a_name(name: str, reason: str, kept: str) -> None:
    assert without_name(reason, name) == kept
