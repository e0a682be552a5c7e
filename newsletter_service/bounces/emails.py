"""The mail that tells staff that mail servers refuse our letters for who we are or what we say."""

from collections.abc import Sequence

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Notice, NoticeList


def refused_for_policy(refusals: int, said: Sequence[str], language: Language) -> Notice:
    """Tells how many letters were refused, what the servers said most, and what staff can do."""
    _, ngettext = texts(language).gettext, texts(language).ngettext
    subject = _("Mailservers weigeren onze brieven")
    letters = ngettext("%(count)s brief", "%(count)s brieven", refusals) % {"count": refusals}
    paragraphs = (
        _(
            "Sinds ons vorige bericht hierover, of in het afgelopen etmaal, weigerden mailservers %(letters)s van ons."
        )
        % {"letters": letters},
        _(
            "Dat ligt aan ons of aan wat er in de brief staat, en niet aan het adres van de lezer. We blijven deze "
            "lezers mailen."
        ),
        _(
            "Vraag wie de mailserver beheert om ernaar te kijken. Meestal gaat het om SPF, DKIM of een blokkeerlijst."
        ),
    )
    heading = _("Wat de mailservers zeiden")
    items = tuple((words, "") for words in said)
    return Notice(language, subject, subject, paragraphs, lists=(NoticeList(heading, items, "en"),))
