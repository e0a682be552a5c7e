"""What readers and staff read about mail that came back."""

from flask_babel import gettext as _


def why_it_came_back(status: str) -> str:
    """What a status code of RFC 3463 means, as the end of a sentence."""
    match status:
        case "5.1.1" | "5.1.3" | "5.1.6":
            return _("dit adres bestaat niet of niet meer")
        case "5.1.2" | "5.1.10" | "5.4.4":
            return _("het deel na het apenstaartje bestaat niet of neemt geen e-mail aan")
        case "4.2.2" | "5.2.2":
            return _("de mailbox is vol")
    return _("de e-mail kon niet worden bezorgd")
