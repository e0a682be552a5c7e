"""A copy in plain words: what is known of it, and what is not."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.continuity.rules import Why
from newsletter_service.standstill.service import Situation, UnderWay
from newsletter_service.web.formatting import listed, moment, number_text


def why(known: Situation) -> str:
    """Why the service keeps still."""
    return {
        Why.COPIED: _(
            "Deze gegevens zijn een kopie: ze staan ergens anders dan waar de dienst ermee werkte."
        ),
        Why.PUT_BACK: _("Deze gegevens zijn teruggezet: hier is al meer gebeurd dan erin staat."),
        Why.RESTORED: _("Deze gegevens komen uit een back-up."),
        Why.MOVED: _("Deze gegevens zijn overgezet naar een andere database, en de dienst gaat daar verder."),
    }[known.why]


def known_and_not(known: Situation) -> Iterator[str]:
    """What is known and what is not, a sentence each."""
    yield _("Deze kopie is van %(moment)s.", moment=moment(known.known_at, "full"))
    if known.worked_until is not None:
        yield _("Hier ging de dienst door tot %(moment)s.", moment=moment(known.worked_until, "full"))
    if known.under_way:
        names = listed([_name(one) for one in known.under_way])
        yield _("Daarna kunnen nog brieven van %(editions)s zijn verstuurd.", editions=names)
    else:
        yield _("Er was toen geen editie onderweg.")
    if known.may_be_out:
        numbers = [str(number) for number in known.may_be_out]
        yield ngettext(
            "Editie %(numbers)s kan daarna zijn uitgegaan.",
            "De edities %(numbers)s kunnen daarna zijn uitgegaan.",
            len(numbers),
            numbers=listed(numbers),
        )


def still_open(known: Situation) -> Iterator[str]:
    """What was still to go when the copy was made, with its number."""
    for one in known.under_way:
        yield ngettext(
            "%(name)s: nog %(number)s brief", "%(name)s: nog %(number)s brieven", one.letters,
            name=_name(one), number=number_text(one.letters),
        )  # fmt: skip
    if known.notices:
        yield ngettext(
            "e-mails aan één persoon: nog %(number)s", "e-mails aan één persoon: nog %(number)s", known.notices,
            number=number_text(known.notices),
        )  # fmt: skip


def _name(one: UnderWay) -> str:
    if one.correction:
        return _("een correctie op editie %(number)s", number=one.number)
    return _("editie %(number)s", number=one.number)
