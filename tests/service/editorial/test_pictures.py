"""Pictures come in from anywhere; what goes out is only what can be seen in them."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image as Pillow
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.editorial.images import (
    MAX_SIDE,
    MAX_UPLOAD,
    BadImage,
    ImageProblem,
    read_picture,
    store,
    stored,
)
from newsletter_service.editorial.models import Image

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
RED, BLUE = (200, 30, 30), (30, 30, 200)


def upload(image: Pillow.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def two_halves() -> Pillow.Image:
    """Red on the left, blue on the right, twice as wide as high."""
    image = Pillow.new("RGB", (200, 100), RED)
    image.paste(BLUE, (100, 0, 200, 100))
    return image


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(BytesIO(content))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a picture of any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def refused(content: bytes) -> ImageProblem:
    with pytest.raises(BadImage) as caught:
        read_picture(content)
    return caught.value.problem


def test_where_and_with_what_a_photo_was_taken_is_taken_out() -> None:
    exif = Pillow.Exif()
    exif[MAKER] = "Camera van een collega"
    exif.get_ifd(GPS)[1] = "N"
    photo = upload(two_halves(), "JPEG", exif=exif, comment=b"geheim", icc_profile=b"x" * 200)
    assert b"Camera van een collega" in photo
    picture = read_picture(photo)
    assert not opened(picture.content).getexif()
    for trace in (b"Exif", b"Camera", b"geheim", b"ICC_PROFILE"):
        assert trace not in picture.content


def test_a_photo_taken_with_a_turned_camera_stands_upright() -> None:
    exif = Pillow.Exif()
    exif[ORIENTATION] = 6
    picture = read_picture(upload(two_halves(), "JPEG", exif=exif))
    assert (picture.width, picture.height) == (100, 200)
    red, _green, blue = opened(picture.content).convert("RGB").getpixel((50, 20))  # type: ignore[misc]
    assert red > blue


def test_a_large_photo_is_made_smaller_in_proportion_and_a_small_one_is_left() -> None:
    large = read_picture(upload(Pillow.new("RGB", (3000, 1500), RED), "JPEG"))
    assert (large.width, large.height) == (MAX_SIDE, MAX_SIDE // 2)
    small = read_picture(upload(two_halves(), "WEBP"))
    assert (small.width, small.height) == (200, 100)


def test_what_shines_through_stays_png_and_all_else_becomes_jpeg() -> None:
    glass = read_picture(upload(Pillow.new("RGBA", (20, 20), (*RED, 60)), "PNG"))
    assert glass.mime_type == "image/png"
    alpha = opened(glass.content).convert("RGBA").getpixel((5, 5))
    assert isinstance(alpha, tuple)
    assert alpha[3] == 60
    assert read_picture(upload(two_halves(), "PNG")).mime_type == "image/jpeg"
    assert read_picture(upload(two_halves().convert("CMYK"), "JPEG")).mime_type == "image/jpeg"


def test_of_a_moving_gif_the_first_image_stays() -> None:
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    picture = read_picture(upload(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(opened(picture.content), "n_frames", 1) == 1


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_unopened() -> None:
    assert refused(png_that_claims(5_000, 5_000)) is ImageProblem.TOO_MANY_PIXELS
    assert refused(png_that_claims(60_000, 60_000)) is ImageProblem.TOO_MANY_PIXELS


def test_a_file_over_the_limit_is_refused() -> None:
    photo = upload(two_halves(), "JPEG")
    assert refused(photo + b"\x00" * MAX_UPLOAD) is ImageProblem.TOO_LARGE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)",
        b"%PDF-1.7 ...",
        upload(two_halves(), "JPEG")[:400],
        upload(two_halves(), "PNG")[:60],
        png_that_claims(100, 100),
        upload(two_halves(), "BMP"),
        upload(two_halves(), "TIFF"),
    ],
    ids=[
        "nothing",
        "gif-head",
        "png-head",
        "svg",
        "html",
        "gif-js",
        "pdf",
        "cut-jpeg",
        "cut-png",
        "empty-png",
        "bmp",
        "tiff",
    ],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(content: bytes) -> None:
    assert refused(content) is ImageProblem.NOT_AN_IMAGE


def test_script_appended_to_a_real_picture_does_not_survive() -> None:
    picture = read_picture(upload(two_halves(), "PNG") + b"<script>alert(1)</script>")
    assert b"script" not in picture.content


def test_the_same_picture_twice_is_kept_once(session: Session) -> None:
    first = store(session, read_picture(upload(two_halves(), "PNG")))
    again = store(session, read_picture(upload(two_halves(), "PNG")))
    assert first.id == again.id
    assert session.scalar(select(func.count()).select_from(Image)) == 1
    assert stored(session, first.digest) is first
    assert stored(session, "0" * 64) is None
