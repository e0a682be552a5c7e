from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.translations.catalogues import texts_in_source


def test_texts_say_how_long_a_link_to_confirm_works() -> None:
    about_it = [text for text in (str(message.id) for message in texts_in_source()) if "bevestig" in text]
    in_days = [text for text in about_it if " link " in text and " dagen" in text]
    assert len(in_days) == 4
    assert all(" zeven dagen" in text for text in in_days)
    assert CONFIRM_WITHIN.days == 7
