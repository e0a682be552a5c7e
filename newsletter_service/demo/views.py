"""/demo/inbox: the mails as they were received. Registered only in a demonstration."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _

from newsletter_service.demo.people import POLICE_DOMAIN, PROSECUTION_DOMAIN, SHARED_DOMAIN
from newsletter_service.errors import NotFound
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.web.headers import mail_preview_response

PAGE = 25

demo = Blueprint("demo", __name__, url_prefix="/demo")


@dataclass(frozen=True)
class Caught:
    """One mail in the list; `name` is that of its file."""

    name: str
    to: str
    subject: str
    at: datetime


def mail_folder() -> Path:
    """Where the mail catcher keeps what it takes."""
    return Path(current_app.instance_path) / "mail"


@demo.get("/inbox")
def inbox() -> str:
    """The latest mails, or those whose address or subject holds what is searched for."""
    wanted = request.args.get("zoek", "").strip()
    files = _matching(wanted)
    pages = max(1, -(-len(files) // PAGE))
    page = min(max(1, request.args.get("pagina", 1, type=int)), pages)
    mails = [_caught(file) for file in files[(page - 1) * PAGE : page * PAGE]]
    return render_template(
        "demo/inbox.html",
        mails=mails,
        total=len(files),
        page=page,
        pages=pages,
        wanted=wanted,
        shortcuts=_shortcuts(),
    )


@demo.get("/inbox/<name>")
def mail(name: str) -> str:
    """One mail: as HTML, as text, or its headers, byte by byte as they came."""
    content = _content(name)
    return render_template(
        "demo/mail.html",
        mail=_caught(_file(name)),
        form=request.args.get("vorm", "html"),
        text=text_of(content),
        headers=content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace"),
    )


@demo.get("/inbox/<name>/html")
def html(name: str) -> Response:
    """The HTML part of one mail, for the frame on its page."""
    return mail_preview_response(html_of(_content(name)))


def _shortcuts() -> list[tuple[str, str]]:
    """What to compare, and what to search for to find it."""
    return [
        (_("Politie"), f"@{POLICE_DOMAIN}"),
        (_("OM"), f"@{PROSECUTION_DOMAIN}"),
        (_("Gemeenten"), "@gemeente-"),
        (_("Gedeeld domein"), f"@{SHARED_DOMAIN}"),
        (_("Hoofden"), "hoofd."),
    ]


def _matching(wanted: str) -> list[Path]:
    """Files of mails, newest first."""
    files = sorted(mail_folder().glob("*.eml"), reverse=True)
    if not wanted:
        return files
    found = map(_caught, files)
    return [
        file
        for file, mail in zip(files, found, strict=True)
        if wanted.casefold() in f"{mail.to} {mail.subject}".casefold()
    ]


def _file(name: str) -> Path:
    file = mail_folder() / f"{name}.eml"
    if not name.replace("-", "").isalnum() or not file.is_file():
        raise NotFound("no such mail")
    return file


def _content(name: str) -> bytes:
    return _file(name).read_bytes()


def _caught(file: Path) -> Caught:
    head = message_from_bytes(file.read_bytes().partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=SMTP)
    at = datetime.strptime(file.stem.rpartition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Caught(file.stem, str(head["To"]), str(head["Subject"]), at)
