"""The pictures of the guides are there, small, and each is made by the album."""

from __future__ import annotations

import re

from tests.pictures.__main__ import FOLDER, LARGEST
from tests.pictures.album import ALBUM

NAMED = re.compile(r"img/([\w-]+)\.png")


def test_every_picture_of_the_album_hangs_in_its_folder_and_is_small() -> None:
    for picture in ALBUM:
        assert (FOLDER / f"{picture.name}.png").stat().st_size < LARGEST


def test_every_picture_that_a_document_shows_is_there() -> None:
    root = FOLDER.parents[1]
    for document in [*root.glob("*.md"), *root.glob("docs/*.md")]:
        for name in NAMED.findall(document.read_text("utf-8")):
            assert (FOLDER / f"{name}.png").is_file(), f"{document.name} shows {name}"
