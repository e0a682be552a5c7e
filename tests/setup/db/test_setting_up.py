import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.audience.service import listed_domains
from newsletter_service.cli import main
from newsletter_service.db import Base, db
from newsletter_service.editions.service import calendar, next_collecting
from newsletter_service.publisher.models import Newsletter
from newsletter_service.publisher.service import newsletter, organisations
from newsletter_service.setup.codes import CodeAnswer
from newsletter_service.setup.models import SetupCode
from newsletter_service.setup.rules import read_plan
from newsletter_service.setup.service import AlreadySetUp, code_fits, differences, new_code, set_up
from newsletter_service.staff.models import AuditEntry, User
from tests.conftest import NOW
from tests.set_up import EXAMPLE, PASSWORD

Stored = Callable[[], AbstractContextManager[Session]]
PLAN = read_plan(tomllib.loads(EXAMPLE.read_text("utf-8")))
KEY = "a-secret-that-only-tests-know-0123456789"


def command(app: Flask, *args: str, password: str = PASSWORD, typed: str = "") -> Result:
    """Run `newsletter setup` on `app`."""
    run = CliRunner()
    return run.invoke(
        main,
        ["setup", *args],
        env={"STAFF_PASSWORD": password},
        input=typed,
        obj=ScriptInfo(create_app=lambda: app),
    )


