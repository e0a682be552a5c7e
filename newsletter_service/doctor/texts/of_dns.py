"""Texts about the DNS."""

from collections.abc import Callable


def spf(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "spf_missing": _("%(subject)s heeft geen SPF. Ontvangers weten niet wie voor dit domein mag mailen."),
        "spf_double": _(
            "%(subject)s heeft meer dan één SPF-regel. Ontvangers kijken dan naar geen van alle."
        ),
        "spf_syntax": _(
            "In de SPF-regel van %(subject)s staat een fout: %(term)s. De hele regel telt dan niet."
        ),
        "spf_lookups": _(
            "De SPF van %(subject)s vraagt %(number)s keer iets op. Dat mag hooguit %(most)s keer. Haal weg wat u niet "
            "gebruikt, of zet adressen er zelf in met ip4 en ip6."
        ),
        "spf_voids": _(
            "De SPF van %(subject)s noemt %(number)s namen die niet bestaan. Dat mogen er hooguit %(voids)s zijn. "
            "Haal ze weg."
        ),
        "spf_include": _(
            "De SPF van %(subject)s verwijst met %(term)s naar een domein zonder SPF. Haal dat weg."
        ),
        "spf_loop": _("De SPF van %(subject)s verwijst met %(term)s naar zichzelf. Haal dat weg."),
        "spf_open": _("De SPF van %(subject)s eindigt op +all: de hele wereld mag voor u mailen."),
        "spf_end": _(
            "De SPF van %(subject)s zegt niet wat er met andere verzenders moet: sluit af met -all."
        ),
        "spf_ptr": _(
            "De SPF van %(subject)s gebruikt ptr. Dat is traag en veel ontvangers slaan het over. Haal het weg."
        ),
        "spf_sender": _(
            "Volgens de SPF van %(subject)s mag %(address)s niet mailen, en daar gaan uw brieven vandaan."
        ),
    }


def signatures(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "dkim_selector": _(
            "We weten niet met welke DKIM-sleutel uw brieven worden ondertekend. Geef de naam (selector) ervan."
        ),
        "dkim_missing": _(
            "Op %(subject)s staat geen DKIM-sleutel. Zet er de sleutel die uw mailserver gebruikt."
        ),
        "dkim_double": _("Op %(subject)s staat meer dan één DKIM-sleutel. Laat alleen de goede staan."),
        "dkim_revoked": _("De DKIM-sleutel op %(subject)s is ingetrokken: er staat niets achter p=."),
        "dkim_unreadable": _(
            "De DKIM-sleutel op %(subject)s is niet te lezen. Zet hem er opnieuw, op één regel."
        ),
        "dkim_short": _(
            "De DKIM-sleutel op %(subject)s is %(bits)s bits. Neem er een van %(good)s bits of meer."
        ),
        "dkim_testing": _("De DKIM-sleutel op %(subject)s staat op proef (t=y): ontvangers slaan hem over."),
        "dmarc_missing": _("Er staat geen DMARC op %(subject)s. Anderen kunnen dan uit uw naam mailen."),
        "dmarc_double": _(
            "Op %(subject)s staat meer dan één DMARC-regel. Ontvangers kijken dan naar geen van alle."
        ),
        "dmarc_syntax": _(
            "De DMARC-regel op %(subject)s klopt niet: hij begint met v=DMARC1 en heeft een p= nodig."
        ),
        "dmarc_none": _(
            "DMARC op %(subject)s houdt niets tegen (%(tag)s=none). Kijk eerst een paar weken naar de rapporten, en "
            "zet dan quarantine of reject."
        ),
        "dmarc_part": _("DMARC op %(subject)s geldt maar voor %(part)s procent van de e-mail."),
        "dmarc_alignment": _(
            "Brieven komen terug bij %(subject)s, en dat hoort volgens DMARC niet bij %(of_sender)s. SPF telt dan niet "
            "mee: alleen DKIM bewijst nog dat een brief van u is."
        ),
        "dmarc_reports": _(
            "De DMARC-regel op %(subject)s laat rapporten aan %(domain)s sturen, en dat domein zegt niet dat het "
            "die wil."
        ),
    }


def servers(_: Callable[[str], str]) -> dict[str, str]:
    """Returns the texts by code."""
    return {
        "mx_missing": _("%(subject)s heeft geen mailserver (MX). Wat terugkomt, gaat verloren."),
        "mx_null": _("%(subject)s zegt dat het geen e-mail aanneemt. Wat terugkomt, gaat verloren."),
        "mx_literal": _("De MX van %(subject)s is een adres, %(host)s. Er moet een naam staan."),
        "mx_alias": _("De MX van %(subject)s, %(host)s, is een andere naam (CNAME). Noem de server zelf."),
        "mx_address": _("De mailserver van %(subject)s, %(host)s, heeft geen adres."),
        "ptr_missing": _(
            "Het adres %(subject)s, waar uw brieven vandaan gaan, heeft geen naam. Vraag uw provider om die te zetten."
        ),
        "ptr_forward": _(
            "Het adres %(subject)s heet %(name)s, en die naam wijst naar een ander adres. Veel ontvangers weigeren dan."
        ),
        "dane_missing": _("De mailserver %(subject)s heeft geen DANE (TLSA). internet.nl vraagt erom."),
        "dane_unusable": _(
            "De TLSA van %(subject)s is niet te gebruiken. Voor e-mail telt 3 1 1 of 2 1 1 met een hash."
        ),
        "dane_mismatch": _(
            "De mailserver %(subject)s toont een certificaat dat niet bij de TLSA past. Wie daarnaar kijkt, levert "
            "niets meer af. Zet de goede regel erbij, en haal de oude weg zodra die niet meer nodig is."
        ),
        "dane_unseen": _(
            "De mailserver %(subject)s toont ons geen certificaat (%(why)s). Of de TLSA erbij past, weten we dus niet."
        ),
        "dane_unsigned": _(
            "De TLSA van %(subject)s telt niet, want het domein is niet ondertekend met DNSSEC."
        ),
        "ipv6_mail": _("De mailserver %(subject)s heeft geen IPv6-adres."),
        "ipv6_web": _("De site %(subject)s heeft geen IPv6-adres."),
        "ipv6_name_servers": _("Van de naamservers %(subject)s hebben er minder dan twee een IPv6-adres."),
        "web_address": _("De site %(subject)s heeft geen adres. Links in brieven doen het dan niet."),
        "caa_missing": _("Voor %(subject)s zegt geen CAA-regel wie certificaten mag uitgeven."),
        "caa_nobody": _("Volgens de CAA-regels mag niemand een certificaat voor %(subject)s uitgeven."),
        "dnssec_missing": _(
            "%(subject)s is niet ondertekend met DNSSEC. Vraag uw provider om het aan te zetten."
        ),
        "dnssec_unknown": _(
            "De naamserver die we vroegen controleert geen DNSSEC. Of uw domein ondertekend is, weten we dus niet."
        ),
        "unanswered": _(
            "De naamservers geven geen leesbaar antwoord over %(subject)s. Daarover weten we dus niets."
        ),
        "sender_unknown": _(
            "We weten niet van welk adres uw brieven vertrekken. Geef het met --from-address, dan kijken we ook "
            "daarnaar."
        ),
    }
