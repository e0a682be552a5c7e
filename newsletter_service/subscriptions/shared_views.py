"""What several pages of readers have in common."""

from collections.abc import Collection
from typing import Any

from flask import render_template

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.audience.service import listed_domains, offered_segments, offered_topics
from newsletter_service.db import db
from newsletter_service.documents.service import Read, read_now
from newsletter_service.services import services
from newsletter_service.subscriptions.forms import AddressForm, ChoicesForm
from newsletter_service.web.locale import language


def form_page(name: str, form: AddressForm | ChoicesForm, **values: Any) -> Any:
    """The page of a form, 422 if something in it was wrong."""
    return render_template(f"readers/{name}.html", form=form, **values), 422 if form.errors else 200


def read_here() -> Read:
    """What a page shows that asks to agree."""
    return read_now(db.session(), language(), services().reply_to)


def offers(
    segment_ids: Collection[int] = (), topic_ids: Collection[int] = ()
) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Returns the segments and topics that can be chosen, by number, and what each segment is about.

    What is offered no more can be kept by who chose it before.
    """
    session = db.session()
    offered = offered_segments(session, segment_ids)
    return (
        {segment.id: segment.choice(language()) for segment in offered},
        {topic.id: topic.name(language()) for topic in offered_topics(session, topic_ids)},
        {segment.id: segment.about(language()) for segment in offered},
    )


def likely_domains() -> list[ListedDomain]:
    """Returns all domains that segments list: what a slip in an address was most likely meant to be."""
    return [one for domains in listed_domains(db.session()).values() for one in domains]
