"""What can be known of the image and the compose file without building them; a builder that is there builds it."""

import re
import shlex
from pathlib import Path

import pytest

from newsletter_service.cli import COMMANDS

CONTAINER = Path(__file__).parents[2] / "deploy/container"
LINES = (CONTAINER / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
COMPOSE = (CONTAINER / "compose.yaml").read_text("utf-8")


def stage(number: int) -> list[str]:
    """The lines from one FROM to the next."""
    starts = [at for at, line in enumerate(LINES) if line.startswith("FROM ")] + [len(LINES)]
    return LINES[starts[number] : starts[number + 1]]


def test_every_package_comes_by_its_hash_and_none_is_compiled_there() -> None:
    installs = [part.strip() for line in stage(0) for part in line.split("&&") if " install " in part]
    assert len(installs) == 2
    locked, own = installs
    assert {"--require-hashes", "--only-binary"} <= set(shlex.split(locked))
    assert locked.endswith("-r /wheels/requirements.lock")
    assert {"--no-deps", "/wheels/*.whl"} <= set(shlex.split(own))


def test_the_last_stage_installs_nothing_and_runs_as_nobody() -> None:
    last = stage(1)
    runs = [line for line in last if line.startswith("RUN ")]
    assert [line.split()[1] for line in runs] == ["install"]
    assert not any(word in line for line in runs for word in ("pip", "apt", "curl"))
    assert last.index("USER 10001:10001") < len(last) - 1
    assert [line for line in last if line.startswith("COPY")] == [
        "COPY --from=build /opt/newsletter /opt/newsletter"
    ]


def test_only_what_the_image_needs_is_handed_to_its_builder() -> None:
    ignored = (CONTAINER.parents[1] / ".dockerignore").read_text("utf-8").split()
    assert ignored == ["*", "!requirements.lock", "!dist"]
    copied = re.findall(r"^COPY (?!--from)(.*) /wheels/$", "\n".join(LINES), re.MULTILINE)
    assert copied == ["requirements.lock dist/*.whl"]


@pytest.mark.parametrize("line", ["read_only: true", "cap_drop: [ALL]", '- "127.0.0.1:8000:8000"'])
def test_what_is_composed_may_write_only_its_data_and_is_reached_only_from_the_host(line: str) -> None:
    assert line in COMPOSE


def test_what_is_composed_are_commands_that_there_are() -> None:
    commands = [re.findall(r'"([^"]+)"', one) for one in re.findall(r"command: \[(.*)\]", COMPOSE)]
    assert commands == [["newsletter", "db", "upgrade"], ["python", "-m", "scheduled_jobs"]]
    assert commands[0][1] in COMMANDS
