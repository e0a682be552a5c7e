"""The programs whose exports are known by their headings, and what those headings mean there."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A program that sends newsletters: the headings that only its exports have, and what stands below which.

    Headings are without case and signs. `columns` are tried before the names that everybody uses; nothing is taken
    from those in `ignored`. Moments without an offset are meant in `zone`.
    """

    name: str
    headings: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    ignored: frozenset[str] = frozenset()
    zone: str = "UTC"


LISTMONK = Program(
    "listmonk",
    frozenset({"uuid", "email", "attributes", "status"}),
    {"asked_at": ("createdat",)},
    frozenset({"uuid", "attributes", "updatedat"}),
)
MAILCHIMP = Program(
    "Mailchimp",
    frozenset({"memberrating", "leid", "euid"}),
    {
        "address": ("emailaddress",),
        "asked_at": ("optintime",),
        "confirmed_at": ("confirmtime",),
        "left_at": ("unsubtime",),
        "bounced_at": ("cleantime",),
    },
    frozenset(
        {
            *(
                "memberrating",
                "optinip",
                "confirmip",
                "latitude",
                "longitude",
                "gmtoff",
                "dstoff",
                "timezone",
            ),
            *(
                "cc",
                "region",
                "lastchanged",
                "leid",
                "euid",
                "notes",
                "tags",
                "unsubcampaigntitle",
                "unsubreason",
            ),
            *("unsubcampaignid", "unsubreasonother", "cleancampaigntitle", "cleancampaignid"),
        }
    ),
)
LAPOSTA = Program(
    "Laposta",
    frozenset({"state", "signupdate"}),
    {"status": ("state",), "asked_at": ("signupdate",), "source": ("sourceurl",)},
    frozenset({"memberid", "listid", "modified", "ip"}),
    "Europe/Amsterdam",
)
MAILMAN = Program(
    "Mailman",
    frozenset({"deliverymode"}),
    {"address": ("email", "address"), "name": ("displayname",), "status": ("deliverystatus", "deliverymode")},
    frozenset(
        {
            *(
                "address",
                "deliverymode",
                "role",
                "moderationaction",
                "subscriptionmode",
                "listid",
                "memberid",
            ),
            *(
                "selflink",
                "bouncescore",
                "lastbouncereceived",
                "lastwarningsent",
                "totalwarningssent",
                "user",
            ),
        }
    ),
)
PROGRAMS = (LISTMONK, MAILCHIMP, LAPOSTA, MAILMAN)


def program_of(headings: frozenset[str]) -> Program | None:
    """The program whose export has these headings; None where nothing tells."""
    return next((one for one in PROGRAMS if one.headings <= headings), None)
