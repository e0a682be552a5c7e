"""Names for links: each says where it leads, and two that say the same lead to the same place."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from newsletter_service.letters.links.rules import NOWHERE

_SAY_NOTHING = frozenset(
    {
        "hier",
        "klik hier",
        "lees hier",
        "lees meer",
        "lees verder",
        "link",
        "deze link",
        "meer",
        "meer informatie",
        "meer lezen",
        "verder lezen",
        "website",
        "click here",
        "here",
        "more",
        "more information",
        "read more",
        "this link",
    }
)


class LinkNames:
    """The names of all links in one letter; those known by `links` (label, address) are told apart.

    `fixed` are the letter's own links, which keep their names; `own` says where the words for a reader's own
    links lead.
    """

    def __init__(
        self,
        links: Iterable[tuple[str, str]],
        fixed: Iterable[tuple[str, str]] = (),
        own: Mapping[str, str] = NOWHERE,
    ) -> None:
        self.own = own
        self._taken = {_key(label): address for label, address in fixed}
        targets: dict[str, set[str]] = {key: {address} for key, address in self._taken.items()}
        for label, address in links:
            targets.setdefault(_key(label), set()).add(own.get(address, address))
        self._doubtful = {
            key for key, addresses in targets.items() if len(addresses) > 1 or key in _SAY_NOTHING
        }

    def name(self, label: str, address: str, about: str = "") -> str:
        """What the link `label` to `address` is called; begins with `label`.

        One that says nothing, or what another says too, goes on with `about` or else with where it leads.
        """
        if not label.strip():
            return self._unique(_place(address), address)
        if _key(label) in self._doubtful:
            return self._unique(f"{label} – {about or _place(address)}", address)
        return self._unique(label, address)

    def _unique(self, name: str, address: str) -> str:
        candidate, number = name, 1
        while self._taken.setdefault(_key(candidate), address) != address:
            number += 1
            candidate = f"{name} ({number})"
        return candidate


def _key(label: str) -> str:
    return " ".join(label.casefold().strip(" .…:›»>→").split())


def _place(address: str) -> str:
    return urlsplit(address).hostname or address.partition(":")[2] or address
