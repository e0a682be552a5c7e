"""A wheel of what a clean clone holds, in an empty environment outside of it, does all that a working copy does."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from zipfile import ZipFile

import pytest

from tests.attack.server import running_gunicorn
from tests.required import missing
from tests.smtp_server import RecordingServer

ROOT = Path(__file__).parents[3]
PACKAGE = "newsletter_service"
_NO_INDEX = re.compile(
    r"No matching distribution found|Could not find a version|ConnectionError|Temporary failure"
)


@dataclass(frozen=True)
class Operator:
    """Somebody who has the wheel and a folder to work in, and not the working copy."""

    home: Path
    programs: Path
    settings: dict[str, str]

    def run(self, *command: str, **settings: str | None) -> "subprocess.CompletedProcess[str]":
        """What becomes of one of the programs that came along; None takes a setting away."""
        told = {name: value for name, value in {**self.settings, **settings}.items() if value is not None}
        line = [str(self.programs / command[0]), *command[1:]]
        return subprocess.run(line, cwd=self.home, env=told, capture_output=True, text=True, check=False)

    def done(self, *command: str, **settings: str | None) -> str:
        """What a command says, which must go well."""
        result = self.run(*command, **settings)
        assert result.returncode == 0, result.stderr
        return result.stdout


def run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by way of an sdist, so that neither leaves anything out."""
    folder = tmp_path_factory.mktemp("built")
    never_in_a_clone = (ROOT / ".gitignore").read_text("utf-8").replace("/", "").split()
    copytree(ROOT, folder / "clone", ignore=ignore_patterns(".git", *never_in_a_clone))
    uv = Path(sys.executable).with_name("uv")
    offline = ("--quiet", "--offline", "--no-build-isolation", "--python", sys.executable)
    run(uv, "build", *offline, "--out-dir", folder / "dist", folder / "clone")
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of the wheel and what the lock of what runs names, and nothing else, made as the operating page says."""
    folder = tmp_path_factory.mktemp("environment")
    copytree(ROOT / "deploy", folder / "given/deploy")
    for one in (wheel, ROOT / "requirements.lock"):
        copy(one, folder / "given")
    told = {**os.environ, "PYTHON": sys.executable, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_QUIET": "1"}
    done = subprocess.run(
        [str(folder / "given/deploy/install"), str(folder / "1")],
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    if _NO_INDEX.search(done.stderr):
        missing("What the wheel depends on could not be fetched")
    assert done.returncode == 0, done.stderr
    return folder / "1"


@pytest.fixture
def operator(environment: Path, tmp_path: Path, smtp: RecordingServer) -> Operator:
    home = tmp_path / "home"
    home.mkdir()
    settings = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a-secret-that-only-tests-know-0123456789",
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "INSTANCE_DIR": str(tmp_path / "data"),
        "SMTP_PORT": str(smtp.port),
        "FORM_SECONDS": "0",
    }
    return Operator(home, environment / "bin", settings)


def below(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def within(names: Iterable[str], folder: str) -> set[str]:
    return {name.removeprefix(folder) for name in names if name.startswith(folder)}


def test_it_holds_each_template_catalogue_and_static_file_and_takes_no_common_name(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert within(names, f"{PACKAGE}/templates/") == below(ROOT / "templates", "*")
    assert within(names, f"{PACKAGE}/web/static/") == below(ROOT / PACKAGE / "web" / "static", "*")
    texts = below(ROOT / PACKAGE / "translations", "*.po")
    assert len(texts) == 2
    assert {text.replace(".po", ".mo") for text in texts} < within(names, f"{PACKAGE}/translations/")
    tops = {name.partition("/")[0] for name in names}
    assert {name for name in tops if not name.endswith(".dist-info")} == {PACKAGE, "scheduled_jobs"}


def test_it_says_what_it_can_do_before_it_is_told_anything(operator: Operator) -> None:
    told = operator.done("newsletter", "--help", **dict.fromkeys(operator.settings))
    assert {"db", "serve", "staff", "jobs"} <= set(re.findall(r"^  (\w+)", told, re.MULTILINE))


def test_data_lie_where_the_operator_says_and_nowhere_if_nobody_said_so(operator: Operator) -> None:
    refused = operator.run("newsletter", "db", "upgrade", INSTANCE_DIR=None)
    assert refused.returncode == 1
    assert refused.stderr.startswith("INSTANCE_DIR is not set: ")
    assert len(refused.stderr.splitlines()) == 1
    operator.done("newsletter", "db", "upgrade", INSTANCE_DIR="data")
    operator.done("newsletter", "db", "upgrade", INSTANCE_DIR=None, DEMO="1")
    assert below(operator.home, "*.sqlite3") == {
        "data/newsletter.sqlite3",
        "instance/demo/newsletter.sqlite3",
    }
    assert not below(operator.programs.parent, "*.sqlite3")


def test_a_reader_signs_up_on_a_page_and_gets_the_letter_in_the_language_asked_for(
    operator: Operator, smtp: RecordingServer, tmp_path: Path
) -> None:
    operator.done("newsletter", "db", "upgrade")
    (operator.home / "nieuwsbrief.toml").write_text(operator.done("newsletter", "setup", "--example"))
    operator.done("newsletter", "setup", "nieuwsbrief.toml", STAFF_PASSWORD="een lange zin")
    serve = (str(operator.programs / "newsletter"), "serve")
    with running_gunicorn(operator.settings, tmp_path, serve, operator.home) as server:
        page = server.ask("GET", "/?taal=en")
        assert (page.status, "Sign up" in page.body) == (200, True)
        (style, *_) = re.findall(r'href="(/[^"]+\.css[^"]*)"', page.body)
        assert server.ask("GET", style).status == 200
        typed = {"address": "lezer@gemeente.example", "language": "en"}
        assert server.post("/aanmelden?taal=en", typed).status == 200
    assert operator.done("newsletter", "jobs", "run", "deliver") == "forms: 1 answered; deliveries: 1 sent\n"
    (letter,) = smtp.received
    assert letter.message["Subject"].startswith("Confirm your sign-up")
    html = letter.message.get_body(("html",))
    assert html is not None
    assert "http://127.0.0.1:8000/bevestigen/" in html.get_content()


MOST_MB = 145


def test_an_installed_service_takes_no_more_room_than_was_decided(environment: Path) -> None:
    """With its bytecode. Whoever adds a dependency sees here what it weighs."""
    files = [path for path in environment.rglob("*") if path.is_file() and not path.is_symlink()]
    assert any(path.suffix == ".pyc" for path in files)
    taken = sum(path.stat().st_blocks * 512 for path in files) / 1024**2
    assert taken < MOST_MB, f"{taken:.0f} MB"
