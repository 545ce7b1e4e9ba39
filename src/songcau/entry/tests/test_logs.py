"""What the logs say at their most talkative: what happened, and nothing of what people typed and sent."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.template import Context, Template
from PIL import Image

from songcau.entry import logs

NAME = "Trần Thị Bưởi"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("test", level="DEBUG", to=stream)
    yield stream
    logs.configure("test")


def test_at_debug_neither_a_template_nor_a_picture_tells_of_people(log: io.StringIO) -> None:
    logging.getLogger("songcau.test").debug("spoken")
    # Django writes down all that the page was given, for a variable that is not there.
    assert Template("{% if absent.part %}{% endif %}{{ name }}").render(Context({"name": NAME})) == NAME
    facts = Image.Exif()
    facts[0x013B] = "SecretOwner"
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "TIFF", exif=facts)
    with Image.open(io.BytesIO(stream.getvalue())) as picture:
        picture.load()
    lines = log.getvalue()
    assert "spoken" in lines
    assert NAME not in lines
    assert "SecretOwner" not in lines
