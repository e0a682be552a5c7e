"""docs/operating.md can be followed: its blocks are found, and what they name is there. `make operating` follows it."""

import re
from pathlib import Path

from newsletter_service.cli import COMMANDS
from tests.operating.__main__ import AFTER
from tests.operating.document import DOCUMENT, Block, blocks

DEPLOY = DOCUMENT.parents[1] / "deploy"
ALL = blocks(DOCUMENT.read_text("utf-8"))
COMMANDS_SAID = "\n".join(block.text for block in ALL if not block.file)


def test_commands_and_files_are_told_apart_and_what_is_for_people_is_left_to_them() -> None:
    text = (
        "## A\n```sh\nx\n```\n```conf /etc/a\nb\n```\n```\nby hand\n```\n"
        "## B\n```sh\napt-get update\n```\n```sh sqlite\ny\n```\n"
    )
    found = blocks(text)
    assert found == [
        Block("A", "x\n"),
        Block("A", "b\n", "/etc/a"),
        Block("B", "apt-get update\n"),
        Block("B", "y\n", only="sqlite"),
    ]
    assert [block.asks_others for block in found] == [False, False, True, False]


def test_each_chapter_that_is_followed_is_looked_at_afterwards() -> None:
    assert list(dict.fromkeys(block.heading for block in ALL)) == list(AFTER)


def test_what_the_page_installs_from_deploy_is_there() -> None:
    named = re.findall(r"/root/newsletter/deploy/(\S+)", COMMANDS_SAID)
    assert len(named) >= 4
    assert [name for name in named if not [*DEPLOY.glob(name)]] == []


def test_the_units_that_the_page_starts_and_the_commands_it_gives_are_there() -> None:
    units = set(re.findall(r"newsletter[\w@-]*\.(?:service|target)", COMMANDS_SAID))
    assert units == {"newsletter.target", "newsletter-web.service", "newsletter-scheduler.service"}
    assert all((DEPLOY / "systemd" / unit).is_file() for unit in units)
    commands = set(re.findall(r"^newsletter (\w+)", COMMANDS_SAID, re.MULTILINE))
    assert commands <= set(COMMANDS)


def test_the_settings_that_the_page_edits_are_lines_of_the_example() -> None:
    example = Path(DEPLOY / "environment.example").read_text("utf-8")
    for edited in re.findall(r"s[/|]\^#?([A-Z_]+=)", COMMANDS_SAID):
        assert re.search(f"^#?{edited}", example, re.MULTILINE), edited