def rows(session: Session) -> dict[str, int]:
    """How many rows there are, of what has any."""
    counted = {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    return {name: number for name, number in counted.items() if number}


def test_all_of_a_plan_is_there_and_an_edition_collects(session: Session) -> None:
    administrator = set_up(session, PLAN, PASSWORD, NOW)
    session.commit()
    assert newsletter(session).name == "Samen Veilig"
    assert [(one.short_name, one.accent) for one in organisations(session)] == [("NOORD", 1), ("ZUID", 2)]
    assert calendar(session).weekday == 3
    edition = next_collecting(session)
    assert edition is not None
    assert edition.closes_at > NOW
    police = session.scalars(select(Segment).where(Segment.slug == "politie")).one()
    assert {one.name for one in listed_domains(session)[police.id]} == {
        "politie-noord.example",
        "politie-zuid.example",
    }
    assert {str(role.name) for role in administrator.roles} == {"administrator", "communicator"}
    assert session.scalars(select(AuditEntry.action)).all() == ["newsletter.set_up"]
    assert differences(session, PLAN) == []


def test_a_second_time_changes_nothing(session: Session) -> None:
    set_up(session, PLAN, PASSWORD, NOW)
    session.commit()
    before = rows(session)
    other = read_plan(
        tomllib.loads(EXAMPLE.read_text("utf-8").replace("beheer@noord.example", "ander@noord.example"))
    )
    with pytest.raises(AlreadySetUp):
        set_up(session, other, PASSWORD, NOW)
    session.rollback()
    assert rows(session) == before


def test_of_two_at_the_same_moment_one_succeeds(app: Flask, stored: Stored) -> None:
    with app.app_context():
        engine = db.engine
    both, answers = Barrier(2), []

    def do(number: int, engine: Engine) -> None:
        text = EXAMPLE.read_text("utf-8").replace("beheer@noord", f"beheer{number}@noord")
        with app.app_context(), Session(engine) as session:
            both.wait()
            try:
                set_up(session, read_plan(tomllib.loads(text)), PASSWORD, NOW)
                session.commit()
                answers.append("done")
            except AlreadySetUp:
                session.rollback()
                answers.append("already")

    threads = [Thread(target=do, args=(number, engine)) for number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == ["already", "done"]
    with stored() as session:
        assert session.scalar(select(func.count()).select_from(Newsletter)) == 1
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_the_command_prints_an_example_that_sets_up(app: Flask, stored: Stored, tmp_path: Path) -> None:
    file = tmp_path / "nieuwsbrief.toml"
    file.write_text(command(app, "--example").output)
    done = command(app, str(file))
    assert done.exit_code == 0, done.output
    assert "Samen Veilig is opgezet. Anna de Boer kan inloggen" in done.output
    assert PASSWORD not in done.output
    with stored() as session:
        assert newsletter(session).postal_address.startswith("Postbus 1")


def test_run_twice_it_says_what_differs_and_writes_nothing(
    app: Flask, stored: Stored, tmp_path: Path
) -> None:
    assert command(app, str(EXAMPLE)).exit_code == 0
    again = command(app, str(EXAMPLE))
    assert (again.exit_code, "precies zoals dit bestand zegt" in again.output) == (0, True)
    with stored() as session:
        newsletter(session).name = "Een andere naam"
        before = rows(session)
    differs = command(app, str(EXAMPLE))
    assert differs.exit_code == 1
    assert "newsletter.name: in het bestand “Samen Veilig”, nu “Een andere naam”" in differs.output
    with stored() as session:
        assert rows(session) == before


def test_a_file_with_faults_writes_nothing_and_names_each(app: Flask, stored: Stored, tmp_path: Path) -> None:
    file = tmp_path / "fout.toml"
    file.write_text(
        EXAMPLE.read_text("utf-8").replace('"donderdag"', '"vrijdagen"').replace('"ZUID"', '"NOORD"')
    )
    refused = command(app, str(file))
    assert refused.exit_code == 1
    assert "calendar.weekday: Kies een van deze woorden" in refused.output
    assert "organisations[2]: “noord” staat er twee keer" in refused.output
    with stored() as session:
        assert rows(session) == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"naam = ", "niet te lezen als TOML"), (b"\xff\xfe", "geen tekst"), (b"", "newsletter: Dit ontbreekt")],
)
def test_a_file_that_is_none_is_refused_in_words(
    app: Flask, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "stuk.toml"
    file.write_bytes(content)
    refused = command(app, str(file))
    assert (refused.exit_code, says in refused.output) == (1, True), refused.output


def test_the_password_is_asked_for_and_one_that_is_too_short_writes_nothing(
    app: Flask, stored: Stored
) -> None:
    refused = command(app, str(EXAMPLE), password="", typed="kort\nkort\n")
    assert refused.exit_code == 1
    with stored() as session:
        assert rows(session) == {}
    done = command(app, str(EXAMPLE), password="", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert "Wachtwoord voor Anna de Boer" in done.output


def test_instead_of_a_password_there_can_be_a_link_that_works_once(
    app: Flask, client: FlaskClient, stored: Stored
) -> None:
    done = command(app, "--link", str(EXAMPLE), password="")
    assert done.exit_code == 0, done.output
    link = done.output.split()[-1]
    assert link.startswith("https://nieuwsbrief.example/redactie/uitnodiging/")
    page = client.get(link)
    assert (page.status_code, "anna" in page.text.lower() or "wachtwoord" in page.text.lower()) == (200, True)
    with stored() as session:
        assert session.scalars(select(User)).one().password is None


def test_a_code_holds_for_an_hour_and_only_until_the_newsletter_is_there(session: Session) -> None:
    first, second = new_code(session, NOW), new_code(session, NOW)
    session.commit()

    def answer(code: str, minutes: int) -> CodeAnswer:
        return code_fits(session, code, "192.0.2.0", KEY, NOW + timedelta(minutes=minutes))

    assert answer(first, 59) is answer(second.lower().replace("-", ""), 59) is CodeAnswer.FITS
    assert answer(first, 60) is CodeAnswer.WRONG
    assert all(first not in str(row) for row in session.scalars(select(SetupCode.code_hash)))
    set_up(session, PLAN, PASSWORD, NOW)
    assert session.scalars(select(SetupCode)).all() == []


def test_who_guesses_codes_has_to_wait_and_others_do_not(session: Session) -> None:
    code = new_code(session, NOW)
    answers = [code_fits(session, "AAAA-BBBB-CCCC", "192.0.2.0", KEY, NOW) for _ in range(11)]
    assert answers == [CodeAnswer.WRONG] * 10 + [CodeAnswer.WAIT]
    assert code_fits(session, code, "192.0.2.0", KEY, NOW) is CodeAnswer.WAIT
    assert code_fits(session, code, "198.51.100.0", KEY, NOW) is CodeAnswer.FITS
    assert code_fits(session, code, "192.0.2.0", KEY, NOW + timedelta(minutes=1)) is CodeAnswer.FITS


def test_the_command_gives_a_code_and_none_once_there_is_a_newsletter(app: Flask, stored: Stored) -> None:
    code = command(app, "--code").output.strip()
    with stored() as session:
        now = app.extensions["newsletter"].clock()
        assert code_fits(session, code, "192.0.2.0", KEY, now) is CodeAnswer.FITS
    assert command(app, str(EXAMPLE)).exit_code == 0
    assert command(app, "--code").exit_code == 1
