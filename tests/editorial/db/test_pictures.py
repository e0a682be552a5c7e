"""Pictures come in from anywhere; what goes out is only what can be seen in them."""

import struct
import subprocess
import sys
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.editorial import images
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
from newsletter_service.editorial.service import forget_pictures
from tests.conftest import NOW
from tests.factories import make_item, make_organisation

ORIENTATION, GPS, MAKER, DESCRIPTION, WIDTH = 0x0112, 0x8825, 0x010F, 0x010E, 0x0100
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


def colour_at(content: bytes, x: int, y: int) -> bytes:
    """Red, green and blue of one pixel."""
    return opened(content).convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()


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
    red, _green, blue = colour_at(picture.content, 50, 20)
    assert red > blue


def test_a_photo_of_which_the_camera_wrote_its_words_badly_is_a_photo_all_the_same() -> None:
    exif = Pillow.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = "Words where a width belongs"
    garbled = exif.tobytes().replace(DESCRIPTION.to_bytes(2), WIDTH.to_bytes(2), 1)
    straight, odd = (read_picture(upload(two_halves(), "JPEG", exif=one)) for one in (exif, garbled))
    assert odd == straight


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
    first = store(session, read_picture(upload(two_halves(), "PNG")), NOW)
    again = store(session, read_picture(upload(two_halves(), "PNG")), NOW)
    assert first.id == again.id
    assert session.scalar(select(func.count()).select_from(Image)) == 1
    assert stored(session, first.digest) is first
    assert stored(session, "0" * 64) is None


PEAK = """
import re, sys
from pathlib import Path
from newsletter_service.editorial.images import read_picture
upload = Path(sys.argv[1]).read_bytes()
def kilobytes(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
Path("/proc/self/clear_refs").write_text("5")
before = kilobytes("VmRSS")
picture = read_picture(upload)
print((kilobytes("VmHWM") - before) // 1024, picture.width, picture.height)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "size", "options"),
    [
        ("JPEG", "RGB", (6000, 4000), {"quality": 30}),
        ("JPEG", "RGB", (6000, 4000), {"quality": 30, "progressive": True, "subsampling": 0}),
        ("JPEG", "CMYK", (6000, 4000), {"quality": 30}),
        ("PNG", "RGBA", (6000, 4000), {}),
        ("PNG", "P", (6000, 4000), {"transparency": 0}),
        ("GIF", "P", (6000, 4000), {}),
        ("WEBP", "RGBA", (3264, 2448), {"method": 0}),
    ],
)
def test_the_largest_pictures_that_are_taken_cost_a_bounded_amount_of_memory(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], options: dict[str, object]
) -> None:
    file = tmp_path / "upload"
    file.write_bytes(upload(Pillow.new(mode, size), kind, **options))
    done = subprocess.run([sys.executable, "-c", PEAK, file], capture_output=True, text=True, check=True)
    megabytes, width, _height = map(int, done.stdout.split())
    assert width == MAX_SIDE
    assert megabytes < 220


def test_a_photo_from_a_phone_held_upright_is_the_same_as_before_it_was_shrunk() -> None:
    exif = Pillow.Exif()
    exif[ORIENTATION] = 6
    large = Pillow.new("RGB", (5000, 2500), RED)
    large.paste(BLUE, (2500, 0, 5000, 2500))
    picture = read_picture(upload(large, "JPEG", exif=exif))
    assert (picture.width, picture.height) == (600, 1200)
    top, bottom = colour_at(picture.content, 300, 20), colour_at(picture.content, 300, 1180)
    assert top[0] > top[2]
    assert bottom[0] < bottom[2]


@pytest.mark.parametrize("size", [(2400, 2399), (2401, 7), (4801, 4799), (7, 9000), (1, 1)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1"])
def test_shrinking_strip_by_strip_leaves_no_seam_and_no_edge(size: tuple[int, int], mode: str) -> None:
    ground: Any = {"RGB": RED, "RGBA": (*RED, 90), "P": 3, "L": 200, "LA": (200, 90), "1": 1}[mode]
    picture = read_picture(upload(Pillow.new(mode, size, ground), "PNG"))
    shown = opened(picture.content)
    assert max(shown.size) <= MAX_SIDE
    for band in shown.split():
        assert len(band.getcolors() or ()) == 1


def test_who_would_wait_too_long_for_a_turn_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PATIENCE_SECONDS", 0.01)
    with images.one_at_a_time:
        assert refused(upload(two_halves(), "PNG")) is ImageProblem.BUSY
    assert read_picture(upload(two_halves(), "PNG")).width == 200


def test_pictures_of_no_item_go_after_a_day_and_those_that_went_out_never(session: Session) -> None:
    def picture(grey: int, *, sent: bool = False) -> Image:
        kept = store(session, read_picture(upload(Pillow.new("L", (9, 9), grey), "PNG")), NOW)
        kept.sent = sent
        return kept

    picture(1)
    of_an_item, that_went_out = picture(2), picture(3, sent=True)
    make_item(session, make_organisation(session), now=NOW).image = of_an_item
    session.flush()
    later = NOW + timedelta(hours=25)
    anew = store(session, read_picture(upload(Pillow.new("L", (9, 9), 4), "PNG")), later)
    assert forget_pictures(session, NOW) == 0
    assert forget_pictures(session, later - timedelta(days=1)) == 1
    assert set(session.scalars(select(Image.id))) == {of_an_item.id, that_went_out.id, anew.id}
