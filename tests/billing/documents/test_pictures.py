"""Logos come from our storage, small and opaque, or not at all."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from PIL import Image

from billing.documents.pictures import logo_data_address, logo_png
from billing.documents.printing import TEMPLATES, draw
from tests.billing.documents.pdfs import keys
from tests.billing.documents.views import sample_view


@pytest.fixture(autouse=True)
def _media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def stored(picture: Image.Image, name: str, kind: str = "PNG") -> str:
    target = io.BytesIO()
    picture.save(target, format=kind)
    return default_storage.save(name, ContentFile(target.getvalue()))


def test_a_transparent_logo_becomes_opaque_and_small() -> None:
    png = logo_png(stored(Image.new("RGBA", (2000, 500), (0, 0, 0, 0)), "logos/clear.png"))
    assert png is not None
    with Image.open(io.BytesIO(png)) as logo:
        assert (logo.mode, logo.size) == ("RGB", (640, 160))
        assert logo.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_logo_is_drawn(template: str) -> None:
    name = stored(Image.new("RGB", (300, 80), (200, 30, 30)), "logos/red.jpg", "JPEG")
    assert "/XObject" in keys(draw(sample_view(template=template, logo=name)))


@pytest.mark.parametrize("name", ["", "logos/none.png", "../../etc/passwd", "/etc/passwd"])
def test_what_is_not_in_the_storage_is_no_logo(name: str) -> None:
    assert logo_png(name) is None
    assert logo_data_address(name) == ""


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_what_is_no_picture_is_no_logo(content: bytes) -> None:
    name = default_storage.save("logos/odd.png", ContentFile(content))
    assert logo_png(name) is None
    assert draw(sample_view(logo=name)) == draw(sample_view())


def test_a_picture_of_too_many_pixels_is_no_logo() -> None:
    assert logo_png(stored(Image.new("1", (5000, 5000)), "logos/huge.png")) is None


def test_a_page_carries_the_logo_in_itself() -> None:
    name = stored(Image.new("RGB", (30, 8)), "logos/tiny.png")
    assert logo_data_address(name).startswith("data:image/png;base64,iVBOR")
