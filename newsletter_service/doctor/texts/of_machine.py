"""Texts about settings, files, database, clock and servers."""

from collections.abc import Callable


def settings(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "setting": _("Met deze instelling kan de dienst niet starten. %(line)s"),
        "misspelt": _("%(subject)s is geen instelling van de dienst. Bedoelt u %(meant)s?"),
        "unknown_name": _("%(subject)s is geen instelling van de dienst en doet dus niets."),
        "no_https": _(
            "Lezers komen zonder versleuteling op uw site. Zet er TLS voor en geef het adres met https."
        ),
    }


def files(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "no_folder": _("De map %(subject)s bestaat niet. Maak de map, voor het account van de dienst."),
        "open_to_others": _("Andere accounts op deze machine kunnen %(subject)s openen."),
        "not_writable": _(
            "Dit account kan niet schrijven in %(subject)s, die van %(owner)s is. Start de dienst onder dat account."
        ),
        "not_ours": _(
            "%(subject)s is van het account %(owner)s, en u bent een ander. Doe deze controle als %(owner)s."
        ),
    }


def database(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "away": _("De database antwoordt niet: %(words)s"),
        "empty": _("De database heeft nog geen tabellen."),
        "older": _("De database is op stand %(found)s en deze versie heeft stand %(wanted)s nodig."),
        "newer": _(
            "De database is op stand %(found)s, en deze versie kent alleen stand %(wanted)s. Installeer de "
            "nieuwere versie."
        ),
        "wrong_key": _(
            "De sleutel suppression_key hoort niet bij deze database. Kopieer het bestand van de machine of de "
            "back-up waar de database van komt."
        ),
    }


def clock(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "differs": _("De klok van deze machine en die van de database verschillen %(seconds)s seconden."),
        "behind": _(
            "De klok loopt achter: in de database staat iets van %(newest)s (UTC), en dat moment moet nog komen."
        ),
        "not_kept": _(
            "Niets houdt de klok van deze machine gelijk. Edities kunnen dan te vroeg of te laat uitgaan."
        ),
    }


def servers(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "tls_expired": _("Het certificaat van %(subject)s is verlopen. Vernieuw het daar."),
        "tls_not_yet_valid": _(
            "Het certificaat van %(subject)s geldt nog niet. Kijk ook of de klok hier goed staat."
        ),
        "tls_wrong_host": _(
            "Het certificaat van %(subject)s is voor een andere naam. Geef de naam die in het certificaat staat."
        ),
        "tls_unknown_authority": _(
            "Het certificaat van %(subject)s is ondertekend door een partij die deze machine niet kent. Is dat een "
            "eigen certificaat? Geef het bestand ervan dan in SMTP_CA_FILE."
        ),
        "tls_refused": _("Het certificaat van %(subject)s is niet goed: %(words)s"),
        "no_starttls": _("%(words)s. Vraag de beheerder van die server om STARTTLS aan te zetten."),
        "password": _("%(subject)s weigert de gebruikersnaam of het wachtwoord: %(words)s"),
        "unreachable": _("%(subject)s is niet te bereiken: %(words)s"),
        "plain": _("Brieven gaan onversleuteld naar %(subject)s."),
        "certificate_ends": _("Het certificaat van %(subject)s verloopt op %(ends)s. Vernieuw het op tijd."),
        "site_unseen": _(
            "Vanaf deze machine is het adres in %(subject)s niet te bereiken. Het certificaat zagen we dus niet."
        ),
        "no_mailbox": _(
            "Er is geen postvak voor wat terugkomt. Dode adressen blijven dan op de lijst staan."
        ),
    }
