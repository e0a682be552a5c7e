"""The identity provider that staff may sign in by (OpenID Connect), as the settings name it."""

from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from newsletter_service.environment import Environment

ROLES = ("head", "communicator", "administrator")
_OTHERS = ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_GROUPS", "OIDC_GROUPS_CLAIM")


class GroupRule(NamedTuple):
    """What being in a group of the provider's gives: a role, and perhaps an organisation (by its short name)."""

    group: str
    role: str
    organisation: str = ""


@dataclass(frozen=True)
class IdentityProvider:
    """Where people sign in, who we are there, and what their groups give them here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    groups_claim: str = "groups"
    groups: tuple[GroupRule, ...] = ()


def read_identity_provider(env: Environment) -> IdentityProvider | None:
    """Returns the provider that the environment names, if it names one."""
    issuer, given = env.text("OIDC_ISSUER").rstrip("/"), [name for name in _OTHERS if env.text(name)]
    if not issuer:
        env.problems += [f"{name} needs OIDC_ISSUER: give the provider's address too." for name in given]
        return None
    parts = urlsplit(issuer)
    near = parts.hostname in ("127.0.0.1", "localhost")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and near)):
        env.problems.append(f"OIDC_ISSUER is {issuer!r}: give an address that begins with https://.")
    return IdentityProvider(
        issuer,
        env.required("OIDC_CLIENT_ID", "give the name that the provider knows us by", None),
        env.required("OIDC_CLIENT_SECRET", "give the secret that goes with it", None),
        env.text("OIDC_GROUPS_CLAIM", "groups"),
        tuple(_groups(env)),
    )


def _groups(env: Environment) -> list[GroupRule]:
    """`group=role` or `group=head:organisation`, with commas between: names of groups may have blanks."""
    rules = []
    for one in filter(None, (part.strip() for part in env.text("OIDC_GROUPS").split(","))):
        group, equals, gives = one.rpartition("=")
        role, _colon, organisation = gives.strip().partition(":")
        if not equals or role not in ROLES or (role == "head" and not organisation):
            env.problems.append(
                f"OIDC_GROUPS has {one!r}: give group=communicator, group=administrator or group=head:organisation."
            )
        rules.append(GroupRule(group.strip(), role, organisation))
    return rules
