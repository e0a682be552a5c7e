"""One letter of each kind, with invented content, made by the product's own functions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from newsletter_service.bounces import emails as bounce_emails
from newsletter_service.conversations import emails as conversation_emails
from newsletter_service.demo.items import RIEC_ITEMS, VAR_ITEMS, DemoItem
from newsletter_service.demo.pictures import HEIGHT, PICTURES, WIDTH, draw
from newsletter_service.demo.region import region
from newsletter_service.editions import emails as staff_emails
from newsletter_service.editions.corrections import emails as correction_emails
from newsletter_service.editions.rules import Hindrance, HoldReason, ReleaseRule
from newsletter_service.editorial.rules import Wish
from newsletter_service.health import emails as trouble_emails
from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.letters.colours import Livery
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import (
    Card,
    EditionContent,
    MailIdentity,
    Notice,
    Picture,
    PreparedLetter,
    Publisher,
    Tag,
)
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.publisher.prospect import LastLetter, NextLetter, Prospect
from newsletter_service.staff.access import emails as access_emails
from newsletter_service.staff.accounts import emails as account_emails
from newsletter_service.staff.choosing import emails as choosing_emails
from newsletter_service.staff.four_eyes import emails as act_emails
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.second_factor import emails as factor_emails
from newsletter_service.staff.trail.rules import Head
from newsletter_service.subscriptions import emails as reader_emails
from newsletter_service.subscriptions.address_changes import emails as change_emails
from newsletter_service.subscriptions.allowing import emails as allow_emails
from newsletter_service.subscriptions.reconsent import emails as reconsent_emails
from newsletter_service.subscriptions.verification import emails as verification_emails
from newsletter_service.subscriptions.verification.rules import DeclineReason, Evidence
from newsletter_service.trail import emails as trail_emails
from newsletter_service.web.marks import mark

RENDERER = LetterRenderer(Path(__file__).parents[2] / "templates" / "email")
BASE = "https://nieuwsbrief.example"
MARK, MARK_IN_DARK = "merk-in-brief.png", "merk-in-donkere-brief.png"
ADDRESSES_OF_PICTURES = re.compile(rf"{BASE}/(?:afbeelding/)?([\w-]+\.png)")
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
_SENDER = MailIdentity(
    name="Veilig Verbonden",
    list_slug="veilig-verbonden",
    tagline="Nieuwsbrief van VAR en RIEC Maasdelta",
    postal_address="Postbus 1, 1000 AA Voorbeeldstad",
    mail_from="redactie@nieuwsbrief.example",
    reply_to="vragen@nieuwsbrief.example",
    base_url=BASE,
    publishers=tuple(
        Publisher(one.short_name, one.name, Livery.parsed(one.colours)) for one in region().organisations
    ),
)
_LINKS = Links(BASE, Tokens(SecretKeys("a-secret-that-only-tests-know-0123456789")))
_TAGS = {"var": Tag("VAR", 1), "riec": Tag("RIEC", 2)}
_ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class Kind:
    """A letter by the name of its kind, and the copy that a reader gets."""

    name: str
    html_size: int
    message: bytes


@cache
def every_kind() -> tuple[Kind, ...]:
    """All kinds of letters there are, in both languages."""
    return tuple(_every_kind())


def _every_kind() -> Iterator[Kind]:
    for language in LANGUAGES:
        for name, content in _editions(language).items():
            yield _kind(f"{name}-{language}", RENDERER.edition(content, _SENDER))
        for name, notice in _notices(language).items():
            yield _kind(f"{name}-{language}", RENDERER.notice(notice, _SENDER))


def pictures() -> dict[str, bytes]:
    """The pictures in the letters, by the last part of their address."""
    drawn = {_file_of(name): draw(picture) for name, picture in PICTURES.items()}
    return drawn | {MARK: mark(_SENDER.publishers), MARK_IN_DARK: mark(_SENDER.publishers, dark=True)}


def _kind(name: str, letter: PreparedLetter) -> Kind:
    values = SlotValues(
        address="lezer@gemeente.example",
        date=NOW,
        message_id="<k7q2m4x9-20261126@nieuwsbrief.example>",
        name="Noëlle van 't Hof",
        manage_url=f"{BASE}/voorkeuren/17-1-QmFzZTY0VG9rZW5Wb29yVGVz",
        unsubscribe_url=f"{BASE}/afmelden/17-1-QmFzZTY0VG9rZW5Wb29yVGVz",
        answers="<h3w8p1z5-20261124@nieuwsbrief.example>",
    )
    return Kind(name, letter.html_size, Template(letter.skeleton).fill(values))


def _editions(language: Language) -> dict[str, EditionContent]:
    edition = EditionContent(
        number=12,
        day=date(2026, 11, 26),
        subject="Weerbaar bestuur: de handreiking ligt klaar",
        preheader="Ook in deze editie: de kennissessie buitengebied en tien signalen van een drugslab",
        introduction="In deze editie leest u **wat er speelt**.\n\nHeeft u een vraag?\n[Mail de redactie]"
        "(mailto:redactie@nieuwsbrief.example)\nof antwoord op deze mail.",
        language=language,
        cards=tuple(_cards(language)),
        text_limit=400,
    )
    first = edition.cards[0]
    restricted = replace(edition.cards[1], restricted_to=("Politie", "OM", "Burgemeesters"))
    correction = replace(
        edition,
        subject="Correctie: de kennissessie begint om 15.00 uur",
        preheader="De kennissessie begint later dan wij schreven",
        introduction="De kennissessie begint om **15.00 uur**, niet om 13.00 uur.",
        cards=(),
        featured=False,
        corrects=True,
        about=first.title,
        anchor="correctie-1",
    )
    return {
        "edition": edition,
        "edition-further": replace(edition, cards=edition.cards[:5], further=edition.cards[5:]),
        "restricted": replace(edition, cards=(first, restricted)),
        "proof": replace(edition, proof="Proef · Politie · Nederlands"),
        "correction": correction,
    }


def _cards(language: Language) -> Iterator[Card]:
    items = [*RIEC_ITEMS, *VAR_ITEMS]
    items.sort(key=lambda item: ("publication", "news", "event", "call").index(item.kind))
    for number, item in enumerate(items[:12], 1):
        starts = NOW + timedelta(days=item.starts) if item.starts is not None else None
        yield Card(
            kind=item.kind,
            tag=Tag("VAR + RIEC", 0) if item.joint else _TAGS[item.organisation],
            title=item.title,
            lead=item.lead,
            body=item.body,
            link_url=item.link,
            link_label=item.label,
            picture=_picture(item),
            starts_at=starts,
            place=item.place,
            anchor=f"bericht-{number}",
            topics=tuple(one.name[language == "en"] for one in region().topics if one.slug in item.topics),
        )


def _picture(item: DemoItem) -> Picture | None:
    for name, picture in PICTURES.items():
        if picture is item.picture:
            return Picture(f"{BASE}/afbeelding/{_file_of(name)}", picture.alt, WIDTH, HEIGHT)
    return None


def _file_of(name: str) -> str:
    return f"{name.replace(' ', '-')}.png"


def _notices(language: Language) -> dict[str, Notice]:
    name, token = _SENDER.name, "17-1-1764748800-QmFzZTY0VG9rZW5Wb29yVGVz"
    manage = f"{BASE}/voorkeuren/{token}"
    composed = staff_emails.ComposedFacts(
        number=12,
        sends_at=NOW + timedelta(days=2),
        zone=_ZONE,
        rule=ReleaseRule.AUTOMATIC,
        readers=395,
        inside=tuple(staff_emails.Listed(n, item.title) for n, item in enumerate(RIEC_ITEMS[:4], 1)),
        too_late=(staff_emails.Listed(5, VAR_ITEMS[0].title),),
        alike=(staff_emails.Listed(6, VAR_ITEMS[1].title),),
    )
    offered = correction_emails.OfferedFacts(
        number=12,
        zone=_ZONE,
        by="Marjan van Oord",
        subject="Correctie: de kennissessie begint om 15.00 uur",
        text="De kennissessie begint om **15.00 uur**, niet om 13.00 uur.",
        due_at=NOW + timedelta(minutes=30),
    )
    wish = conversation_emails.WishFacts(
        by="Marjan van Oord",
        wish=Wish.JOINT,
        words="Wij schrijven over dezelfde avond.",
        titles=(RIEC_ITEMS[0].title, VAR_ITEMS[0].title),
        counts_at=NOW + timedelta(days=1),
        zone=_ZONE,
        path="kopij/5/naast/6",
    )
    joint = conversation_emails.ChangeFacts(
        "Marjan van Oord", VAR_ITEMS[0].title, NOW + timedelta(days=1), _ZONE, "kopij/7"
    )
    held = staff_emails.HeldFacts(12, NOW, _ZONE, HoldReason.PAUSED, "554 5.7.1 Message refused")
    return {
        "wished": conversation_emails.wished(wish, _LINKS, language),
        "taken-back": conversation_emails.taken_back(wish, _LINKS, language),
        "joint-item-changed": conversation_emails.joint_item_changed(joint, _LINKS, language),
        "confirmation": reader_emails.confirmation(
            name, language, f"{BASE}/bevestigen/{token}", f"{BASE}/niet-ik/{token}"
        ),
        "consent-request": reader_emails.consent_request(
            name,
            language,
            "de netwerkdag van 3 juni 2026",
            f"{BASE}/bevestigen/{token}",
            f"{BASE}/niet-ik/{token}",
        ),
        "welcome": reader_emails.welcome(
            name,
            language,
            Prospect(
                NextLetter(NOW + timedelta(days=6), _ZONE, 2),
                LastLetter(
                    12,
                    f"{BASE}/archief/12",
                    tuple(
                        (item.title, f"{BASE}/archief/12/bericht-{n}")
                        for n, item in enumerate(RIEC_ITEMS[:5], 1)
                    ),
                ),
            ),
            f"{BASE}/voorkeuren/{token}",
            f"{BASE}/afmelden/{token}",
        ),
        "already-subscribed": reader_emails.already_subscribed(name, language, manage),
        "lost-link": reader_emails.lost_link(name, language, manage),
        "new-address": change_emails.confirm_new_address(name, language, f"{BASE}/nieuw-adres/{token}"),
        "old-address": change_emails.agree_at_old_address(name, language, f"{BASE}/oud-adres/{token}"),
        "old-address-by-staff": change_emails.object_at_old_address(
            name, language, NOW + timedelta(days=3), f"{BASE}/oud-adres/{token}"
        ),
        "known-address": change_emails.address_is_known(name, language, f"{BASE}/aanmelden"),
        "mail-again": allow_emails.may_we_mail_again(name, language, f"{BASE}/toestaan/{token}"),
        **_about_checks(language, manage, f"{BASE}/functie/{token}"),
        **_reconsent(language, f"{BASE}/akkoord/{token}", f"{BASE}/afmelden/{token}"),
        "staff-composed": staff_emails.edition_composed(composed, _LINKS, language),
        "staff-held": staff_emails.edition_held(held, _LINKS, language),
        "staff-correction-offered": correction_emails.correction_offered(offered, _LINKS, language),
        "staff-correction-held": correction_emails.correction_held(12, "554 5.7.1 Refused", _LINKS, language),
        "staff-correction-held-back": correction_emails.correction_held_back(
            12, "Marjan van Oord", _LINKS, language
        ),
        "staff-correction-hindered": correction_emails.correction_hindered(
            12, Hindrance.LATE, _LINKS, language
        ),
        "staff-refused-for-policy": bounce_emails.refused_for_policy(
            12, ("550 5.7.1 Message refused",), language
        ),
        "staff-seal-of-the-trail": trail_emails.head_of_the_trail(name, Head(1204, "5f" * 32), NOW, language),
        "staff-wrong-passwords": access_emails.many_wrong_passwords(40, 2, language),
        **_about_trouble(language),
        "staff-second-person": act_emails.somebody_asks(3, "Marjan van Oord", Act.EXPORT, _LINKS, language),
        "staff-second-person-decided": act_emails.somebody_decided(
            3, "Marjan van Oord", Act.EXPORT, _LINKS, language, accepted=True
        ),
        **_about_accounts(language),
    }


def _about_trouble(language: Language) -> dict[str, Notice]:
    late = Trouble(
        kind=TroubleKind.EDITION_LATE,
        subject="12",
        detail={"due_at": NOW.isoformat()},
        began_at=NOW,
        over_at=NOW + timedelta(hours=2),
    )
    page = f"{BASE}/redactie/toestand"
    return {
        "staff-trouble": trouble_emails.began(late, page, language),
        "staff-trouble-over": trouble_emails.over(late, page, language),
    }


def _about_accounts(language: Language) -> dict[str, Notice]:
    name, link = _SENDER.name, f"{BASE}/redactie/uitnodiging/0a1b2c3d4e5f-1764748800-QmFzZTY0VG9rZW5Wb29y"
    return {
        "account-invitation": account_emails.invitation(name, "Ruben de Wit", link, language),
        "account-lost-password": choosing_emails.lost_password(name, link, language),
        "account-password-changed": choosing_emails.password_changed(
            name, f"{BASE}/redactie/wachtwoord-vergeten", language
        ),
        "account-second-factor-reset": factor_emails.second_factor_reset(
            name, "Marjan van Oord", "Ruben de Wit", f"{BASE}/redactie/accounts", language
        ),
        "account-your-second-factor-reset": factor_emails.your_second_factor_reset(
            name, "Ruben de Wit", f"{BASE}/redactie/mijn-account", language
        ),
    }


def _about_checks(language: Language, manage: str, still_there: str) -> dict[str, Notice]:
    name, until = _SENDER.name, NOW + timedelta(days=365)
    police = verification_emails.Verified(
        "Ik werk bij de politie", Evidence.DOMAIN, "politie-maasdelta.example", until
    )
    mayor = verification_emails.Declined("Burgemeester", DeclineReason.OTHER_ADDRESS)
    ending = verification_emails.Ending(("Ik werk bij de politie", "OVV'er"), until, still_there)
    return {
        "claims-decided": verification_emails.claims_decided(name, language, [police], [mayor], [], manage),
        "claim-declined": verification_emails.claims_decided(name, language, [], [mayor], [], manage),
        "claim-reopened": verification_emails.claims_decided(
            name, language, [], [], ["Ik werk bij de politie"], manage
        ),
        "still-there": verification_emails.still_there(name, language, ending),
        "still-there-again": verification_emails.still_there_again(name, language, ending),
        "verification-lapsed": verification_emails.lapsed(name, language, ending),
    }


def _reconsent(language: Language, agree: str, leave: str) -> dict[str, Notice]:
    keeps = reconsent_emails.Question(agree, leave, None)
    ends = replace(keeps, ends=NOW + timedelta(days=30))
    return {
        "reconsent": reconsent_emails.ask(_SENDER.name, language, keeps),
        "reconsent-or-end": reconsent_emails.ask(_SENDER.name, language, ends),
        "reconsent-reminder": reconsent_emails.remind(_SENDER.name, language, ends),
    }
