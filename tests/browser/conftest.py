"""The whole product with the invented region, served on 127.0.0.1, and a real Chromium to look at it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from newsletter_service.app import create_app
from newsletter_service.budgets.rules import FormLimits
from newsletter_service.db import db
from newsletter_service.demo.load import PASSWORD, load_demo
from newsletter_service.editions.service import edition_numbered
from newsletter_service.services import services
from newsletter_service.settings import Settings
from scheduled_jobs.run_log import run_log
from scheduled_jobs.schedule import JOBS
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import CHEAP, Clock
from tests.factories import SUPPRESSION_KEY
from tests.required import missing
from tests.smtp_server import Received, RecordingServer, running_smtp_server
from tests.tables import create_tables

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE_MILLISECONDS = 1000 * PATIENCE_SECONDS
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@dataclass
class Site:
    """The running product: its address, its clock, the mails it sent, and its database."""

    base_url: str
    app: Flask
    clock: Clock
    smtp: RecordingServer

    def tick(self) -> None:
        """Let the scheduler look once at everything."""
        with self.app.app_context():
            for job in JOBS:
                run_log.began(job.name, job.every_seconds, self.clock())
                job.run()
                run_log.ended(job.name, self.clock())

    @contextmanager
    def stored(self) -> Iterator[Session]:
        """A session that commits at the end."""
        with self.app.app_context(), Session(db.engine) as session:
            yield session
            session.commit()

    def mails_to(self, address: str) -> list[Received]:
        """What the delivery job sends to `address` when it looks now."""
        self.tick()
        return self.smtp.to(address)


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[int]:
    """Answer requests on 127.0.0.1 while the block runs; its port."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@contextmanager
def running_site(folder: Path, host: str = "127.0.0.1", **others: Any) -> Iterator[Site]:
    """The product with edition 1 sent and edition 2 composed; `others` are settings that differ."""
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    with running_smtp_server() as smtp, reserved_port() as port:
        base_url = f"http://{host}:{port}"
        app = create_app(replace(settings(folder, port, smtp.port), base_url=base_url, **others), clock)
        with app.app_context():
            create_tables(db.engine)
        running = Site(base_url, app, clock, smtp)
        publish_one_compose_the_next(running)
        with served(app, port):
            yield running
        with app.app_context():
            db.engine.dispose()


@contextmanager
def reserved_port() -> Iterator[int]:
    """A free port: the addresses in mails must name it before anything listens there."""
    with served(Flask("nothing")) as port:
        pass
    yield port


def settings(folder: Path, port: int, smtp_port: int) -> Settings:
    """Those of a demonstration."""
    return Settings(
        secret_key="a-secret-that-only-tests-know-0123456789",
        suppression_key=SUPPRESSION_KEY,
        base_url=f"http://127.0.0.1:{port}",
        mail_from="redactie@veiligverbonden.example",
        reply_to="redactie@veiligverbonden.example",
        bounce_domain="veiligverbonden.example",
        database_url=f"sqlite:///{folder / 'newsletter.sqlite3'}",
        smtp_port=smtp_port,
        smtp_connections=1,
        password_cost=CHEAP,
        demo=True,
        instance_dir=folder,
        form_limits=FormLimits(domain_hourly=10_000, network_hourly=10_000, hourly=10_000),
    )


def publish_one_compose_the_next(site: Site) -> None:
    """Move the clock to the closing and sending of edition 1, and to the closing of edition 2."""
    with site.app.app_context(), site.stored() as session:
        load_demo(session, site.clock(), suppression_key=services().suppression_key, demo=services().demo)
    for number, moment in ((1, "closes_at"), (1, "sends_at"), (2, "closes_at")):
        with site.stored() as session:
            site.clock.now = getattr(edition_numbered(session, number), moment) + timedelta(seconds=1)
        site.tick()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing("Chromium (Debian's package chromium) is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(QUIET), timeout=PATIENCE_MILLISECONDS
        )
        yield browser
        browser.close()


Open = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Open:
    """Open a window on the demonstration, as `windows_on` says."""
    return windows_on(chromium, site)


def windows_on(chromium: Browser, site: Site) -> Open:
    """Open a window: `with browse(width=360, dark=True, scripts=False) as page`; errors on the page fail the test."""

    @contextmanager
    def open_window(
        width: int = 1280, dark: bool = False, scripts: bool = True, zone: str | None = None
    ) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=site.base_url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="nl-NL",
            timezone_id=zone,
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if is_policy_breach(line) else None)
        yield page
        close(context)
        assert problems == []

    return open_window


def is_policy_breach(line: ConsoleMessage) -> bool:
    """Whether a page of ours broke its own policy; Chromium's viewer of a bare picture always does."""
    return "Content Security" in line.text and "/afbeelding/" not in line.location["url"]


def close(context: BrowserContext) -> None:
    """Close the window with all that is still loading in it."""
    context.close()


_cookies: dict[tuple[Browser | None, str], list[Any]] = {}


def sign_in(page: Page, who: str) -> None:
    """Be signed in as `who`@maasdelta.example: by the door, or with the cookies of an earlier time while they last."""
    whose = page.context.browser, who
    if whose in _cookies:
        page.context.add_cookies(_cookies[whose])
        page.goto("/redactie/")
    if whose not in _cookies or "inloggen" in page.url:
        sign_in_at_the_door(page, who)
        _cookies[whose] = list(page.context.cookies())


def sign_in_at_the_door(page: Page, who: str) -> None:
    """Sign in by keyboard."""
    page.goto("/redactie/inloggen")
    page.get_by_label("E-mailadres").focus()
    page.keyboard.type(f"{who}@maasdelta.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "inloggen" not in address)


def tab_to(page: Page, name: str, limit: int = 60) -> None:
    """Press Tab until the thing called `name` has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement; return (e.labels?.[0]?.innerText || "
            "e.getAttribute('aria-label') || e.innerText || '').trim(); }"
        )
        if focused.startswith(name):
            return
    pytest.fail(f"{name!r} cannot be reached by keyboard")


def overflows(page: Page) -> bool:
    """Whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
