"""Pictures as they go out: decoded, bounded, and encoded again, so that nothing but the picture is left."""

import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from threading import Semaphore

from PIL import ExifTags, ImageOps, UnidentifiedImageError
from PIL import Image as Pillow
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Image

MAX_UPLOAD = 8 * 1024 * 1024
MAX_PIXELS = {"JPEG": 24_000_000, "PNG": 24_000_000, "GIF": 24_000_000, "WEBP": 8_000_000}
"""What a decoder takes some 250 MB for at the very most; that of WebP makes three copies of each."""
PATIENCE_SECONDS = 3.0
MAX_SIDE = 1200
JPEG_QUALITY = 84
_FORMATS = tuple(MAX_PIXELS)
_STRIP = 64
_UPRIGHT = 1
one_at_a_time = Semaphore()


class ImageProblem(StrEnum):
    """What is wrong with a picture, for a view to put into words."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_AN_IMAGE = "not_an_image"
    BUSY = "busy"


class BadImage(ValueError):
    """This upload cannot be used; `problem` says why."""

    def __init__(self, problem: ImageProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Picture:
    """An encoded picture; sizes in pixels."""

    content: bytes
    mime_type: str
    width: int
    height: int


def read_picture(upload: bytes) -> Picture:
    """The picture in `upload` (JPEG, PNG, WebP or GIF), at most 1200 pixels a side, without metadata; or BadImage.

    Its size is read from the header before a single pixel is decoded: a small file can claim to be enormous. One at a
    time is decoded in a process; who would have to wait for too long is told that it is BUSY.
    """
    if len(upload) > MAX_UPLOAD:
        raise BadImage(ImageProblem.TOO_LARGE)
    if not one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise BadImage(ImageProblem.BUSY)
    try:
        return _read(upload)
    finally:
        one_at_a_time.release()


def _read(upload: bytes) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # the bounds below are stricter
            with Pillow.open(BytesIO(upload), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS[image.format or ""]:
                    raise BadImage(ImageProblem.TOO_MANY_PIXELS)
                return _encoded(image)
    except Pillow.DecompressionBombError as error:
        raise BadImage(ImageProblem.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, BadImage):
            raise
        raise BadImage(ImageProblem.NOT_AN_IMAGE) from error


def _encoded(image: Pillow.Image) -> Picture:
    """PNG where something shines through, JPEG for all else: what every mail client can show."""
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    pixels = ImageOps.exif_transpose(_shrunk(image, "RGBA" if see_through else "RGB"))
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


def _shrunk(image: Pillow.Image, mode: str) -> Pillow.Image:
    """`image` in `mode`, two to three times as large as it goes out; of what it says of itself only which side is up.

    A JPEG is decoded no larger than that. Of others one strip after the other is converted: doing so with the whole
    picture would make two or three copies of all its pixels.
    """
    width, height = (2 * MAX_SIDE * side // max(image.size) for side in image.size)
    image.draft(None, (max(1, width), max(1, height)))
    factor = max(1, max(image.size) // (2 * MAX_SIDE))
    step = factor * max(1, _STRIP // factor)
    small = Pillow.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, step):
        strip = image.crop((0, top, image.width, min(top + step, image.height))).convert(mode)
        small.paste(strip.reduce(factor), (0, top // factor))
    # Of the rest much is written by cameras and programs in ways that nobody can write out again.
    small.getexif()[ExifTags.Base.Orientation] = image.getexif().get(ExifTags.Base.Orientation, _UPRIGHT)
    return small


def stored(session: Session, digest: str) -> Image | None:
    """The picture that is kept under `digest` (SHA-256, hex), if there is one."""
    return session.scalars(select(Image).where(Image.digest == digest)).first()


def store(session: Session, picture: Picture, now: datetime) -> Image:
    """Keep `picture`; the same one twice is kept once."""
    digest = sha256(picture.content).hexdigest()
    found = stored(session, digest)
    if found is not None:
        found.stored_at = now
        return found
    image = Image(
        digest=digest,
        mime_type=picture.mime_type,
        width=picture.width,
        height=picture.height,
        content=picture.content,
        stored_at=now,
    )
    session.add(image)
    session.flush()
    return image
