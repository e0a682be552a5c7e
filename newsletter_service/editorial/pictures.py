"""Pictures of items, for mails and the archive: public, the same address for every reader."""

from flask import Blueprint, Response

from newsletter_service.db import db
from newsletter_service.editorial.images import stored
from newsletter_service.errors import NotFound

pictures = Blueprint("pictures", __name__)


@pictures.get("/afbeelding/<digest>")
def show(digest: str) -> Response:
    """The picture with this digest; it never changes, so it may be kept without end."""
    image = stored(db.session(), digest)
    if image is None:
        raise NotFound("no such picture")
    response = Response(image.content, mimetype=image.mime_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
