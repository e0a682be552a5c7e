"""Whether a domain looks like a slip of one that many people have, decided on plain values."""

from collections.abc import Iterable

from jellyfish import damerau_levenshtein_distance

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.subscriptions.addresses import Address

_SHORTEST = 8
"""Letters of a domain below which one other letter may well be another domain: om.nl, rug.nl."""
COMMON = frozenset(
    {
        *(
            "gemeente.nl",
            "politie.nl",
            "rijksoverheid.nl",
            "minvenj.nl",
            "rechtspraak.nl",
            "belastingdienst.nl",
        ),
        *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "outlook.com", "outlook.nl", "live.nl"),
        *("live.com", "icloud.com", "yahoo.com", "proton.me", "protonmail.com", "ziggo.nl", "kpnmail.nl"),
        *("kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl", "xs4all.nl", "casema.nl", "upcmail.nl"),
        *("quicknet.nl", "chello.nl", "telfort.nl", "tele2.nl", "solcon.nl", "zeelandnet.nl", "caiway.nl"),
    }
)
"""Domains that many people's addresses have, or end on."""


def likely_meant(address: Address, listed: Iterable[ListedDomain]) -> Address | None:
    """The address that was likely meant: its domain differs from a segment's own, or a common one, by one letter.

    One letter that is missing, too many, another one, or two that changed places.
    """
    own = list(listed)
    if address.domain in COMMON or any(one.covers(address.domain) for one in own):
        return None
    names = [one.name for one in own] + sorted(COMMON)
    meant = next((name for name in names if _is_a_slip(address.domain, name)), None)
    return Address(f"{address.text.rpartition('@')[0]}@{meant}") if meant is not None else None


def _is_a_slip(domain: str, name: str) -> bool:
    return len(name) >= _SHORTEST and damerau_levenshtein_distance(domain, name) == 1
