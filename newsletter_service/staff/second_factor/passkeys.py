"""Passkeys: what a browser is asked, and whether what it answers is genuine (WebAuthn, by py_webauthn)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST_ANSWER = 20_000


class NotGenuine(Exception):
    """What a browser answered was not made by the passkey that was asked for, for this page, now."""


@dataclass(frozen=True)
class Party:
    """For whom passkeys are: the host of our pages, and where they begin."""

    host: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> "Party":
        """Returns that of a site."""
        parts = urlsplit(base_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


class NewKey(NamedTuple):
    """A passkey that was just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class OldKey(NamedTuple):
    """What is kept of a passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask_to_make(
    party: Party, name: str, handle: bytes, label: str, known: Sequence[bytes], challenge: str
) -> str:
    """Returns what a browser is asked to make a passkey, as JSON; those that are `known` it makes no second time."""
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=name,
        user_id=handle,
        user_name=label,
        challenge=challenge.encode(),
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def made(party: Party, answer: str, challenge: str) -> NewKey:
    """Returns the passkey that a browser made; NotGenuine."""
    try:
        found = verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=challenge.encode(),
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except WebAuthnException as error:
        raise NotGenuine(str(error)) from error
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count)


def ask_to_use(party: Party, known: Sequence[bytes], challenge: str) -> str:
    """Returns what a browser is asked to use one of these passkeys, as JSON."""
    options = generate_authentication_options(
        rp_id=party.host, challenge=challenge.encode(), allow_credentials=_described(known)
    )
    return options_to_json(options)


def used(party: Party, answer: str, challenge: str, known: Sequence[OldKey]) -> OldKey:
    """Returns the passkey that a browser used, with its counter as it is now; NotGenuine."""
    try:
        credential = parse_authentication_credential_json(_bounded(answer))
        key = next((one for one in known if one.credential_id == credential.raw_id), None)
        if key is None:
            raise NotGenuine("another passkey")
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except WebAuthnException as error:
        raise NotGenuine(str(error)) from error
    return key._replace(sign_count=found.new_sign_count)


def _described(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in known]


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise NotGenuine("too long")
    return answer
