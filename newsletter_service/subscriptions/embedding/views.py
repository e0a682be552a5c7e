"""The page from which staff copy a form for other websites."""

from flask import Blueprint, render_template

from newsletter_service.db import db
from newsletter_service.languages import LANGUAGES
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services
from newsletter_service.staff.guards import staff_only
from newsletter_service.subscriptions.requests.views import ELSEWHERE_FIELD

embedding = staff_only(Blueprint("embedding", __name__, url_prefix="/redactie/aanmeldformulier"))


@embedding.get("")
def show() -> str:
    """The form in each language, as text to copy."""
    address, name = f"{services().links.base_url}/aanmelden", newsletter(db.session()).name
    snippets = {
        language: render_template(
            f"embedding/snippet-{language}.html", address=address, name=name, field=ELSEWHERE_FIELD
        ).strip()
        for language in LANGUAGES
    }
    return render_template("embedding/show.html", snippets=snippets, languages=LANGUAGES)
