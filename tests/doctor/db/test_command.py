"""`newsletter check` as a process of its own, on a service that is set up, with real servers around it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from newsletter_service.files.private import private_database
from newsletter_service.settings import Settings
from tests.dns_server import running_name_server
from tests.doctor.dns.zones import DOMAIN, REVERSE, SENDER, SENDER_6, Faulty, spf, zone
from tests.environment import environment_of
from tests.smtp_server import RecordingServer

ROOT = {".": "@ 60 IN SOA a b 1 60 60 60 60\n@ IN NS a."}
TO_KNOW = {"no_mailbox", "site_unseen", "not_kept"}
"""What is so on this machine: no mailbox, no site, and perhaps nothing that keeps the clock."""


@pytest.fixture
def environment(app: Flask, settings: Settings, smtp: RecordingServer) -> dict[str, str]:
    private_database(settings.database_url)
    return environment_of(
        settings, BASE_URL=f"https://www.{DOMAIN}", MAIL_FROM=f"redactie@{DOMAIN}", DKIM_SELECTOR="sel"
    )


def run(environment: dict[str, str], *more: str, faulty: Faulty | None = None) -> tuple[int, str]:
    """The exit code, and what was printed."""
    newsletter = str(Path(sys.executable).with_name("newsletter"))
    with running_name_server(ROOT | REVERSE | {DOMAIN: zone(faulty)}, signed=(".", DOMAIN)) as server:
        command = [newsletter, "check", "--nameserver", f"127.0.0.1@{server.port}", *more]
        for address in (SENDER, SENDER_6):
            command += ["--from-address", address]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def check(environment: dict[str, str], *more: str) -> tuple[int, dict[str, set[str]]]:
    """The exit code, and the codes of what was found by how bad that is."""
    code, printed = run(environment, "--json", *more)
    found: dict[str, set[str]] = {}
    for one in json.loads(printed)["findings"]:
        found.setdefault(one["level"], set()).add(one["code"])
    return code, found


def test_of_a_service_that_is_set_up_well_there_is_nothing_to_mend(
    environment: dict[str, str], smtp: RecordingServer
) -> None:
    code, found = check(environment)
    assert code == 0
    assert set().union(*found.values()) <= TO_KNOW
    assert smtp.received == []


def test_what_is_wrong_is_found_in_one_go(environment: dict[str, str]) -> None:
    environment |= {"SMTP_PORT": "9", "SMPT_HOST": "mail.example"}
    code, found = check(environment)
    assert code == 1
    assert found["error"] == {"unreachable"}
    assert found["warning"] - TO_KNOW == {"misspelt"}


def test_with_settings_that_cannot_work_only_those_are_looked_at(environment: dict[str, str]) -> None:
    code, found = check(environment | {"SMTP_SECURITY": "ssl"}, "--only", "dns")
    assert (code, found) == (1, {"error": {"setting"}})


def test_what_strangers_have_in_their_dns_does_not_steer_the_terminal(environment: dict[str, str]) -> None:
    steering = spf(r"v=spf1 include:\027[2J\155[1m.example -all")
    code, printed = run(environment, "--only", "dns", faulty=steering)
    assert code == 1
    assert "\ufffd[2j" in printed
    assert printed.replace("\n", "").isprintable()
