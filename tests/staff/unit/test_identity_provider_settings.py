"""How an identity provider is named in the environment."""

import pytest

from newsletter_service.environment import Environment
from newsletter_service.identity_provider import GroupRule, read_identity_provider
from newsletter_service.settings import Settings

WHOLE = {
    "OIDC_ISSUER": "https://login.organisatie.example/",
    "OIDC_CLIENT_ID": "nieuwsbrief",
    "OIDC_CLIENT_SECRET": "geheim",
    "OIDC_GROUPS": "Hoofden Noord=head:noord, Redactie = communicator",
}


def test_groups_give_roles_and_organisations() -> None:
    env = Environment(WHOLE)
    found = read_identity_provider(env)
    assert (found is not None, env.problems) == (True, [])
    assert found is not None
    assert found.issuer == "https://login.organisatie.example"
    assert found.groups == (
        GroupRule("Hoofden Noord", "head", "noord"),
        GroupRule("Redactie", "communicator"),
    )
    assert "geheim" not in repr(found)


def test_without_an_issuer_there_is_none() -> None:
    assert read_identity_provider(Environment({})) is None


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"OIDC_ISSUER": ""}, "OIDC_CLIENT_ID needs OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://login.organisatie.example"}, "begins with https://"),
        ({"OIDC_ISSUER": "login"}, "begins with https://"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID is not set"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is not set"),
        ({"OIDC_GROUPS": "Redactie"}, "OIDC_GROUPS has 'Redactie'"),
        ({"OIDC_GROUPS": "Redactie=baas"}, "OIDC_GROUPS has 'Redactie=baas'"),
        ({"OIDC_GROUPS": "Hoofden=head"}, "OIDC_GROUPS has 'Hoofden=head'"),
    ],
)
def test_what_cannot_work_is_said_in_one_line(changed: dict[str, str], complaint: str) -> None:
    env = Environment(WHOLE | changed)
    read_identity_provider(env)
    assert any(complaint in problem for problem in env.problems), env.problems


@pytest.mark.parametrize(
    ("given", "required"),
    [({}, True), ({"SECOND_FACTOR": "optional"}, False), ({"DEMO": "1"}, False)],
)
def test_a_second_factor_is_required_outside_of_the_demonstration_unless_it_is_said_otherwise(
    given: dict[str, str], required: bool
) -> None:
    outside = {
        "SECRET_KEY": "a-secret-that-only-tests-know-0123456789",
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
    }
    assert Settings.from_env(given if "DEMO" in given else outside | given).second_factor_required is required
