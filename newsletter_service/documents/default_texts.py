"""The texts that come with the product: they hold until staff publish their own."""

from newsletter_service.documents.rules import Kind
from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts


def default_words(kind: Kind, language: Language) -> str:
    """The text of a kind in `language`, with slots."""
    return {
        Kind.CONSENT: _consent,
        Kind.PRIVACY: _privacy,
        Kind.ACCESSIBILITY: _accessibility,
        Kind.CONTACT: _contact,
    }[kind](language)


def _list(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _joined(*parts: str) -> str:
    return "\n\n".join(parts)


def _consent(language: Language) -> str:
    _ = texts(language).gettext
    return _(
        "Ik wil {nieuwsbrief} per e-mail ontvangen. Mijn gegevens worden alleen gebruikt om deze "
        "nieuwsbrief te sturen. Er wordt niet gemeten wat ik open of aanklik. "
        "Ik kan mij op elk moment afmelden."
    )


def _privacy(language: Language) -> str:
    return _joined(_why(language), _what(language), _how_long(language), _rights(language))


def _why(language: Language) -> str:
    _ = texts(language).gettext
    return _joined(
        _("We gebruiken uw gegevens om u de nieuwsbrief te sturen, en voor niets anders."),
        "## " + _("Wie verantwoordelijk is"),
        _(
            "{nieuwsbrief} wordt gemaakt door {organisaties}. Zij zijn samen verantwoordelijk voor uw gegevens. "
            "U kunt met elke vraag bij elk van hen terecht: {contact}. Per post: {postadres}."
        ),
        _(
            "Wilt u de functionaris voor gegevensbescherming (FG) spreken? Schrijf naar {contact} en zet erboven: "
            "voor de FG."
        ),
        "## " + _("Waarvoor we ze gebruiken"),
        _list(
            _(
                "Om u de nieuwsbrief te sturen. Dat doen we omdat u daar toestemming voor gaf. U kunt die altijd "
                "intrekken: elke nieuwsbrief heeft een link om u af te melden."
            ),
            _(
                "Om te kunnen laten zien dat u toestemming gaf. Dat eist de wet van ons (artikel 7 van de AVG)."
            ),
            _(
                "Om een adres dat geen post van ons wil, niet opnieuw te mailen. Dat hoort bij uw recht om "
                "bezwaar te maken (artikel 21 van de AVG)."
            ),
        ),
    )


def _what(language: Language) -> str:
    _ = texts(language).gettext
    return _joined(
        "## " + _("Wat we bewaren"),
        _list(
            _(
                "Uw e-mailadres, de taal die u koos en, als u die invult, uw naam, organisatie, functie en thema's."
            ),
            _("Of uw functie is gecontroleerd, wanneer en waardoor, en tot wanneer dat geldt."),
            _(
                "Wanneer u zich aanmeldde, dat bevestigde of zich afmeldde, tot welke dag u de nieuwsbrief stilzette, "
                "en de tekst waarmee u instemde. Zo kunnen we laten zien dat u toestemming gaf."
            ),
            _("Of een editie bij u bezorgd kon worden."),
        ),
        "## " + _("Wat we niet doen"),
        _list(
            _("We meten niet of u een nieuwsbrief opent en waarop u klikt."),
            _("We plaatsen geen cookies bij lezers en bewaren geen IP-adres bij uw aanmelding."),
            _("We geven uw gegevens niet aan anderen, behalve aan wie de e-mail voor ons bezorgt."),
        ),
        "## " + _("Hoe we uw functie controleren"),
        "{functies}",
    )


def _how_long(language: Language) -> str:
    return _joined("## " + texts(language).gettext("Hoe lang"), "{bewaren}")


def _rights(language: Language) -> str:
    _ = texts(language).gettext
    return _joined(
        "## " + _("Uw rechten"),
        _(
            "U mag uw gegevens inzien, laten verbeteren, meenemen en laten wissen, bezwaar maken en vragen om het "
            "gebruik te beperken. U hoeft geen gegevens te geven; zonder e-mailadres kunnen we u alleen geen "
            "nieuwsbrief sturen. Inzien, meenemen, uw naam en adres verbeteren, pauzeren en wissen kunt u zelf, bij uw "
            "voorkeuren. Schrijf voor al het andere naar {contact}."
        ),
        _("Komt u er met ons niet uit? Dan kunt u een klacht indienen bij de Autoriteit Persoonsgegevens."),
    )


def _accessibility(language: Language) -> str:
    _ = texts(language).gettext
    return _joined(
        _("Iedereen moet de nieuwsbrief en deze site kunnen lezen en gebruiken, ook met een hulpmiddel."),
        "## " + _("Wat u mag verwachten"),
        _list(
            _(
                "Alles werkt met het toetsenbord en zonder JavaScript, op een telefoon en op een groot scherm."
            ),
            _(
                "Tekst is goed leesbaar, in licht en donker, en kan twee keer zo groot worden zonder dat er iets "
                "wegvalt."
            ),
            _(
                "Bij elke afbeelding die iets vertelt, staat in woorden wat erop te zien is. Kleur alleen betekent "
                "nooit iets."
            ),
            _("De nieuwsbrief heeft ook een versie in gewone tekst."),
        ),
        _(
            "We toetsen elke pagina automatisch aan de richtlijnen van WCAG 2.2. Dat vindt niet alles: een "
            "onafhankelijk onderzoek is nog niet gedaan."
        ),
        "## " + _("Werkt er iets niet voor u?"),
        _("Laat het ons weten. Dan lossen we het op, of sturen we u de tekst zoals u die wel kunt lezen.")
        + " {contact}",
    )


def _contact(language: Language) -> str:
    _ = texts(language).gettext
    return _joined(
        _("Heeft u een vraag, een tip of een verbetering? Schrijf ons."),
        _list(_("E-mail: {contact}"), _("Post: {postadres}")),
        "## " + _("Wie de nieuwsbrief maakt"),
        "{makers}",
    )
