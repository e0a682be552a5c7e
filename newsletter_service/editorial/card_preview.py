"""The card beside the form: what readers would see if the item went out as it is typed now."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from newsletter_service.audience.models import Segment
from newsletter_service.editorial.cards import picture_of, segment_names, tag_of
from newsletter_service.editorial.forms import ItemForm
from newsletter_service.editorial.models import Image
from newsletter_service.languages import Language
from newsletter_service.letters.values import Card, Picture
from newsletter_service.links.urls import Links
from newsletter_service.publisher.models import Organisation


def typed_card(
    form: ItemForm,
    together: Sequence[Organisation],
    audience: Iterable[Segment],
    topics: Mapping[int, str],
    image: Image | None,
    links: Links,
    language: Language,
) -> Card:
    """The item in `form`, which has been validated but need not be valid, by one of `together` or by all.

    `audience` are all segments and `topics` all topics by their numbers, named in `language`;
    `image` is the picture it has already, if the form brings no new one.
    """
    content, zone = form.content(), ZoneInfo(form.zone)
    chosen = [segment for segment in audience if segment.id in content.segment_ids]
    speaker = next((one for one in together if one.id == form.organisation.data), together[0])
    return Card(
        kind=content.kind,
        tag=tag_of(speaker, list(together) if content.joint else []),
        title=content.title or _("Nog zonder titel"),
        lead=content.lead,
        body=content.body,
        link_url=content.link_url,
        link_label=content.link_label,
        picture=_picture(form, image, content.image_alt, links),
        starts_at=content.starts_at.astimezone(zone) if content.starts_at else None,
        ends_at=content.ends_at.astimezone(zone) if content.ends_at else None,
        place=content.place,
        restricted_to=segment_names(chosen, language) if content.restricted else (),
        topics=tuple(label for number, label in topics.items() if number in content.topic_ids),
    )


def _picture(form: ItemForm, image: Image | None, alt: str, links: Links) -> Picture | None:
    """A new picture goes inside the page itself: a preview keeps nothing."""
    new = form.picture
    if new is not None:
        data = f"data:{new.mime_type};base64,{b64encode(new.content).decode('ascii')}"
        return Picture(data, alt, new.width, new.height)
    if image is None or form.remove_image.data:
        return None
    return picture_of(image, alt, links)
