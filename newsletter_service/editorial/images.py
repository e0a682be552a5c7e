"""Pictures as they go out: decoded, bounded, and encoded anew, so that nothing but the picture is left."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Image

MAX_UPLOAD = 8 * 1024 * 1024
MAX_PIXELS = 24_000_000
MAX_SIDE = 1200
JPEG_QUALITY = 84
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class ImageProblem(StrEnum):
    """What is wrong with a picture, for a view to put into words."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_AN_IMAGE = "not_an_image"


class BadImage(ValueError):
    """This upload cannot be used; `problem` says why."""

    def __init__(self, problem: ImageProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Picture:
    """A picture encoded anew; sizes in pixels."""

    content: bytes
    mime_type: str
    width: int
    height: int


def read_picture(upload: bytes) -> Picture:
    """The picture in `upload` (JPEG, PNG, WebP or GIF), at most 1200 pixels a side, without metadata; or BadImage.

    Its size is read from the header before a single pixel is decoded: a small file can claim to be enormous.
    """
    if len(upload) > MAX_UPLOAD:
        raise BadImage(ImageProblem.TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # the bound below is stricter
            with Pillow.open(BytesIO(upload), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise BadImage(ImageProblem.TOO_MANY_PIXELS)
                return _encoded(ImageOps.exif_transpose(image))
    except Pillow.DecompressionBombError as error:
        raise BadImage(ImageProblem.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, BadImage):
            raise
        raise BadImage(ImageProblem.NOT_AN_IMAGE) from error


def _encoded(image: Pillow.Image) -> Picture:
    """PNG where something shines through, JPEG for all else: what every mail client can show."""
    see_through = image.mode in ("RGBA", "LA") or "transparency" in image.info
    pixels = image.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Pillow.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    out = BytesIO()
    if see_through:
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    mime_type = "image/png" if see_through else "image/jpeg"
    return Picture(out.getvalue(), mime_type, clean.width, clean.height)


def stored(session: Session, digest: str) -> Image | None:
    """The picture that is kept under `digest` (SHA-256, hex), if there is one."""
    return session.scalars(select(Image).where(Image.digest == digest)).first()


def store(session: Session, picture: Picture) -> Image:
    """Keep `picture`; the same one twice is kept once."""
    digest = sha256(picture.content).hexdigest()
    found = stored(session, digest)
    if found is not None:
        return found
    image = Image(
        digest=digest,
        mime_type=picture.mime_type,
        width=picture.width,
        height=picture.height,
        content=picture.content,
    )
    session.add(image)
    session.flush()
    return image
