from pathlib import Path

import pytest

from newsletter_service.settings import DEMO_SECRET, Settings, SettingsError

ROOT = Path(__file__).parents[3]
REAL = {"BASE_URL": "https://nieuwsbrief.example", "MAIL_FROM": "redactie@nieuwsbrief.example"}


def problem(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    (line,) = caught.value.problems
    return line


def test_the_demonstration_keeps_its_data_apart_from_those_of_a_real_service() -> None:
    demo = Settings.from_env({"DEMO": "1"})
    real = Settings.from_env({**REAL, "SECRET_KEY": "0123456789abcdef0123456789abcdef"})
    assert demo.instance_dir == ROOT / "instance" / "demo"
    assert real.instance_dir == ROOT / "instance"
    assert demo.database_url != real.database_url


def test_the_demonstration_hands_mail_to_nobody_but_this_machine() -> None:
    assert problem({"DEMO": "1", "SMTP_HOST": "mail.nieuwsbrief.example"}).startswith("DEMO")
    for here in ("localhost", "127.0.0.1", "::1"):
        assert Settings.from_env({"DEMO": "1", "SMTP_HOST": here}).smtp_host == here


def test_the_demonstration_stays_off_the_internet() -> None:
    assert problem({"DEMO": "1", "BASE_URL": "https://nieuwsbrief.example"}).startswith("DEMO")


def test_a_real_service_refuses_the_demonstrations_key() -> None:
    assert "demonstration" in problem({**REAL, "SECRET_KEY": DEMO_SECRET})
